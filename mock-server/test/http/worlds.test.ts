/** Worlds that requests create are bounded in number; those that a test made stay until it drops them. */
import { assert, describe, it } from "vitest"
import { Worlds } from "../../src/http/worlds.js"
import { fixtures } from "./fixtures.js"
import { HandClock } from "./harness.js"

const limitedTo = (limit: number) => new Worlds({ fixtures, seed: "seed", onFirstUse: () => new HandClock(), limit })
const names = (worlds: Worlds) => worlds.all.map(({ name }) => name)

describe("the worlds of a server", () => {
  it("are forgotten beyond the limit, the one that was idle longest first", () => {
    const worlds = limitedTo(3)
    for (const name of ["a", "b", "c"]) worlds.find(name)
    worlds.enter("a")() // used, and idle again
    worlds.find("d")
    assert.deepStrictEqual(names(worlds), ["c", "a", "d"])
  })

  it("are not forgotten while a request is under way", () => {
    const worlds = limitedTo(2)
    for (const name of ["a", "b"]) worlds.find(name)
    const leave = worlds.enter("a")
    worlds.enter("b")()
    worlds.find("c")
    assert.deepStrictEqual(names(worlds), ["a", "c"])
    leave()
    worlds.find("d")
    assert.deepStrictEqual(names(worlds), ["c", "d"])
  })

  it("stay when a test made them", () => {
    const worlds = limitedTo(1)
    worlds.create("made", { clock: new HandClock() })
    for (const name of ["a", "b"]) worlds.find(name)
    assert.deepStrictEqual(names(worlds), ["made", "b"])
  })

  it("begin anew when they are reset, with the same ids", () => {
    const worlds = limitedTo(1)
    const first = worlds.find("a")?.createJob("wf-crop")?.identity.id
    const again = worlds.reset("a")
    assert.strictEqual(again?.jobCount, 1)
    assert.strictEqual(again?.createJob("wf-crop")?.identity.id, first)
  })
})
