import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { pixxel, refused, scripted } from "./harness.js"

describe("pixxel ping", () => {
  it.effect("prints the answer", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* pixxel("ping --mock"), { code: 0, stdout: "pong\n", stderr: "" })
      assert.strictEqual((yield* pixxel("--json ping --mock")).stdout, '"pong"\n')
    })
  )

  it.effect("reports a failure by its own name", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel("ping", { environment: scripted(() => refused(403)) })
      assert.strictEqual(code, 4)
      assert.include(stderr, "pixxel ping was answered 403")
    })
  )

  it.effect("takes no argument", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel("ping twice --mock")
      assert.strictEqual(code, 2)
      assert.include(stderr, "Unexpected argument 'twice': pixxel ping takes no argument.")
    })
  )
})
