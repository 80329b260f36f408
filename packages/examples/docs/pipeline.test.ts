import { describe, it } from "@effect/vitest"
import { Pixxel } from "@effect-pixxel/client"
import { MockServer } from "@effect-pixxel/mock-server"
import { Effect, Layer } from "effect"
import { program } from "./pipeline.js"

/** The application of production, with the transport, the clock and the settings of a world. */
const PixxelTest = Pixxel.layerConfig.pipe(
  Layer.provide(MockServer.layerConfigProvider),
  Layer.provideMerge(MockServer.layer())
)

describe("the pipeline", () => {
  it.effect("pays for one job, whatever the job takes", () =>
    Effect.gen(function* () {
      const mock = yield* MockServer
      yield* program
      yield* mock.verify({ operation: "createJob", times: 1 })
    }).pipe(Effect.provide(PixxelTest))
  )
})
