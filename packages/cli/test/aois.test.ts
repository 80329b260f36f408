/** AOIs and assets on the command line, against the embedded mock and scripted answers. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, expect, it } from "@effect/vitest"
import { Geometry } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { interrupted, json, pixxel, polygon, scripted } from "./harness.js"

const folder = mkdtempSync(join(tmpdir(), "pixxel-aois-"))
afterAll(() => rmSync(folder, { recursive: true }))

const feature = { type: "Feature", properties: {}, geometry: polygon }

const fileOf = (name: string, content: unknown) => {
  const path = join(folder, name)
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content))
  return path
}

const create = (path: string) =>
  `aois create --file ${path} --items image-1,image-2 --name Field --satellite sat-1 --project project-monsoon-2024 --mock`

describe("pixxel aois", () => {
  const areas: ReadonlyArray<readonly [name: string, content: unknown, code: number]> = [
    ["polygon", polygon, 0],
    ["feature", feature, 0],
    ["collection", { type: "FeatureCollection", features: [feature] }, 0],
    ["two-features", { type: "FeatureCollection", features: [feature, feature] }, 2],
    ["point", { type: "Point", coordinates: [79, 21] }, 2],
    ["nothing", "null", 2],
    ["text", "field", 2]
  ]
  for (const [name, content, code] of areas) {
    it.effect(`creates an AOI of a file with a ${name}: code ${code}`, () =>
      Effect.gen(function* () {
        const outcome = yield* pixxel(`${create(fileOf(`${name}.json`, content))} --json`)
        assert.strictEqual(outcome.code, code)
        if (code === 0) assert.deepInclude(JSON.parse(outcome.stdout), { name: "Field", status: "started" })
        else assert.deepInclude(JSON.parse(outcome.stderr).error, { tag: "PixxelInvalidInput", path: "geometry" })
      })
    )
  }

  it.effect("reports a file that cannot be read", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel(create(join(folder, "missing.json")))
      assert.strictEqual(code, 11)
      assert.include(stderr, "missing.json could not be read")
    })
  )

  it.effect("creates, waits with a line for each change, and shows the end", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* pixxel(`${create(fileOf("a.json", polygon))} --wait`)
      assert.strictEqual(code, 0)
      assert.match(stderr, /started {2}0 %\n.*running/)
      assert.match(stdout, /status +success/)
    })
  )

  it.effect("prints events with --jsonl", () =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel("aois wait aoi-south-field --mock --jsonl")
      const events = stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line))
      assert.deepStrictEqual([...new Set(events.map(({ event }) => event))], ["changed", "ended"])
      assert.strictEqual(events.at(-1).aoi.status, "success")
    })
  )

  it.effect("ends with code 6 for a failed AOI, and says how to see it", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel("aois wait aoi-flooded-field --mock")
      assert.strictEqual(code, 6)
      assert.include(stderr, "AOI aoi-flooded-field ended as failed")
      assert.include(stderr, "To see it: pixxel aois get --aoi aoi-flooded-field --mock")
    })
  )

  it.effect("names the command to wait again after the deadline", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel("aois wait aoi-whole-district --timeout 5m --mock")
      assert.strictEqual(code, 7)
      assert.include(stderr, "To wait again: pixxel aois wait --aoi aoi-whole-district --timeout 5m --mock")
    })
  )

  it.effect("suggests the list of AOIs for an unknown one and for a name that is taken", () =>
    Effect.gen(function* () {
      const unknown = yield* pixxel("aois get nothing --mock")
      assert.strictEqual(unknown.code, 5)
      assert.include(unknown.stderr, "pixxel aois list --mock")
      const taken = yield* pixxel(create(fileOf("b.json", polygon)).replace("--name Field", "--name=North\u00a0field"))
      assert.strictEqual(taken.code, 0)
      const environment = scripted(
        () => json({ aois: [] }),
        () => json({ error: { code: "taken", message: "taken" } }, { status: 409 })
      )
      const conflict = yield* pixxel(create(fileOf("c.json", polygon)).replace(" --mock", ""), { environment })
      assert.strictEqual(conflict.code, 3)
      assert.include(conflict.stderr, "pixxel aois list")
    })
  )
})

describe("an interrupted command", () => {
  const never = () => "never" as const
  const aoi = (status: string) => () => json({ aoi_id: "aoi-1", name: "Field", status })
  const none = () => json({ aois: [] })
  const path = fileOf("interrupted.json", polygon)
  const line = `aois create --file ${path} --items image-1 --name Field --satellite sat-1 --project p-1`

  it.effect.each(["wait", "watch"])("names the AOI that continues, and how to go on: aois %s", (verb) =>
    Effect.gen(function* () {
      const stderr = yield* interrupted(`aois ${verb} aoi-1 --interval 5s --auth-scheme raw`, aoi("running"), never)
      assert.include(stderr, "Interrupted. AOI aoi-1 continues.")
      assert.include(stderr, "To wait again: pixxel aois wait --aoi aoi-1 --interval 5s --auth-scheme raw\n")
    })
  )

  it.effect("names the new AOI of a create that waits", () =>
    Effect.gen(function* () {
      const stderr = yield* interrupted(`${line} --wait --timeout 2h`, none, aoi("started"), aoi("running"), never)
      assert.include(stderr, "To wait again: pixxel aois wait --aoi aoi-1 --timeout 2h\n")
    })
  )

  it.effect("lists by name while the AOI is being created", () =>
    Effect.gen(function* () {
      const stderr = yield* interrupted(line, none, never)
      assert.include(stderr, "Interrupted while an AOI was being created. The AOI may exist.")
      assert.include(stderr, ": pixxel aois list --name Field --project p-1\n")
    })
  )

  it.effect("reports one object with --json", () =>
    Effect.gen(function* () {
      const stderr = yield* interrupted("aois wait aoi-1 --json", aoi("running"), never)
      assert.deepInclude(JSON.parse(stderr).error, { tag: "Interrupted", aoiId: "aoi-1" })
    })
  )
})

describe("pixxel aois create --wait", () => {
  const path = fileOf("lost.json", polygon)
  const line = `aois create --file ${path} --items image-1 --name Field --satellite sat-1 --project p-1 --wait`

  it.effect("names the AOI that it can no longer follow", () =>
    Effect.gen(function* () {
      const environment = scripted(
        () => json({ aois: [] }),
        () => json({ aoi_id: "aoi-1", status: "started" }),
        () => json({ error: { code: "no", message: "no" } }, { status: 403 })
      )
      const { code, stderr } = yield* pixxel(line, { environment })
      assert.strictEqual(code, 4)
      assert.include(stderr, "AOI aoi-1 exists, but could not be followed")
      assert.include(stderr, "To wait for it: pixxel aois wait --aoi aoi-1")
    })
  )

  it.effect("suggests no AOI of the embedded mock, which has ended", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel(`${create(path)} --wait --timeout 1s`)
      assert.strictEqual(code, 7)
      assert.include(stderr, "The embedded mock server has ended, and its AOI with it.")
    })
  )
})

describe("pixxel aois watch", () => {
  it.effect("prints a line for each change", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* pixxel("aois watch aoi-south-field --mock")
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.match(stdout, /^(aoi-south-field {2}updating {2}\d0 %\n)+aoi-south-field {2}success {2}100 %\n$/)
    })
  )

  it.effect("prints events with --jsonl, and the end with --json", () =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel("aois watch aoi-south-field --mock --jsonl")
      const events = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).event)
      assert.deepStrictEqual([...new Set(events), events.at(-1)], ["changed", "ended", "ended"])
      const end = JSON.parse((yield* pixxel("aois watch aoi-south-field --mock --json")).stdout)
      assert.strictEqual(end.status, "success")
    })
  )
})

describe("--geojson", () => {
  it.effect("prints an AOI as a feature", () =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel("aois get aoi-north-field --geojson --mock")
      const { geometry, id, properties, type } = JSON.parse(stdout)
      assert.deepStrictEqual(
        [type, id, geometry.type, properties.name],
        ["Feature", "aoi-north-field", "Polygon", "North field"]
      )
      assert.notProperty(properties, "geometry")
      assert.deepStrictEqual(
        JSON.parse((yield* pixxel("aois get aoi-north-field --geojson --jsonl --mock")).stdout),
        JSON.parse(stdout)
      )
    })
  )

  it.effect("prints AOIs as a collection, and as a feature a line with --jsonl", () =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel("aois list --geojson --mock")
      const { features, type } = JSON.parse(stdout)
      assert.deepStrictEqual([type, features.length], ["FeatureCollection", 5])
      assert.isTrue(features.every(({ geometry }: { geometry: object }) => Either.isRight(Geometry.parse(geometry))))
      const lines = (yield* pixxel("aois list --geojson --jsonl --mock")).stdout.trim().split("\n")
      assert.deepStrictEqual(
        lines.map((line) => JSON.parse(line)),
        features
      )
    })
  )

  it.effect("is a feature without a geometry for an AOI without one, and a collection of none", () =>
    Effect.gen(function* () {
      const bare = scripted(() => json({ aoi_id: "aoi-1", geometry: null }))
      const { stdout } = yield* pixxel("aois get aoi-1 --geojson", { environment: bare })
      assert.deepInclude(JSON.parse(stdout), { type: "Feature", id: "aoi-1", geometry: null })
      const none = scripted(() => json({ aois: null }))
      assert.deepStrictEqual(JSON.parse((yield* pixxel("aois list --geojson", { environment: none })).stdout), {
        type: "FeatureCollection",
        features: []
      })
    })
  )
})

describe("--map", () => {
  it.effect("draws AOIs above their table, an AOI above its fields, and assets", () =>
    Effect.gen(function* () {
      const list = (yield* pixxel("aois list --map --mock")).stdout
      assert.match(list, /^┌─ 21\.\d+° N 7[89]\.\d+° E ─+┐\n/)
      assert.match(list, /┘\n\nMAP {2}ID .*\n1 +aoi-north-field /)
      const one = (yield* pixxel("aois get aoi-north-field --map --mock")).stdout
      assert.match(one, /^┌─.*┘\n\nAOI +aoi-north-field\n/s)
      assert.include((yield* pixxel("assets list aoi-north-field --map --mock")).stdout, "\n1    asset-")
    })
  )

  it.effect("shows an AOI without an area as it is", () =>
    Effect.gen(function* () {
      const environment = scripted(() => json({ aoi_id: "aoi-1", geometry: null }))
      const { stdout } = yield* pixxel("aois get aoi-1 --map", { environment })
      assert.strictEqual(stdout, (yield* pixxel("aois get aoi-1", { environment })).stdout)
    })
  )
})

describe("pixxel assets download", () => {
  const asset = "asset-FF01_000321_20250614_L2A_20250616_00501135"

  it.effect("saves to a file, or to a folder under the ids", () =>
    Effect.gen(function* () {
      const path = join(folder, "field.zip")
      const line = `assets download aoi-north-field --asset ${asset} --mock`
      const { code, stdout } = yield* pixxel(`${line} --json --out ${path}`)
      assert.deepStrictEqual([code, existsSync(path)], [0, true])
      assert.deepInclude(JSON.parse(stdout).download, { path, isSkipped: false })
      const again = yield* pixxel(`${line} --out ${folder}`)
      assert.strictEqual(again.code, 0)
      assert.isTrue(existsSync(join(folder, `aoi-north-field-${asset}.zip`)))
    })
  )

  it.effect("refuses to replace another file, and says what to do", () =>
    Effect.gen(function* () {
      const path = fileOf("other.zip", "other")
      const { code, stderr } = yield* pixxel(`assets download aoi-north-field --asset ${asset} --mock --out ${path}`)
      assert.strictEqual(code, 11)
      assert.include(stderr, "--if-exists overwrite")
      assert.notInclude(stderr, "billed")
    })
  )

  it.effect("reports an unknown asset, and asset ids that are missing", () =>
    Effect.gen(function* () {
      const unknown = yield* pixxel("assets download aoi-north-field --asset none --mock")
      assert.strictEqual(unknown.code, 5)
      assert.strictEqual((yield* pixxel("assets download aoi-north-field --asset , --mock")).code, 2)
    })
  )
})

describe("pixxel assets list", () => {
  it.effect("lists the assets of an AOI in all forms, without their paths", () =>
    Effect.gen(function* () {
      expect((yield* pixxel("assets list aoi-east-field --mock")).stdout).toMatchInlineSnapshot(`
        "ID                                                TYPE       STATUS   PROGRESS  DATE        NAME
        asset-FF01_000321_20250614_L2A_20250616_00501135  stac_item  success  100 %     2025-06-14  FF01_000321_20250614_L2A_20250616_00501135
        asset-FF01_000338_20250621_L2A_20250623_00501135  stac_item  failed   90 %      2025-06-21  FF01_000338_20250621_L2A_20250623_00501135
        mosaic-2025-06-14                                 mosaic     success  100 %     2025-06-14  Mosaic of 2025-06-14
        "
      `)
      const { assets } = JSON.parse((yield* pixxel("assets list aoi-east-field --mock --json")).stdout)
      const { stdout } = yield* pixxel("assets list aoi-east-field --mock --jsonl")
      const lines = stdout.trim().split("\n")
      assert.deepStrictEqual(
        lines.map((line) => JSON.parse(line)),
        assets
      )
      assert.include(stdout, '"path":"<redacted>"')
    })
  )

  it.effect("suggests the list of AOIs for an unknown one", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel("assets list nothing --mock")
      assert.strictEqual(code, 5)
      assert.include(stderr, "pixxel aois list --mock")
    })
  )
})
