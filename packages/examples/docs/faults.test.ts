import { assert, describe, it } from "@effect/vitest"
import { Pixxel } from "@effect-pixxel/client"
import { MockServer } from "@effect-pixxel/mock-server"
import { faultPlan } from "@effect-pixxel/mock-server/FaultArbitrary"
import { Effect, Layer } from "effect"
import { program } from "./pipeline.js"

const PixxelTest = Pixxel.layerConfig.pipe(
  Layer.provide(MockServer.layerConfigProvider),
  Layer.provideMerge(MockServer.layer({ capsules: false }))
)

describe("the pipeline under random faults", () => {
  it.effect.prop(
    "pays once at most",
    { plan: faultPlan({ hang: true }) },
    ({ plan }) =>
      Effect.gen(function* () {
        const mock = yield* MockServer
        yield* mock.faults.use(plan)
        yield* Effect.either(program)
        // A create answered 429 was refused: nothing was paid, and it may be sent again.
        const sent = (yield* mock.requests).filter(
          ({ operation, status }) => operation === "createJob" && status !== 429
        )
        assert.isAtMost(sent.length, 1)
      }).pipe(Effect.provide(PixxelTest)),
    { fastCheck: { numRuns: 10, seed: 1 }, timeout: 60_000 }
  )
})
