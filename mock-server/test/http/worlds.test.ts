/**
 * The lifecycle of a world: created on first use or by a test, saved, reset and dropped. The number of worlds that
 * requests create is limited; those of a test stay until it drops them.
 */
import { assert, describe, it } from "vitest"
import { WorldBusyError } from "../../src/core/World.js"
import * as Fault from "../../src/Fault.js"
import { Worlds } from "../../src/Worlds.js"
import { createJob } from "../jobs.js"
import { fixtures } from "./fixtures.js"
import { HandClock } from "./harness.js"

const limitedTo = (limit: number) => new Worlds({ fixtures, seed: "seed", onFirstUse: () => new HandClock(), limit })
const names = (worlds: Worlds) => worlds.all.map(({ name }) => name)

describe("the worlds of a server", () => {
  it("are dropped beyond the limit, the one idle longest first", () => {
    const worlds = limitedTo(3)
    for (const name of ["a", "b", "c"]) worlds.find(name)
    worlds.enter("a")() // used, and idle again
    worlds.find("d")
    assert.deepStrictEqual(names(worlds), ["c", "a", "d"])
  })

  it("are not dropped while a request is open", () => {
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

  it("stay when a test created them", () => {
    const worlds = limitedTo(1)
    worlds.create("made", { clock: new HandClock() })
    for (const name of ["a", "b"]) worlds.find(name)
    assert.deepStrictEqual(names(worlds), ["made", "b"])
  })

  it("begin again when they are reset, with the same ids", () => {
    const worlds = limitedTo(1)
    const first = createJob(worlds.find("a"), "wf-crop")?.identity.id
    const again = worlds.reset("a")
    assert.strictEqual(again?.drawers.jobs.count, 1)
    assert.strictEqual(createJob(again, "wf-crop")?.identity.id, first)
  })

  it("are created on first use, only if that is allowed", () => {
    assert.strictEqual(limitedTo(1).find("a")?.name, "a")
    assert.isUndefined(new Worlds({ fixtures, seed: "seed" }).find("a"))
  })

  it("are not reset while a request is open", () => {
    const worlds = limitedTo(1)
    createJob(worlds.find("a"), "wf-crop")
    const leave = worlds.enter("a")
    assert.throws(() => worlds.reset("a"), WorldBusyError, "the world is busy: 1 request is in progress.")
    assert.strictEqual(worlds.get("a")?.drawers.jobs.count, 2)
    leave()
    assert.strictEqual(worlds.reset("a")?.drawers.jobs.count, 1)
  })

  it("begin with a snapshot: its seed, its jobs, its faults; and again when they are reset", () => {
    const lived = limitedTo(1).create("lived", { clock: new HandClock(), seed: "own" })
    lived.useFaults(Fault.plan(Fault.on("ping", Fault.badChunk)))
    createJob(lived, "wf-crop")
    const snapshot = lived.save()

    const worlds = new Worlds({ fixtures, seed: "seed", faults: Fault.plan(Fault.on("listJobs", Fault.badChunk)) })
    const world = worlds.create("another", { clock: new HandClock(), snapshot })
    assert.deepStrictEqual(world.save(), snapshot)
    createJob(world, "wf-crop")
    assert.deepStrictEqual(worlds.reset("another")?.save(), snapshot)
  })

  it("may begin with a snapshot and other faults", () => {
    const snapshot = limitedTo(1).create("lived", { clock: new HandClock() }).save()
    const faults = Fault.plan(Fault.on("ping", Fault.badChunk))
    const world = limitedTo(1).create("another", { clock: new HandClock(), snapshot, faults })
    assert.deepStrictEqual(world.faults.plan, faults)
  })

  it("keep their saves when they are reset, but not when they are dropped", () => {
    const worlds = limitedTo(1)
    const snapshot = worlds.find("a")?.save()
    assert.isDefined(snapshot)
    worlds.savesOf("a")?.set("first", snapshot)
    worlds.reset("a")
    assert.strictEqual(worlds.savesOf("a")?.get("first"), snapshot)
    worlds.drop("a")
    worlds.find("a")
    assert.strictEqual(worlds.savesOf("a")?.size, 0)
  })

  it("end their own clock when the last request is over", () => {
    class EndingClock extends HandClock {
      isOver = false
      dispose(): void {
        this.isOver = true
      }
    }
    const clocks = [new EndingClock(), new EndingClock(), new EndingClock()] as const
    const left = [...clocks]
    const worlds = limitedTo(1)
    worlds.createWith("own", () => ({ clock: left.shift() ?? new HandClock() }))
    worlds.create("given", { clock: clocks[2] })
    worlds.reset("own")
    const leave = worlds.enter("own")
    for (const name of ["own", "given"]) worlds.drop(name)
    assert.deepStrictEqual(
      [...clocks].map(({ isOver }) => isOver),
      [true, false, false]
    )
    leave()
    assert.deepStrictEqual(
      [...clocks].map(({ isOver }) => isOver),
      [true, true, false]
    )
  })
})
