import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Pixxel } from "../src/index.js"
import { json, once, scripted, status } from "./scripted.js"

describe("a ping", () => {
  it.effect("gives the text of the API, and sends no token", () =>
    Effect.gen(function* () {
      const { layer, seen } = scripted([() => json("pong")])
      assert.strictEqual(yield* Effect.provide(Pixxel.ping, layer), "pong")
      assert.deepStrictEqual(
        seen.map(({ headers, method, url }) => [method, url, headers.has("authorization")]),
        [["GET", "https://api.pixxel.space/ping", false]]
      )
    })
  )

  for (const [name, answer, tag] of [
    ["an object", () => json({ status: "ok" }), "PixxelDecodeError"],
    ["a page", () => new Response("<h1>Sign in</h1>"), "PixxelDecodeError"],
    ["a refusal", () => status(403), "PixxelForbidden"]
  ] as const) {
    it.effect(`fails on ${name}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Effect.provide(Pixxel.ping, scripted([answer], once).layer))
        assert.strictEqual(error._tag, tag)
      })
    )
  }
})
