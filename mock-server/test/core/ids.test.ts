import { assert, describe, it } from "vitest"
import { hashId, random } from "../../src/core/Ids.js"

describe("an id", () => {
  it("is the same in every run", () =>
    assert.strictEqual(hashId("seed", "job", "wf-crop", 0), "bdf05db3-ff7f-49d3-88de-0c23f413eafa"))

  it("has the form of a version 4 UUID", () =>
    assert.match(hashId("s", "task", "p", 7), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/))

  it("depends on each of its keys, and on the boundaries between them", () => {
    const ids = [
      hashId("a", "job", "w", 0),
      hashId("b", "job", "w", 0),
      hashId("a", "task", "w", 0),
      hashId("a", "job", "v", 0),
      hashId("a", "job", "w", 1),
      hashId("aj", "ob", "w", 0)
    ]
    assert.strictEqual(new Set(ids).size, ids.length)
  })
})

describe("chance", () => {
  it("is the same in every run", () => assert.strictEqual(random("seed", "fault", 1), 0.01107710428182429))

  it("is the same for equal keys, and differs for different ones", () => {
    assert.strictEqual(random("seed", "a", 1), random("seed", "a", 1))
    assert.notStrictEqual(random("seed", "a", 1), random("seed", "a", 2))
  })

  it("is spread evenly from 0 to below 1", () => {
    const draws = Array.from({ length: 1_000 }, (_, n) => random("seed", n))
    assert.isTrue(draws.every((draw) => draw >= 0 && draw < 1))
    assert.approximately(draws.reduce((a, b) => a + b) / draws.length, 0.5, 0.03)
  })
})
