import { assert, it } from "@effect/vitest"
import { Pixxel } from "@effect-pixxel/client"
import { MockServer } from "@effect-pixxel/mock-server"
import { Effect, Layer } from "effect"
import { survey } from "./survey.js"

const fixtures = `${import.meta.dirname}/fixtures`

/** The client of production, in a world that begins with the scenario. */
const PixxelTest = Pixxel.layerConfig.pipe(
  Layer.provide(MockServer.layerConfigProvider),
  Layer.provideMerge(MockServer.layer({ fixtures, scenario: "lost-answer" }))
)

it.effect("pays for one job although the answer is lost", () =>
  Effect.gen(function* () {
    const job = yield* survey
    assert.strictEqual(job.outcome, "succeeded")
    yield* (yield* MockServer).verify({ operation: "createJob", times: 1 })
  }).pipe(Effect.provide(PixxelTest))
)
