import * as fc from "effect/FastCheck"
import { assert, describe, it } from "vitest"
import { formatGoDuration, parseDuration } from "../../src/core/Duration.js"

describe("a duration", () => {
  it.each([
    ["0s", 0],
    ["500ms", 500],
    ["20s", 20_000],
    ["1.5s", 1_500],
    ["1m30s", 90_000],
    ["1h", 3_600_000],
    ["1h0m0.25s", 3_600_250]
  ])("of a fixture: %s is %i ms", (text, millis) => assert.strictEqual(parseDuration(text), millis))

  it.each([
    [0, "0s"],
    [350, "350ms"],
    [1_000, "1s"],
    [13_500, "13.5s"],
    [60_000, "1m0s"],
    [133_500, "2m13.5s"],
    [3_600_001, "1h0m0.001s"],
    [360_000_000, "100h0m0s"]
  ])("of %i ms is %s in Go", (millis, text) => assert.strictEqual(formatGoDuration(millis), text))

  it("in Go's form can be parsed as one of a fixture", () =>
    fc.assert(fc.property(fc.nat(), (millis) => assert.strictEqual(parseDuration(formatGoDuration(millis)), millis))))
})
