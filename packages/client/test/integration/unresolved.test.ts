/** Creates with an unknown outcome: the search under odd answers and clocks, the memory, and `resolve`. */
import { assert, describe, it } from "@effect/vitest"
import {
  type CreateError,
  CreateIntent,
  CreateOutcomeUnknown,
  JobId,
  type JobsApi as Jobs,
  Pixxel,
  ProjectId
} from "@effect-pixxel/client"
import { Fault } from "@effect-pixxel/mock-server"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { sample } from "../../../../vitest.size.js"
import { type Skew, skewed } from "../skewedClock.js"
import { JobsApi, MockServer, projectId, workflowOf, world } from "./world.js"

// No world has initial jobs of this workflow.
const workflowId = workflowOf("instant")
const otherProject = ProjectId.make("project-basin-watch")

type Effects = Parameters<typeof Fault.on>[1]

const create = (input: Partial<Jobs.CreateInput> = {}) =>
  Effect.flatMap(JobsApi, (jobs) => jobs.create({ workflowId, projectId, ...input }))
const resolve = (target: CreateOutcomeUnknown | CreateIntent) => Effect.flatMap(JobsApi, (jobs) => jobs.resolve(target))
const use = (...rules: ReadonlyArray<ReturnType<typeof Fault.on>>) =>
  Effect.flatMap(MockServer, (mock) => mock.faults.use(Fault.plan(...rules)))
const creates = (fault: Effects, ...attempts: ReadonlyArray<number>) =>
  Fault.on("createJob", fault, attempts.length === 0 ? {} : { attempts })
const stale = (duration: string) => Fault.on("listJobs", Fault.stale(duration))
const count = (operation: string) =>
  Effect.flatMap(MockServer, ({ requests }) =>
    Effect.map(requests, (seen) => seen.filter((it) => it.operation === operation).length)
  )

/** A job of the same user from another client, or of a late request. */
const makeJob = Effect.gen(function* () {
  const { baseUrl, fetch, token } = yield* MockServer
  const url = `${baseUrl}/v0/workflows/${workflowId}/jobs?project_id=${projectId}`
  const headers = { authorization: `Bearer ${Redacted.value(token)}` }
  const json = yield* Effect.promise(async () => (await fetch(url, { method: "POST", headers })).json())
  return (yield* Schema.decodeUnknown(Schema.Struct({ id: JobId }))(json)).id
}).pipe(Effect.orDie)

const unknown = <R>(self: Effect.Effect<unknown, CreateError, R>) =>
  Effect.map(Effect.flip(self), (error) => {
    assert(error._tag === "CreateOutcomeUnknown", error._tag)
    return error
  })
const candidatesOf = ({ candidates }: CreateOutcomeUnknown) => candidates.map(({ id }) => id)

/** An independent client, as in another process. */
const elsewhere = <A, E>(self: Effect.Effect<A, E, JobsApi>) =>
  Effect.flatMap(MockServer, ({ baseUrl, token }) =>
    Effect.provide(self, Layer.fresh(Pixxel.layer({ baseUrl, token })))
  )

/** Round-trips the JSON form. */
const stored = <A, I>(schema: Schema.Schema<A, I>, value: A) =>
  Effect.flatMap(Schema.encode(Schema.parseJson(schema))(value), Schema.decode(Schema.parseJson(schema))).pipe(
    Effect.orDie
  )

const lost = Fault.loseAnswer("reset")

// The rule that requires a list assumes knowledge of the lost answer.
const here = (conduct = {}) => world("inProcess", { conduct: { secondCreate: false, ...conduct } })

describe("a search for the job of a create", () => {
  const odd: ReadonlyArray<readonly [string, Effects]> = [
    [
      "an HTML page with 200",
      Fault.answer(200, { body: "<html>log in</html>", headers: { "content-type": "text/html" } })
    ],
    ["204", Fault.answer(204)],
    ["an empty 200", Fault.body("empty")],
    ["half a JSON", Fault.body("malformed")],
    ["a redirect", Fault.redirect("loop", 302)],
    ["404", Fault.answer(404)],
    ["408", Fault.answer(408)],
    ["421", Fault.answer(421)],
    ["425", Fault.answer(425)],
    ["499", Fault.answer(499)],
    ["503", Fault.answer(503)]
  ]
  it.effect.each(sample(odd, 3))("continues after %s, within the grace period and after it", ([, fault]) =>
    Effect.gen(function* () {
      // Fail all lists for a minute.
      yield* use(creates(lost, 1), Fault.on("listJobs", fault, { between: { from: "1ms", to: "1m" } }))
      const { id } = yield* create()
      yield* use()
      const jobs = yield* Effect.flatMap(JobsApi, (it) => it.list({ workflowId }))
      assert.deepStrictEqual(
        jobs.map((job) => job.id),
        [id]
      )
      assert.strictEqual(yield* count("createJob"), 1)
    }).pipe(Effect.provide(here({ pollFloor: false })))
  )

  it.effect.each([400, 401, 403, 410])("ends with a %i of the list after the grace period", (status) =>
    Effect.gen(function* () {
      yield* use(creates(lost, 1), Fault.on("listJobs", Fault.answer(status), { between: { from: "1ms", to: "1h" } }))
      const [took, error] = yield* Effect.timed(unknown(create()))
      assert.include(error.message, `The search for the job failed: JobsApi.list was answered ${status}`)
      assert.isAtMost(Duration.toSeconds(took), 40)
    }).pipe(Effect.provide(here()))
  )

  const jumps: ReadonlyArray<readonly [string, Partial<Skew>]> = [
    ["the wall clock is set back by 10 minutes", { wall: -600_000 }],
    ["the wall clock is set forward by an hour", { wall: 3_600_000 }],
    ["the machine sleeps for an hour", { wall: 3_600_000, elapsed: 3_600_000 }]
  ]
  it.effect.each(jumps)("ends in time, with a full timeout for its last list, when %s", ([, jump]) =>
    Effect.gen(function* () {
      yield* use(creates(lost, 1), Fault.on("listJobs", Fault.latency("3s"), { optional: true }))
      const skew: Skew = { wall: 0, elapsed: 0 }
      const fiber = yield* Effect.fork(Effect.timed(create().pipe((self) => skewed(self, skew))))
      yield* Effect.sleep("15 seconds")
      Object.assign(skew, jump)
      const [took, { id }] = yield* Fiber.join(fiber)
      // The time of the first list, the search, and one more list.
      assert.isAtMost(Duration.toSeconds(took), 3 + 30 + 10)
      yield* use()
      const jobs = yield* Effect.flatMap(JobsApi, (it) => it.list({ workflowId }))
      assert.deepStrictEqual(
        jobs.map((job) => job.id),
        [id]
      )
    }).pipe(Effect.provide(here()))
  )
})

describe("creates that overlap", () => {
  it.effect("for 20 minutes do not adopt another client's job from 19 minutes ago", () =>
    Effect.gen(function* () {
      // One every 8 seconds, each 10 seconds long, so that one is always in flight.
      const all = 150
      yield* use(creates(Fault.latency("10s")), creates(Fault.answer(500), all + 1))
      const first = yield* Effect.fork(
        Effect.forEach(
          Array.from({ length: all - 1 }, (_, index) => index * 8),
          (seconds) => Effect.delay(create(), `${seconds} seconds`),
          { concurrency: "unbounded" }
        )
      )
      yield* Effect.sleep("63 seconds")
      const theirs = yield* makeJob
      // That took 10 seconds too; the last of the others is in flight.
      yield* Effect.sleep(Duration.seconds((all - 2) * 8 + 5 - 63 - 10))
      const error = yield* unknown(create())
      assert.notInclude(candidatesOf(error), theirs)
      assert.deepStrictEqual(error.candidates, [])
      const made = yield* Fiber.join(first)
      assert.notInclude(
        made.map(({ id }) => id),
        theirs
      )
    }).pipe(Effect.provide(here({ pollFloor: false })))
  )
})

describe("an outcome that stays unknown", () => {
  it.effect.each([
    ["on another project", otherProject],
    ["on the same project", projectId]
  ] as const)("prevents the next create from adopting its late job, %s", ([, project]) =>
    Effect.gen(function* () {
      yield* use(creates(Fault.answer(504), 1), creates(Fault.answer(500), 2))
      const first = yield* Effect.fork(unknown(create()))
      yield* Effect.sleep("40 seconds")
      const before = yield* Fiber.join(first)
      assert.deepStrictEqual(before.candidates, [])
      const second = yield* Effect.fork(unknown(create({ projectId: project })))
      yield* Effect.sleep("5 seconds")
      // The first request arrives now.
      const late = yield* makeJob
      const error = yield* Fiber.join(second)
      assert.deepStrictEqual(candidatesOf(error), [late])
    }).pipe(Effect.provide(here()))
  )

  it.effect("is resolved later by its error, and no later create adopts its job", () =>
    Effect.gen(function* () {
      yield* use(creates(lost, 1), stale("45s"))
      const error = yield* unknown(create())
      assert.deepStrictEqual(error.candidates, [])
      yield* Effect.sleep("15 minutes")
      const { id } = yield* resolve(error)
      const jobs = yield* Effect.flatMap(JobsApi, (it) => it.list({ workflowId }))
      assert.deepStrictEqual(
        jobs.map((job) => job.id),
        [id]
      )
      assert.strictEqual((yield* resolve(error).pipe(Effect.flip))._tag, "CreateOutcomeUnknown")
      assert.strictEqual(yield* count("createJob"), 1)
    }).pipe(Effect.provide(here()))
  )

  it.effect.each(["the error", "its record"])("is resolved in another process, by %s as JSON, with one list", (by) =>
    Effect.gen(function* () {
      yield* use(creates(lost, 1), stale("45s"))
      const error = yield* unknown(create())
      yield* Effect.sleep("15 minutes")
      const before = yield* count("listJobs")
      const target =
        by === "the error" ? yield* stored(CreateOutcomeUnknown, error) : yield* stored(CreateIntent, error.intent)
      const { id } = yield* elsewhere(resolve(target))
      assert.strictEqual((yield* count("listJobs")) - before, 1)
      const jobs = yield* Effect.flatMap(JobsApi, (it) => it.list({ workflowId }))
      assert.deepStrictEqual(
        jobs.map((job) => job.id),
        [id]
      )
    }).pipe(Effect.provide(here()))
  )

  it.effect("is searched until its window is over", () =>
    Effect.gen(function* () {
      yield* use(creates(Fault.answer(504), 1))
      const error = yield* unknown(create())
      const fiber = yield* Effect.fork(Effect.timed(elsewhere(resolve(error))))
      yield* Effect.sleep("2 minutes")
      const late = yield* makeJob
      const [took, { id }] = yield* Fiber.join(fiber)
      assert.strictEqual(id, late)
      const left = 180 + 30 - 31
      assert.isAtLeast(Duration.toSeconds(took), left - 2)
      assert.isAtMost(Duration.toSeconds(took), left + 5)
    }).pipe(Effect.provide(here()))
  )

  it.effect("stays unknown with several current candidates, without a create", () =>
    Effect.gen(function* () {
      yield* use(creates(Fault.answer(504), 1))
      const error = yield* unknown(create())
      const late = [yield* makeJob, yield* makeJob]
      yield* Effect.sleep("1 hour")
      yield* makeJob
      const again = yield* Effect.flip(resolve(error))
      assert(again._tag === "CreateOutcomeUnknown")
      assert.deepStrictEqual(candidatesOf(again).sort(), late.sort())
      assert.deepStrictEqual(again.intent, error.intent)
      assert.include(again.message, "2 new jobs appeared for 1 create without an answer. New jobs:")
      assert.strictEqual(yield* count("createJob"), 1 + 3)
    }).pipe(Effect.provide(here()))
  )

  it.effect("is distinguished from other unknown ones of this client", () =>
    Effect.gen(function* () {
      yield* use(creates(Fault.answer(504), 1, 2))
      const both = yield* Effect.all([unknown(create()), unknown(create())], { concurrency: "unbounded" })
      yield* makeJob
      yield* Effect.sleep("1 hour")
      for (const error of both) assert.strictEqual((yield* Effect.flip(resolve(error)))._tag, "CreateOutcomeUnknown")
    }).pipe(Effect.provide(here()))
  )

  it.effect.each([
    ["PixxelForbidden", Fault.answer(403)],
    ["PixxelServerError", Fault.answer(503)],
    ["PixxelDecodeError", Fault.body("malformed")]
  ] as const)("fails as %s when its list does", ([tag, fault]) =>
    Effect.gen(function* () {
      yield* use(creates(Fault.answer(504), 1))
      const error = yield* unknown(create())
      yield* Effect.sleep("1 hour")
      yield* use(Fault.on("listJobs", fault))
      assert.strictEqual((yield* Effect.flip(resolve(error)))._tag, tag)
      yield* use()
      const again = yield* Effect.flip(resolve(error))
      assert.strictEqual(again._tag, "CreateOutcomeUnknown")
    }).pipe(Effect.provide(here()))
  )

  it.effect("of a create without a list before it is not searched", () =>
    Effect.gen(function* () {
      yield* use(creates(lost, 1))
      const error = yield* unknown(create({ adopt: "never" }))
      assert.isTrue(Option.isNone(error.intent.before))
      const again = yield* Effect.flip(resolve(error))
      assert(again._tag === "CreateOutcomeUnknown")
      assert.include(again.message, "the client did not list the jobs before the create")
      assert.strictEqual(yield* count("listJobs"), 0)
    }).pipe(Effect.provide(here()))
  )
})
