/** The contents of a package, even of unusual results of a story. */
import { strFromU8, unzipSync } from "fflate"
import { assert, describe, it } from "vitest"
import { World } from "../../src/core/World.js"
import { slice } from "../../src/core/zip/Content.js"
import { jobPackage } from "../../src/resources/jobs/packages.js"
import { createJob } from "../jobs.js"
import { fixtures } from "./fixtures.js"
import { HandClock } from "./harness.js"

/** Returns the files in the package of a job whose only task has these results. */
const filesOf = (...result: ReadonlyArray<unknown>): Readonly<Record<string, Uint8Array>> => {
  const story = {
    kind: "job",
    source: "made up",
    workflow: "wf-crop",
    phases: [{ status: "running", until: { tasksDone: true } }, { status: "completed" }],
    tasks: [{ name: "made", takes: "0s", result }]
  } as const
  const clock = new HandClock()
  const setup = { name: "w", seed: "s", storageUrl: undefined, tokens: {}, quirks: {}, clock }
  const world = new World({ ...setup, fixtures: { ...fixtures, jobs: new Map([...fixtures.jobs, ["odd", story]]) } })
  world.enqueue("odd")
  const { content } = jobPackage(world, createJob(world, "wf-crop")!, 0)
  return unzipSync(slice(content, 0, content.size))
}

/** Valid JSON that cannot be converted to a string. */
const noText = { toString: 1, valueOf: 2 }

describe("a package", () => {
  it("has an output under a default name when its own is not a text", () =>
    assert.sameMembers(Object.keys(filesOf({ name: noText }, { name: 7 }, { name: ["a"] }, "no object")), [
      "manifest.json",
      "outputs/made/1-output.json",
      "outputs/made/2-7.json",
      "outputs/made/3-output.json",
      "outputs/made/4-output.json"
    ]))

  it("has a table whose columns are not texts", () => {
    const headers = ["crop", 2, noText, null]
    const table = filesOf({ format: "tabular", name: "t", properties: { file_schema: { headers } } })
    assert.match(strFromU8(table["outputs/made/1-t.csv"]!), /^crop,2,column,column\n/)
  })

  it("has a raster of a geometry with more positions than a call can have arguments", () => {
    const ring = Array.from({ length: 300_000 }, (_, index) => [index / 1e6, 1])
    const picture = filesOf({ format: "raster", name: "p", properties: { geometry: { coordinates: [ring] } } })
    assert.isAbove(picture["outputs/made/1-p.tif"]?.length ?? 0, 256)
  })
})
