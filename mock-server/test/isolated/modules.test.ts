/** Modules that a program imports while it runs: under Vitest they come from another process or thread. */
import { assert, beforeEach, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { MockServer } from "../../src/MockServer.js"
import { transports } from "../clock/harness.js"

/** Vitest caches loaded modules. */
beforeEach(() => void vi.resetModules())

const imports: Record<string, () => Promise<unknown>> = {
  "a module of the project": () => import("../clock/modules/one.js"),
  "a module that imports another one": () => import("../clock/modules/chain.js").then(({ next }) => next()),
  "several modules": () => Promise.all([import("../clock/modules/two.js"), import("../clock/modules/four.js")]),
  "a package": () => import("fflate"),
  "a module of Node": () => import("node:wasi")
}

for (const transport of transports) {
  describe(`an import at run time, ${transport}`, () => {
    for (const [name, load] of Object.entries(imports)) {
      it.effect(`takes no virtual time: ${name}`, () =>
        Effect.gen(function* () {
          const { time } = yield* MockServer
          const loaded = yield* Effect.timeoutOption(Effect.promise(load), "1 hour")
          assert.isTrue(Option.isSome(loaded))
          assert.strictEqual(time.elapsed, 0)
        }).pipe(Effect.provide(MockServer.layer({ transport })))
      )
    }

    it.effect("holds every world that waits for the same module", () =>
      Effect.gen(function* () {
        const load = Effect.promise(() => import("../clock/modules/five.js")).pipe(
          Effect.timeoutOption("1 hour"),
          Effect.provide(MockServer.layer({ transport }))
        )
        const fibers = yield* Effect.forEach([1, 2, 3], () => Effect.fork(load))
        for (const fiber of fibers) assert.isTrue(Option.isSome(yield* Fiber.join(fiber)))
      })
    )
  })
}
