import { readFileSync } from "node:fs"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { record } from "../scripts/recording.js"

it.effect("every piece of a recorded line has its own column, and no space that a viewer could collapse", () =>
  Effect.gen(function* () {
    const lines = [...(yield* record).matchAll(/<text([^>]*)>(.*)<\/text>/g)]
    assert.isAbove(lines.length, 100)
    for (const [, attributes = "", content = ""] of lines) {
      assert.notMatch(attributes, / x=/)
      const pieces = [...content.matchAll(/<tspan x="[\d.]+" textLength="[\d.]+"(?: class="\w")?>([^<]+)<\/tspan>/g)]
      assert.strictEqual(pieces.map(([piece]) => piece).join(""), content)
      for (const [, text = ""] of pieces) assert.notMatch(text, /^\s|\s$|\s{2}/)
    }
  })
)

it.effect("the recording in the README matches the command: npm run recording", () =>
  Effect.gen(function* () {
    assert.strictEqual(readFileSync(new URL("../recording.svg", import.meta.url), "utf8"), yield* record)
  })
)
