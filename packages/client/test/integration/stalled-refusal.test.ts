/** Refusals whose bodies never end: status and headers decide. */
import { assert, describe, it } from "@effect/vitest"
import { type CreateError, type HttpError, type JobsApi as Jobs, RetryPolicy } from "@effect-pixxel/client"
import { Fault } from "@effect-pixxel/mock-server"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { JobsApi, MockServer, projectId, transports, workflowOf, world } from "./world.js"

const workflowId = workflowOf("instant")

const create = (input: Partial<Jobs.CreateInput> = {}) =>
  Effect.flatMap(JobsApi, (jobs) => jobs.create({ workflowId, projectId, adopt: "never", ...input }))

const use = (...rules: ReadonlyArray<ReturnType<typeof Fault.on>>) =>
  Effect.flatMap(MockServer, (mock) => mock.faults.use(Fault.plan(...rules)))

/** The error, and the milliseconds until it. */
const failing = <E, R>(self: Effect.Effect<unknown, E, R>) =>
  Effect.gen(function* () {
    const before = yield* Clock.currentTimeMillis
    const error = yield* Effect.flip(self)
    return { error, after: (yield* Clock.currentTimeMillis) - before }
  })

const stalls = [
  ["stalls after its head", Fault.cutBody(0, "hang")],
  ["stalls after ten bytes", Fault.cutBody(10, "hang")],
  ["trickles", Fault.drip(1, "900ms")]
] as const

for (const transport of transports) {
  describe(`a refusal, ${transport},`, () => {
    it.effect.each(stalls)("with a body that %s fails after 2 s", ([, fault]) =>
      Effect.gen(function* () {
        yield* use(Fault.on("createJob", fault))
        const { after, error } = yield* failing(create())
        assert.strictEqual(error._tag, "PixxelForbidden")
        assert.include(error.message, "was answered 403")
        assert.strictEqual(after, 2_000)
      }).pipe(Effect.provide(world(transport, { role: "expired" })))
    )

    it.effect("with a stalled body fails within the deadline of an attempt, however short", () =>
      Effect.gen(function* () {
        yield* use(Fault.on("createJob", Fault.cutBody(10, "hang")))
        for (const options of [{ attemptTimeout: "1 second" }, { timeout: "1 second" }] as const) {
          const { after, error } = yield* failing(RetryPolicy.withOptions(create(), options))
          assert.strictEqual(error._tag, "PixxelForbidden")
          assert.isBelow(after, 1_000)
        }
      }).pipe(Effect.provide(world(transport, { role: "expired" })))
    )

    it.effect("with a late body is read in time", () =>
      Effect.gen(function* () {
        yield* use(Fault.on("createJob", Fault.drip(64, "200ms")))
        const { error } = yield* failing(create())
        assert(error._tag === "PixxelForbidden")
        assert.isTrue(Option.isSome(error.serverMessage))
      }).pipe(Effect.provide(world(transport, { role: "expired" })))
    )

    it.effect("of the estimate, or of any other call, fails in the same time", () =>
      Effect.gen(function* () {
        yield* use(
          Fault.on("getWorkflowCostEstimate", Fault.cutBody(10, "hang")),
          Fault.on("listJobs", Fault.cutBody(10, "hang"))
        )
        const list = Effect.flatMap(JobsApi, (jobs) => jobs.list({ workflowId }))
        const calls: ReadonlyArray<Effect.Effect<unknown, CreateError | HttpError, JobsApi>> = [
          create({ maxCost: 100 }),
          create({ adopt: "whenUnique" }),
          list
        ]
        for (const call of calls) {
          const { after, error } = yield* failing(call)
          assert.strictEqual(error._tag, "PixxelForbidden")
          assert.strictEqual(after, 2_000)
        }
      }).pipe(Effect.provide(world(transport, { role: "expired" })))
    )
  })
}
