/** Runs the demo on both transports. */

import { assert, describe, it } from "@effect/vitest"
import { MockServer } from "@effect-pixxel/mock-server"
import { Effect, Layer } from "effect"
import { mainJob, PixxelMock } from "../src/main-job.js"

describe("the main job", () => {
  for (const transport of ["inProcess", "socket"] as const) {
    it.effect(`runs to its end, ${transport}`, () =>
      Effect.map(mainJob, (job) => assert.strictEqual(job.outcome, "succeeded")).pipe(
        Effect.provide(PixxelMock.pipe(Layer.provideMerge(MockServer.layer({ transport }))))
      )
    )
  }
})
