/** Retries against the mock's faults, over TCP and in process. */
import { assert, describe, it } from "@effect/vitest"
import { Auth, JobsApi, PixxelHttpClient, RetryPolicy } from "@effect-pixxel/client"
import { Fault, MockServer } from "@effect-pixxel/mock-server"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import { longTransports } from "../../../../vitest.size.js"
import { projectId, workflowOf, world } from "./world.js"

const workflowId = workflowOf("crop-classification")
const list = Effect.flatMap(JobsApi, (jobs) => jobs.list({ workflowId }))
const create = Effect.flatMap(JobsApi, (jobs) => jobs.create({ workflowId, projectId, adopt: "never" }))

/** The request times of an operation, in milliseconds. */
const timesOf = (operation: string) =>
  Effect.flatMap(MockServer, ({ requests }) =>
    Effect.map(requests, (seen) => seen.filter((it) => it.operation === operation).map(({ time }) => time))
  )

type Effects = Parameters<typeof Fault.on>[1]

const passing: ReadonlyArray<readonly [string, Effects]> = [
  ["503", Fault.answer(503)],
  ["429", Fault.answer(429, { retryAfter: "3s" })],
  ["the page of a gateway", Fault.gatewayPage],
  ["a reset before the request is handled", Fault.refuse("reset")],
  ["no answer", Fault.refuse("hang")],
  ["a lost answer", Fault.loseAnswer("close")],
  ["a cut head", Fault.cutHead("reset")],
  ["a cut body", Fault.cutBody(5, "reset")],
  ["a body that stalls", Fault.cutBody(5, "hang")]
]

for (const transport of longTransports) {
  describe(`a read, ${transport},`, () => {
    it.effect.each(passing)("succeeds after %s", ([, fault]) =>
      Effect.gen(function* () {
        yield* (yield* MockServer).faults.use(Fault.plan(Fault.on("listJobs", fault, { attempts: [1] })))
        yield* list
        assert.lengthOf(yield* timesOf("listJobs"), 2)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect.each(["seconds", "date"] as const)(
      "is repeated at the time of Retry-After in %s, to the second",
      (form) =>
        Effect.gen(function* () {
          const fault = Fault.answer(503, { retryAfter: "7s", retryAfterAs: form })
          yield* (yield* MockServer).faults.use(Fault.plan(Fault.on("listJobs", fault, { attempts: [1] })))
          yield* list
          const [first = 0, second = 0] = yield* timesOf("listJobs")
          assert.strictEqual(second - first, 7_000)
        }).pipe(Effect.provide(world(transport)))
    )
  })

  describe(`a create, ${transport},`, () => {
    const ambiguous: ReadonlyArray<readonly [string, Effects]> = [
      ...passing.filter(([name]) => name !== "429"),
      ["a redirect", Fault.redirect("loop", 307)],
      ["a body that is no JSON", Fault.body("malformed")],
      ["an empty body", Fault.body("empty")]
    ]
    it.effect.each(ambiguous)("is sent once, with an unknown outcome, after %s", ([, fault]) =>
      Effect.gen(function* () {
        yield* (yield* MockServer).faults.use(Fault.plan(Fault.on("createJob", fault)))
        const error = yield* Effect.flip(create)
        assert.strictEqual(error._tag, "CreateOutcomeUnknown")
        assert.lengthOf(yield* timesOf("createJob"), 1)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("is repeated after a rate limit", () =>
      Effect.gen(function* () {
        yield* (yield* MockServer).faults.use(Fault.plan(Fault.on("createJob", Fault.limit(1, "30s"))))
        const before = (yield* list).length
        yield* create
        yield* create
        const [first = 0, ...more] = yield* timesOf("createJob")
        assert.lengthOf(more, 2)
        assert.strictEqual((more.at(-1) ?? 0) - first, 30_000)
        assert.strictEqual((yield* list).length, before + 2)
      }).pipe(Effect.provide(world(transport)))
    )
  })

  describe(`the main job, ${transport},`, () => {
    it.effect.each(["flaky", "throttled"] as const)("succeeds in a world that is %s", (preset) =>
      Effect.gen(function* () {
        yield* (yield* MockServer).faults.use(preset)
        const { download, job } = yield* (yield* JobsApi).run({ workflowId, projectId })
        assert.strictEqual(job.outcome, "succeeded")
        assert.isTrue(download.isReady)
      }).pipe(Effect.withRandom(Random.make("the same")), Effect.provide(world(transport)))
    )
  })

  describe(`a token that has expired, ${transport},`, () => {
    it.effect("is read again, and the call repeated", () =>
      Effect.gen(function* () {
        const mock = yield* MockServer
        const tokens = [mock.tokenOf("expired"), mock.tokenOf("owner")]
        const auth = Auth.layerEffect(Effect.sync(() => tokens.shift() ?? mock.tokenOf("revoked")))
        const jobs = JobsApi.layer.pipe(
          Layer.provide(PixxelHttpClient.layer({ baseUrl: mock.baseUrl })),
          Layer.provide(auth)
        )
        yield* Effect.provide(Effect.zipRight(create, list), jobs)
        assert.deepStrictEqual(
          (yield* mock.requests).map(({ credential, status }) => [credential, status]),
          [
            ["bearer expired", 403],
            ["bearer owner", 200],
            ["bearer owner", 200]
          ]
        )
      }).pipe(Effect.provide(MockServer.layer({ transport })))
    )
  })

  describe(`a policy, ${transport},`, () => {
    it.effect("can be adjusted around a call", () =>
      Effect.gen(function* () {
        yield* (yield* MockServer).faults.use(Fault.plan(Fault.on("listJobs", Fault.answer(503))))
        const error = yield* list.pipe(RetryPolicy.withOptions({ maxAttempts: 3 }), Effect.flip)
        assert.lengthOf(error.attempts, 3)
        yield* list.pipe(RetryPolicy.withoutRetry, Effect.flip)
        assert.lengthOf(yield* timesOf("listJobs"), 4)
      }).pipe(Effect.provide(world(transport)))
    )
  })
}
