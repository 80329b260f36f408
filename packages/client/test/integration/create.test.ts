/** Creates with lost answers: which create finds the job, and when no create adopts it. */
import { assert, describe, it } from "@effect/vitest"
import {
  type CreateError,
  type HttpError,
  JobId,
  type JobsApi as Jobs,
  JobTarget,
  ProjectId,
  RetryPolicy
} from "@effect-pixxel/client"
import { Fault, type FixtureSet } from "@effect-pixxel/mock-server"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { longTransports, sample } from "../../../../vitest.size.js"
import { fixtures, JobsApi, MockServer, projectId, workflowOf, world } from "./world.js"

// No world has initial jobs of this workflow.
const workflowId = workflowOf("instant")
const target = JobTarget.make({ workflowId, projectId })
const otherProject = ProjectId.make("project-basin-watch")

type Effects = Parameters<typeof Fault.on>[1]

const create = (input: Partial<Jobs.CreateInput> = {}) =>
  Effect.flatMap(JobsApi, (jobs) => jobs.create({ workflowId, projectId, ...input }))
const use = (...rules: ReadonlyArray<ReturnType<typeof Fault.on>>) =>
  Effect.flatMap(MockServer, (mock) => mock.faults.use(Fault.plan(...rules)))
/** Faults of the world's creates, or of some of them, counted from 1. */
const creates = (fault: Effects, ...attempts: ReadonlyArray<number>) =>
  Fault.on("createJob", fault, attempts.length === 0 ? {} : { attempts })
const stale = (duration: string) => Fault.on("listJobs", Fault.stale(duration))

const timesOf = (operation: string) =>
  Effect.flatMap(MockServer, ({ requests }) =>
    Effect.map(requests, (seen) => seen.filter((it) => it.operation === operation).map(({ time }) => time))
  )
const count = (operation: string) => Effect.map(timesOf(operation), (times) => times.length)

/** A request beside the client. */
const raw = (method: "GET" | "POST", path: string) =>
  Effect.gen(function* () {
    const { baseUrl, fetch, token } = yield* MockServer
    const headers = { authorization: `Bearer ${Redacted.value(token)}` }
    return yield* Effect.promise(async () =>
      (await fetch(`${baseUrl}/v0/workflows/${workflowId}/${path}`, { method, headers })).json()
    )
  })
const WithId = Schema.Struct({ id: JobId })
/** Another client creates a job. */
const otherWriter = raw("POST", `jobs?project_id=${projectId}`).pipe(
  Effect.flatMap(Schema.decodeUnknown(WithId)),
  Effect.map(({ id }) => id),
  Effect.orDie
)
/** The existing jobs, independent of lagging lists, after all faults. */
const made = Effect.gen(function* () {
  const { faults } = yield* MockServer
  assert.notInclude(yield* faults.fired, 0)
  yield* use()
  const { jobs } = yield* Schema.decodeUnknown(Schema.Struct({ jobs: Schema.Array(WithId) }))(yield* raw("GET", "jobs"))
  return jobs.map(({ id }) => id)
}).pipe(Effect.orDie)

const failure = <R>(self: Effect.Effect<unknown, CreateError, R>) => Effect.flip(self)
const unknown = <R>(self: Effect.Effect<unknown, CreateError, R>) =>
  Effect.map(Effect.flip(self), (error) => {
    assert(error._tag === "CreateOutcomeUnknown", error._tag)
    return error
  })
const candidatesOf = ({ candidates }: Effect.Effect.Success<ReturnType<typeof unknown>>) =>
  candidates.map(({ id }) => id)
const sorted = (ids: ReadonlyArray<string>) => [...ids].sort()

/** Collects the lines of the log. */
const logged = () => {
  const lines: Array<string> = []
  const layer = Logger.replace(
    Logger.defaultLogger,
    Logger.make(({ logLevel, message }) => {
      lines.push(`${logLevel.label} ${String(message)}`)
    })
  )
  return { lines, layer }
}

const lost: ReadonlyArray<readonly [string, Effects]> = [
  ["the connection is reset", Fault.loseAnswer("reset")],
  ["the connection is closed", Fault.loseAnswer("close")],
  ["no answer arrives", Fault.loseAnswer("hang")],
  ["the head is cut", Fault.cutHead("reset")],
  ["the body is cut", Fault.cutBody(5, "reset")],
  ["the body stalls", Fault.cutBody(5, "hang")],
  ["the body is empty", Fault.body("empty")],
  ["the body is no JSON", Fault.body("malformed")]
]
const notMade: ReadonlyArray<readonly [string, Effects]> = [
  ["500", Fault.answer(500)],
  ["a gateway's 502", Fault.gatewayPage],
  ["a redirect", Fault.redirect("loop", 307)],
  ["a reset before it was handled", Fault.refuse("reset")],
  ["a server that never answers", Fault.refuse("hang")]
]

for (const transport of longTransports) {
  describe(`the job of a create, ${transport},`, () => {
    it.effect.each(sample(lost, 2))("is found when %s", ([, fault]) =>
      Effect.gen(function* () {
        yield* use(creates(fault))
        const { id } = yield* create()
        assert.deepStrictEqual(yield* made, [id])
        assert.strictEqual(yield* count("createJob"), 1)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect.each(sample(notMade, 2))("that was never made is not found after %s", ([, fault]) =>
      Effect.gen(function* () {
        yield* use(creates(fault))
        const error = yield* unknown(create())
        assert.deepStrictEqual(error.candidates, [])
        assert.match(error.message, /No new job has appeared\. List the jobs of workflow/)
        assert.deepStrictEqual(yield* made, [])
        assert.strictEqual(yield* count("createJob"), 1)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("is found when the lists lag within the grace period", () =>
      Effect.gen(function* () {
        yield* use(creates(Fault.loseAnswer("reset")), stale("29s"))
        const { id } = yield* create()
        assert.deepStrictEqual(yield* made, [id])
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("is not found when the lists lag longer, unless the grace period is longer too", () =>
      Effect.gen(function* () {
        yield* use(creates(Fault.loseAnswer("reset")), stale("40s"))
        assert.deepStrictEqual((yield* unknown(create())).candidates, [])
        // The job that was not found is listed before the next create, which does not adopt it.
        yield* Effect.sleep("1 minute")
        const { id } = yield* create({ grace: "45 seconds" })
        assert.strictEqual((yield* made)[1], id)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("is as the list shows it", () =>
      Effect.gen(function* () {
        yield* use(creates(Fault.loseAnswer("reset")))
        const { createdBy, id, tasks } = yield* create()
        assert.deepStrictEqual([createdBy, tasks], [Option.some("user-123456"), []])
        assert.strictEqual(yield* count("getJobById"), 0)
        assert.deepStrictEqual(yield* made, [id])
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("is not adopted when another client creates one too: both are candidates", () =>
      Effect.gen(function* () {
        yield* use(creates(Fault.loseAnswer("reset"), 1))
        const fiber = yield* Effect.fork(unknown(create()))
        yield* Effect.sleep("10 seconds")
        const theirs = yield* otherWriter
        const error = yield* Fiber.join(fiber)
        assert.include(candidatesOf(error), theirs)
        assert.deepStrictEqual(sorted(candidatesOf(error)), sorted(yield* made))
        assert.include(error.message, "2 new jobs appeared for 1 create without an answer.")
        const [candidate] = error.candidates
        assert.deepStrictEqual(candidate?.createdBy, Option.some("user-123456"))
        assert.isTrue(Option.exists(Option.fromNullable(candidate), ({ createdAt }) => Option.isSome(createdAt)))
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("is assigned once when several creates lost their answers", () =>
      Effect.gen(function* () {
        yield* use(creates(Fault.loseAnswer("reset"), 1, 3), creates(Fault.loseAnswer("hang"), 2))
        const jobs = yield* Effect.all(Effect.replicate(create(), 5), { concurrency: "unbounded" })
        assert.lengthOf(new Set(jobs.map(({ id }) => id)), 5)
        assert.deepStrictEqual(sorted(jobs.map(({ id }) => id)), sorted(yield* made))
        assert.strictEqual(yield* count("createJob"), 5)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("is not adopted when one of several was never made", () =>
      Effect.gen(function* () {
        yield* use(creates(Fault.loseAnswer("reset"), 1), creates(Fault.answer(500), 2))
        const errors = yield* Effect.all([unknown(create()), unknown(create())], { concurrency: "unbounded" })
        const jobs = yield* made
        for (const error of errors) assert.deepStrictEqual(candidatesOf(error), jobs)
        assert.lengthOf(jobs, 1)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("is not adopted when the creates are for two projects", () =>
      Effect.gen(function* () {
        yield* use(creates(Fault.loseAnswer("reset")))
        const both = [unknown(create()), unknown(create({ projectId: otherProject }))]
        const errors = yield* Effect.all(both, { concurrency: "unbounded" })
        const jobs = sorted(yield* made)
        for (const error of errors) assert.deepStrictEqual(sorted(candidatesOf(error)), jobs)
        assert.include(errors[0]?.message, "Creates for several projects have no known job")
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("is never that of an answered create, however late the lists show it", () =>
      Effect.gen(function* () {
        yield* use(creates(Fault.loseAnswer("reset"), 2), stale("20s"))
        const [first, second] = yield* Effect.all([create(), create()], { concurrency: "unbounded" })
        assert.deepStrictEqual(sorted([first.id, second.id]), sorted(yield* made))
        assert.notStrictEqual(first.id, second.id)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("is never that of a preceding create, which no list shows yet", () =>
      Effect.gen(function* () {
        yield* use(creates(Fault.answer(500), 2), stale("10s"))
        const { id } = yield* create()
        const error = yield* unknown(create())
        assert.deepStrictEqual(error.candidates, [])
        assert.deepStrictEqual(yield* made, [id])
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("is never an earlier job that appears late", () =>
      Effect.gen(function* () {
        yield* use(creates(Fault.answer(500), 2), stale("20s"))
        yield* otherWriter
        yield* Effect.sleep("3 seconds")
        const error = yield* unknown(create())
        // A job from outside the window of the create is no candidate.
        assert.deepStrictEqual(candidatesOf(error), [])
        assert.include(error.message, "No new job has appeared.")
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("is never that of another user, by the creators of earlier jobs", () =>
      Effect.gen(function* () {
        yield* use(creates(Fault.answer(500), 2))
        yield* create()
        const fiber = yield* Effect.fork(unknown(create()))
        yield* Effect.sleep("5 seconds")
        yield* (yield* MockServer).enqueue("another-user")
        const theirs = yield* otherWriter
        const error = yield* Fiber.join(fiber)
        assert.deepStrictEqual(candidatesOf(error), [theirs])
        assert.include(error.message, "created by another user")
      }).pipe(Effect.provide(world(transport, { fixtures: withSomebodyElse })))
    )

    it.effect.each(sample(["20s", "1m", "3m"], 2, 1))(
      "is found after an outage that starts with it and takes %s",
      (to) =>
        Effect.gen(function* () {
          yield* use(
            creates(Fault.loseAnswer("reset")),
            Fault.on("listJobs", Fault.answer(503), { between: { from: "1ms", to } })
          )
          const { id } = yield* create()
          assert.deepStrictEqual(yield* made, [id])
        }).pipe(Effect.provide(world(transport)))
    )

    it.effect("is searched only at the end after a refused list", () =>
      Effect.gen(function* () {
        yield* use(creates(Fault.loseAnswer("reset")), Fault.on("listJobs", Fault.answer(403), { attempts: [2] }))
        const { id } = yield* create()
        const [, refused = 0, last = 0, ...more] = yield* timesOf("listJobs")
        assert.isAtLeast(last - refused, 20_000)
        assert.deepStrictEqual(more, [])
        assert.deepStrictEqual(yield* made, [id])
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("is unknown when the outage exceeds the deadline of a call, with the candidates from before", () =>
      Effect.gen(function* () {
        yield* use(
          creates(Fault.loseAnswer("reset")),
          Fault.on("listJobs", Fault.answer(503), { between: { from: "25s", to: "10m" } })
        )
        const [took, error] = yield* Effect.timed(unknown(create()))
        assert.include(error.message, "The search for the job failed: JobsApi.list was answered 503.")
        assert.deepStrictEqual(candidatesOf(error), yield* made)
        // the create, the grace period, and the deadline of a call
        assert.isAtMost(Duration.toSeconds(took), 1 + 30 + 180)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect.each([
      ["within the grace period", "10s", 10_000],
      ["after it, when the server asks for longer", "40s", 40_000]
    ] as const)("is searched again when the server requests it, %s", ([, retryAfter, least]) =>
      Effect.gen(function* () {
        yield* use(
          creates(Fault.loseAnswer("reset"), 1),
          Fault.on("listJobs", Fault.answer(503, { retryAfter }), { attempts: [2] })
        )
        yield* create()
        const [, refused = 0, next = 0] = yield* timesOf("listJobs")
        assert.isAtLeast(next - refused, least)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("is unknown when the server requests a longer delay than a call waits", () =>
      Effect.gen(function* () {
        yield* use(
          creates(Fault.loseAnswer("reset"), 1),
          Fault.on("listJobs", Fault.answer(503, { retryAfter: "90s" }), { attempts: [2] })
        )
        yield* unknown(create())
        assert.strictEqual(yield* count("listJobs"), 2)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("is found when only some lists fail", () =>
      Effect.gen(function* () {
        const some = { attempts: [2, 3, 5] }
        yield* use(creates(Fault.loseAnswer("reset")), Fault.on("listJobs", Fault.refuse("reset"), some))
        const { id } = yield* create()
        assert.deepStrictEqual(yield* made, [id])
      }).pipe(Effect.provide(world(transport)))
    )
  })

  describe(`before a create, ${transport},`, () => {
    it.effect("concurrent creates share one list", () =>
      Effect.gen(function* () {
        yield* Effect.all(Effect.replicate(create(), 20), { concurrency: "unbounded" })
        assert.deepStrictEqual([yield* count("listJobs"), yield* count("createJob")], [1, 20])
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("a failed list prevents the send", () =>
      Effect.gen(function* () {
        yield* use(Fault.on("listJobs", Fault.answer(503)))
        const errors = yield* Effect.all([failure(create()), failure(create())], { concurrency: "unbounded" })
        for (const error of errors) {
          assert(error._tag === "CreateNotSent", error._tag)
          assert.deepInclude(error, { isRetryable: true, target })
          assert.strictEqual(error.failure._tag, "PixxelServerError")
          assert.include(error.message, "the create was not sent and nothing was started")
        }
        assert.strictEqual(yield* count("createJob"), 0)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("a refused list fails the create with the refusal, and the next create lists again", () =>
      Effect.gen(function* () {
        yield* use(Fault.on("listJobs", Fault.answer(403), { attempts: [1] }))
        const error = yield* failure(create())
        assert.deepInclude(error, { _tag: "PixxelForbidden", operation: "listJobs", isRetryable: false })
        yield* create()
        assert.deepStrictEqual([yield* count("listJobs"), yield* count("createJob")], [2, 1])
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("adopt never makes no list, neither before nor after", () =>
      Effect.gen(function* () {
        yield* use(creates(Fault.loseAnswer("reset"), 1))
        const error = yield* unknown(create({ adopt: "never" }))
        assert.deepStrictEqual(error.candidates, [])
        yield* create({ adopt: "never" })
        assert.strictEqual(yield* count("listJobs"), 0)
      }).pipe(Effect.provide(world(transport, { conduct: { secondCreate: false } })))
    )

    it.effect("another create waits during a search, and then continues", () =>
      Effect.gen(function* () {
        yield* use(creates(Fault.loseAnswer("reset"), 1))
        const first = yield* Effect.fork(create())
        yield* Effect.sleep("1 second")
        const second = yield* Effect.zip(create(), Fiber.join(first))
        assert.notStrictEqual(second[0].id, second[1].id)
        const [sentFirst = 0, sentSecond = 0] = yield* timesOf("createJob")
        assert.isAtLeast(sentSecond - sentFirst, 30_000)
      }).pipe(Effect.provide(world(transport)))
    )
  })

  describe(`a create that adopts nothing, ${transport},`, () => {
    it.effect("and may have made a job prevents concurrent creates from adopting it", () =>
      Effect.gen(function* () {
        yield* use(creates(Fault.loseAnswer("reset"), 1), creates(Fault.answer(500), 2))
        const both = [unknown(create({ adopt: "never" })), unknown(create())]
        const [, error] = yield* Effect.all(both, { concurrency: "unbounded" })
        assert.match(error?.message ?? "", /which adopts no job|No new job/)
        assert.lengthOf(yield* made, 1)
      }).pipe(Effect.provide(world(transport)))
    )
  })

  describe(`an interrupted create, ${transport},`, () => {
    /** Interrupts a create after a delay, and collects the reports. */
    const interrupted = (after: Duration.DurationInput, input: Partial<Jobs.CreateInput> = {}) =>
      Effect.gen(function* () {
        const { layer, lines } = logged()
        const orphans: Array<JobId> = []
        const onOrphan: Jobs.CreateInput["onOrphan"] = ({ id }) => Effect.sync(() => void orphans.push(id))
        const fiber = yield* Effect.fork(create({ onOrphan, ...input }).pipe(Effect.provide(layer)))
        yield* Effect.sleep(after)
        const exit = yield* Fiber.interrupt(fiber)
        return { exit, lines, orphans }
      })

    it.effect("sends nothing and ends immediately during its list", () =>
      Effect.gen(function* () {
        yield* use(Fault.on("listJobs", Fault.latency("10s")))
        const { exit, orphans } = yield* interrupted("3 seconds")
        assert.strictEqual(exit._tag, "Failure")
        yield* Effect.sleep("1 minute")
        assert.deepStrictEqual([yield* made, orphans], [[], []])
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("in flight delays the interruption, and reports its job", () =>
      Effect.gen(function* () {
        yield* use(creates(Fault.latency("10s")))
        const { exit, lines, orphans } = yield* interrupted("3 seconds")
        assert.strictEqual(exit._tag, "Failure")
        const jobs = yield* made
        assert.lengthOf(jobs, 1)
        assert.deepStrictEqual(orphans, jobs)
        assert.deepStrictEqual(lines, [
          `WARN A create was interrupted after sending. Job ${jobs[0]} of workflow ${workflowId} exists and is billed.`
        ])
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect.each([
      ["while it is sent", "1 second", Fault.loseAnswer("hang"), "80s"],
      ["during the search", "12 seconds", Fault.loseAnswer("reset"), "20s"]
    ] as const)("with a lost answer, %s, searches to the end, and reports its job", ([, after, fault, lag]) =>
      Effect.gen(function* () {
        yield* use(creates(fault), stale(lag))
        const { orphans } = yield* interrupted(after)
        assert.lengthOf(orphans, 1)
        assert.deepStrictEqual(orphans, yield* made)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("with an unknown outcome logs it", () =>
      Effect.gen(function* () {
        yield* use(creates(Fault.answer(500)))
        const { lines, orphans } = yield* interrupted("5 seconds")
        assert.deepStrictEqual(orphans, [])
        assert.lengthOf(lines, 1)
        assert.match(
          lines[0] ?? "",
          /^WARN A create on workflow .* was interrupted after sending\. A job may have been/
        )
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("ends within its deadline and the grace period without any answer", () =>
      Effect.gen(function* () {
        const hang = Fault.refuse("hang")
        yield* use(creates(hang), Fault.on("listJobs", hang, { attempts: later }))
        const [took] = yield* Effect.timed(interrupted("1 second", { grace: "20 seconds" }))
        // One minute for the create, the grace period, and three minutes for the last list.
        assert.isAtMost(Duration.toSeconds(took), 60 + 20 + 180)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("does not stop the list shared with others", () =>
      Effect.gen(function* () {
        yield* use(Fault.on("listJobs", Fault.latency("10s")))
        const first = yield* Effect.fork(create())
        const second = yield* Effect.fork(create())
        yield* Effect.sleep("3 seconds")
        yield* Fiber.interrupt(first)
        const { id } = yield* Fiber.join(second)
        assert.deepStrictEqual(yield* made, [id])
        assert.strictEqual(yield* count("listJobs"), 2)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("of a run is reported too", () =>
      Effect.gen(function* () {
        yield* use(creates(Fault.latency("10s")))
        const orphans: Array<JobId> = []
        const jobs = yield* JobsApi
        const onOrphan: Jobs.CreateInput["onOrphan"] = ({ id }) => Effect.sync(() => void orphans.push(id))
        const fiber = yield* Effect.fork(jobs.run({ workflowId, projectId, onOrphan }))
        yield* Effect.sleep("3 seconds")
        yield* Fiber.interrupt(fiber)
        assert.deepStrictEqual(orphans, yield* made)
      }).pipe(Effect.provide(world(transport)))
    )
  })

  describe(`a limit of the cost, ${transport},`, () => {
    const cost = 1

    it.effect("fetches the estimate first, and admits costs up to it", () =>
      Effect.gen(function* () {
        yield* create({ maxCost: cost })
        const { requests } = yield* MockServer
        assert.deepStrictEqual(
          (yield* requests).map(({ operation }) => operation),
          ["getWorkflowCostEstimate", "listJobs", "createJob"]
        )
      }).pipe(Effect.provide(world(transport)))
    )

    const run = Effect.flatMap(JobsApi, (jobs) => jobs.run({ workflowId, projectId, maxCost: 100, adopt: "never" }))

    const refusals: ReadonlyArray<readonly [string, Effects | undefined, number, Option.Option<number>]> = [
      ["it costs more", undefined, 0.5, Option.some(cost)],
      ["it is zero, and the job is not free", undefined, 0, Option.some(cost)],
      ["its number is missing", Fault.answer(200, { body: {} }), 100, Option.none()],
      ["it is no number", Fault.answer(200, { body: { estimated_cost: "a lot" } }), 100, Option.none()],
      ["it is below zero", Fault.answer(200, { body: { estimated_cost: -3 } }), 100, Option.some(-3)],
      ["the estimate is null", Fault.answer(200, { body: "null" }), 100, Option.none()],
      ["the estimate is a list", Fault.answer(200, { body: [] }), 100, Option.none()],
      ["the estimate is an error", Fault.answer(200, { body: { error: { code: "E1" } } }), 100, Option.none()]
    ]
    it.effect.each(sample(refusals, 2))("starts nothing when %s", ([, fault, maxCost, estimate]) =>
      Effect.gen(function* () {
        if (fault !== undefined) yield* use(Fault.on("getWorkflowCostEstimate", fault))
        const error = yield* Effect.flip(create({ maxCost }))
        assert(error._tag === "CostLimitExceeded", error._tag)
        assert.deepInclude(error, { maxCost, estimate, target, isRetryable: false })
        assert.match(error.message, /^No job of workflow wf-vegetation-snapshot was started: /)
        assert.deepStrictEqual([yield* count("listJobs"), yield* count("createJob")], [0, 0])
      }).pipe(RetryPolicy.withOptions({ maxAttempts: 2 }), Effect.provide(world(transport)))
    )

    const failures: ReadonlyArray<readonly [string, Effects, CreateError["_tag"], HttpError["_tag"]?]> = [
      ["400", Fault.answer(400), "PixxelBadRequest"],
      ["401", Fault.answer(401), "PixxelUnauthorized"],
      ["402", Fault.answer(402), "PixxelUnexpectedStatus"],
      ["403", Fault.answer(403), "PixxelForbidden"],
      ["404", Fault.answer(404), "PixxelNotFound"],
      ["422", Fault.answer(422), "PixxelUnexpectedStatus"],
      ["429", Fault.answer(429), "PixxelRateLimited"],
      ["409", Fault.answer(409), "CreateNotSent", "PixxelConflict"],
      ["499", Fault.answer(499), "CreateNotSent", "PixxelUnexpectedStatus"],
      ["503", Fault.answer(503), "CreateNotSent", "PixxelServerError"],
      ["a redirect", Fault.redirect("https://login.test/", 302), "CreateNotSent", "PixxelUnexpectedStatus"],
      ["a reset", Fault.refuse("reset"), "CreateNotSent", "PixxelTransportError"],
      ["nothing in time", Fault.refuse("hang"), "CreateNotSent", "PixxelRequestTimeout"],
      ["the page of a gateway", Fault.answer(200, { body: "<html></html>" }), "CreateNotSent", "PixxelDecodeError"],
      ["half a JSON", Fault.answer(200, { body: '{"estimated_cost":' }), "CreateNotSent", "PixxelDecodeError"],
      ["an empty body", Fault.body("empty"), "CreateNotSent", "PixxelDecodeError"]
    ]
    it.effect.each(sample(failures, 2))(
      "keeps the cause when the estimate is answered with %s",
      ([, fault, tag, failure]) =>
        Effect.gen(function* () {
          yield* use(Fault.on("getWorkflowCostEstimate", fault))
          for (const call of [Effect.asVoid(create({ maxCost: 100 })), Effect.asVoid(run)]) {
            const error = yield* Effect.flip(call)
            assert.strictEqual(error._tag, tag)
            assert.strictEqual(error._tag === "CreateNotSent" ? error.failure._tag : undefined, failure)
            assert.strictEqual(error.isRetryable, tag === "CreateNotSent" || tag === "PixxelRateLimited")
            assert.include(error.message, "WorkflowsApi.estimate")
          }
          assert.deepStrictEqual([yield* count("listJobs"), yield* count("createJob")], [0, 0])
        }).pipe(RetryPolicy.withOptions({ maxAttempts: 2 }), Effect.provide(world(transport)))
    )
  })
}

/** The lists after the first. */
const later = Array.from({ length: 60 }, (_, index) => index + 2)

const instant = fixtures.jobs.get("instant")
assert(instant !== undefined)
const withSomebodyElse: FixtureSet = {
  ...fixtures,
  jobs: new Map([...fixtures.jobs, ["another-user", { ...instant, created_by: "another user" }]])
}

describe("an invalid option of a create", () => {
  const options: ReadonlyArray<readonly [Partial<Jobs.CreateInput>, string]> = [
    [{ maxCost: Number.NaN }, "The option maxCost is NaN: expected a number of tokens, at least 0"],
    [{ maxCost: -1 }, "The option maxCost is -1: expected a number of tokens, at least 0"],
    [{ grace: Duration.infinity }, 'expected a finite duration such as "30 seconds"']
  ]
  it.effect.each(options)("is a defect with the expected form: %o", ([input, expected]) =>
    Effect.gen(function* () {
      const defect = yield* create(input).pipe(
        Effect.catchAllDefect((defect) => Effect.fail(defect)),
        Effect.flip
      )
      assert.instanceOf(defect, RangeError)
      assert.include(String(defect), expected)
      assert.lengthOf(yield* (yield* MockServer).requests, 0)
    }).pipe(Effect.provide(world("inProcess")))
  )
})
