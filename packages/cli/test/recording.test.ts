import { readFileSync } from "node:fs"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { record } from "../scripts/recording.js"

it.effect("the recording in the README is up to date: npm run recording", () =>
  Effect.gen(function* () {
    assert.strictEqual(readFileSync(new URL("../recording.svg", import.meta.url), "utf8"), yield* record)
  })
)
