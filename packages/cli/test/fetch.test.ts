/** The journey from an area to a file, against the embedded mock, in worlds that several runs share, and scripted answers. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, expect, it } from "@effect/vitest"
import { AoisApi, Pixxel } from "@effect-pixxel/client"
import { Fault, MockServer, type WorldQuirks } from "@effect-pixxel/mock-server"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { sample } from "../../../vitest.size.js"
import { Environment } from "../src/Environment.js"
import { interrupted, json, pixxel, polygon, type Surroundings, scripted } from "./harness.js"

const folder = mkdtempSync(join(tmpdir(), "pixxel-fetch-"))
afterAll(() => rmSync(folder, { recursive: true }))
const field = join(folder, "field.geojson")
writeFileSync(field, JSON.stringify(polygon))

let files = 0
const newFile = () => join(folder, `field-${++files}.zip`)

const search = `fetch --file ${field} --from 2025-06-01 --to 2025-07-01`
const line = `${search} --clouds 20 --project project-monsoon-2024 --yes`
const name = "field-2025-06-01-2025-07-01"

/** The client of the world of a test. */
const client = Layer.unwrapEffect(Effect.map(MockServer, ({ baseUrl, token }) => Pixxel.layer({ baseUrl, token })))

/** Runs a command in the world of a test. */
const run = (line: string, surroundings: Surroundings = {}) =>
  Effect.flatMap(Effect.context<MockServer | Layer.Layer.Success<ReturnType<typeof MockServer.layer>>>(), (world) => {
    const environment = Layer.succeed(Environment, {
      services: () => client.pipe(Layer.provideMerge(Layer.succeedContext(world)))
    })
    return pixxel(line, { environment, ...surroundings })
  })

const world = (quirks: WorldQuirks = {}) => MockServer.layer({ quirks, leftovers: false })

/** The number of AOIs of a name. */
const aois = (name: string) =>
  Effect.flatMap(AoisApi, ({ listAll }) => Stream.runCollect(listAll({ name }))).pipe(
    Effect.map(Chunk.size),
    Effect.provide(client)
  )

describe("pixxel fetch", () => {
  it.effect("searches, creates, waits and downloads, and reports each step", () =>
    Effect.gen(function* () {
      const path = newFile()
      const { code, stderr, stdout } = yield* pixxel(`${search} --clouds 20 --out ${path} --mock`)
      assert.strictEqual(code, 0)
      const ids = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g
      expect(stderr.replace(ids, "AOI").replace(/(AOI {2}running.*\n)+/, "AOI  running …\n")).toMatchInlineSnapshot(`
        "search: images by Firefly-1 2, Firefly-2 1, Sentinel-2 1; those of Firefly-1 (sat-firefly-1) are taken
        AOI  started  0 %
        AOI  running …
        AOI  success  100 %
        assets: mosaic-2025-06-21, mosaic-2025-06-14
        download: the package is being built (created)
        download: the package is being built (in_progress)
        download: 100 %  442 B of 442 B  38 B/s
        "
      `)
      expect(stdout.replace(ids, "AOI").replace(path, "FILE")).toMatchInlineSnapshot(`
        "AOI        AOI
        name       field-2025-06-01-2025-07-01
        satellite  sat-firefly-1
        status     success
        mosaics    mosaic-2025-06-21, mosaic-2025-06-14

        file      FILE
        size      442 B
        verified  by its checksum (sha-256)
        "
      `)
      assert.strictEqual(readFileSync(path).toString("latin1", 0, 2), "PK")
    })
  )

  it.effect("prints one object with --json, and the steps as events with --jsonl", () =>
    Effect.gen(function* () {
      const path = newFile()
      const whole = yield* pixxel(`${search} --clouds 20 --out ${path} --mock --json`)
      assert.strictEqual(whole.stderr, "")
      const { aoi, assets, download, missing } = JSON.parse(whole.stdout)
      assert.deepStrictEqual(
        [aoi.name, aoi.status, assets.map(({ id }: { id: string }) => id), missing, download.path],
        [name, "success", ["mosaic-2025-06-21", "mosaic-2025-06-14"], [], path]
      )
      const { stdout } = yield* pixxel(`${search} --clouds 20 --out ${newFile()} --mock --jsonl`)
      const events = stdout
        .trimEnd()
        .split("\n")
        .map((it) => JSON.parse(it))
      const kinds = [...new Set(events.map(({ event }) => event))]
      assert.deepStrictEqual(kinds.slice(0, 3), ["search", "changed", "assets"])
      assert.deepStrictEqual(kinds.slice(3).sort(), ["ended", "progress", "waiting"])
      assert.deepInclude(events[0], { satelliteId: "sat-firefly-1" })
    })
  )

  it.effect("takes the images of one satellite, and saves to a folder under the name", () =>
    Effect.gen(function* () {
      const path = `${search} --satellite sat-sentinel-2 --name Field --out ${folder} --mock --json`
      const { aoi, assets } = JSON.parse((yield* pixxel(path)).stdout)
      assert.deepInclude(aoi, {
        name: "Field",
        satelliteId: "sat-sentinel-2",
        description: "Images from 2025-06-01 to 2025-07-01 by sat-sentinel-2."
      })
      assert.lengthOf(assets, 1)
      assert.isTrue(existsSync(join(folder, "Field.zip")))
    })
  )
})

describe("pixxel fetch, asked again", () => {
  it.scoped("goes on with the AOI of the run before, and creates no other", () =>
    Effect.gen(function* () {
      const path = newFile()
      const late = yield* run(`${line} --out ${path} --timeout 30s`)
      assert.strictEqual(late.code, 7)
      assert.include(late.stderr, "pixxel: The wait for the AOI failed: ")
      assert.include(late.stderr, `The AOI continues. To wait again: pixxel ${line} --out ${path} --timeout 30s\n`)
      const again = yield* run(`${line.replace(" --yes", "")} --out ${path}`)
      assert.strictEqual(again.code, 0)
      assert.match(again.stderr, /^found: AOI \S+ of an earlier run\n/)
      assert.notInclude(again.stderr, "search:")
      const once = yield* run(`${line} --out ${path}`)
      assert.include(once.stdout, "The file existed already.")
      assert.strictEqual(yield* aois(name), 1)
    }).pipe(Effect.provide(world()))
  )

  it.scoped.each([
    ["area", (it: string) => it.replace(field, otherField)],
    ["clouds", (it: string) => it.replace("--clouds 20", "--clouds 100")],
    ["satellite", (it: string) => `${it} --satellite sat-firefly-1`],
    ["project", (it: string) => it.replace("project-monsoon-2024", "project-basin-watch")]
  ] as const)("refuses the AOI of another search: %s", ([, change]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* run(`${line} --name Field --out ${newFile()}`)).code, 0)
      const { code, stderr } = yield* run(`${change(line)} --name Field --out ${newFile()}`)
      assert.strictEqual(code, 2)
      assert.match(stderr, /^pixxel: AOI \S+ has the name Field, but another area, project or search\.\n/)
      assert.include(stderr, "Give another name: --name NAME. To see the AOI: pixxel aois get --aoi ")
    }).pipe(Effect.provide(world()))
  )

  const otherField = join(folder, "other.geojson")
  writeFileSync(
    otherField,
    JSON.stringify({
      ...polygon,
      coordinates: polygon.coordinates.map((ring) => ring.map(([x = 0, y = 0]) => [x, y + 0.01]))
    })
  )
})

describe("pixxel fetch, through faults", () => {
  const plans = {
    "the lost answer of the create": Fault.plan(Fault.on("AOICreateAOI", Fault.loseAnswer("reset"), { attempts: [1] })),
    "a 503 at every step": Fault.plan(
      ...(
        [
          "ListSatellites",
          "SearchSatelliteImages",
          "ListAOIs",
          "GetAoiById",
          "ListAssets",
          "AOICreateDownload",
          "GetDownloadStatus"
        ] as const
      ).map((operation) => Fault.on(operation, Fault.answer(503), { attempts: [1] }))
    ),
    "a URL that expires": Fault.plan(Fault.on("getPackage", Fault.expired, { between: { from: "0s", to: "28s" } }))
  }
  it.scoped.each(sample(Object.entries(plans), 2))("ends with the file of one AOI: %s", ([, plan]) =>
    Effect.gen(function* () {
      yield* (yield* MockServer).faults.use(plan)
      const path = newFile()
      const { code, stdout } = yield* run(`${line} --out ${path} --json`)
      assert.strictEqual(code, 0)
      const { aoi, download } = JSON.parse(stdout)
      assert.deepInclude(download, { path, verified: "checksum", bytes: readFileSync(path).length })
      assert.strictEqual(aoi.name, name)
      assert.strictEqual(yield* aois(name), 1)
    }).pipe(Effect.provide(world({ newAois: { takes: "10s" } })))
  )

  it.scoped.each([
    ["SearchSatelliteImages", "search", "The search failed: "],
    ["AOICreateAOI", "create", "The create of the AOI failed: "],
    ["ListAssets", "assets", "The list of its assets failed: "],
    ["AOICreateDownload", "download", "The download failed: "]
  ] as const)("names the step that failed: %s", ([operation, step, says]) =>
    Effect.gen(function* () {
      yield* (yield* MockServer).faults.use(Fault.plan(Fault.on(operation, Fault.answer(403))))
      const { code, stderr } = yield* run(`${line} --out ${newFile()}`)
      assert.strictEqual(code, 4)
      assert.include(stderr, `pixxel: ${says}`)
      const { error } = JSON.parse((yield* run(`${line} --out ${newFile()} --json`)).stderr)
      assert.strictEqual(error.step, step)
    }).pipe(Effect.provide(world({ newAois: { takes: "10s" } })))
  )
})

describe("pixxel fetch, of an AOI", () => {
  it.scoped("with missing images warns, and fails with --strict before the download", () =>
    Effect.gen(function* () {
      const path = newFile()
      const strict = yield* run(`${line} --strict --out ${path}`)
      assert.strictEqual(strict.code, 6)
      assert.match(strict.stderr, /\npixxel: Some images of AOI \S+ are missing: FF01_000321_20250614_\w+\.\n/)
      assert.include(strict.stderr, `To download the others: pixxel ${line} --out ${path}\n`)
      assert.isFalse(existsSync(path))
      const lenient = yield* run(`${line} --out ${path} --quiet`)
      assert.strictEqual(lenient.code, 0)
      assert.match(lenient.stderr, /^warning: Some images of AOI \S+ are missing: FF01_000321_20250614_\w+\.\n$/)
      assert.lengthOf(JSON.parse((yield* run(`${line} --out ${path} --json`)).stdout).missing, 1)
    }).pipe(Effect.provide(world({ newAois: { ends: "partial_success" } })))
  )

  it.scoped("that failed names it, and how to create another", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* run(`${line} --out ${newFile()}`)
      assert.strictEqual(code, 6)
      assert.match(stderr, /pixxel: The wait for the AOI failed: AOI \S+ ended as failed/)
      assert.match(stderr, /To see it: pixxel aois get --aoi \S+\. To create another: --name NAME\n/)
    }).pipe(Effect.provide(world({ newAois: { ends: "failed" } })))
  )

  it.effect("without mosaics names it", () =>
    Effect.gen(function* () {
      const aoi = { aoi_id: "aoi-1", name, status: "success", project_id: "p-1", geometry: polygon }
      const environment = scripted(() =>
        json({
          aois: [{ ...aoi, description: "Images from 2025-06-01 to 2025-07-01." }],
          assets: [{ id: "a-1", asset_type: "stac_item", status: "success" }]
        })
      )
      const { code, stderr } = yield* pixxel(`${search} --project p-1 --out ${newFile()}`, { environment })
      assert.strictEqual(code, 5)
      assert.include(stderr, "AOI aoi-1 has no mosaic to download.")
      assert.include(stderr, "pixxel assets list --aoi aoi-1")
    })
  )
})

describe("a run whose file has no place", () => {
  const taken = join(folder, "taken.zip")
  mkdirSync(taken)

  it.scoped.each([
    ["a folder of this name", taken],
    ["a file in the place of its folder", join(field, "fields.zip")],
    ["a folder within a file", join(field, "fields", "fields.zip")]
  ] as const)("creates nothing: %s", ([, path]) =>
    Effect.gen(function* () {
      const { code, stderr } = yield* run(`${line} --out ${path}`)
      assert.strictEqual(code, 11)
      assert.include(stderr, `pixxel: ${path} could not be written: `)
      assert.strictEqual(yield* aois(name), 0)
    }).pipe(Effect.provide(world()))
  )

  it.effect("starts no job either", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel(`jobs run wf-1 p-1 --yes --out ${field}`, { environment: scripted() })
      assert.strictEqual(code, 11)
      assert.include(stderr, `pixxel: ${field} could not be written: ${field} is no folder`)
    })
  )

  it.effect("starts no insight either", () =>
    Effect.gen(function* () {
      const line = `insights run aoi-1 p-1 crops@1.0.0 --yes --out ${field}/x.zip`
      const { code, stderr } = yield* pixxel(line, { environment: scripted() })
      assert.strictEqual(code, 11)
      assert.include(stderr, "could not be written")
    })
  )
})

describe("pixxel fetch without images", () => {
  const late = search.replace("06-01", "06-26")
  it.effect.each([
    [
      `${late} --clouds 20`,
      "from 2025-06-26 to 2025-07-01 with at most 20 % clouds. With more clouds there are 2.",
      "allow more clouds: --clouds 63; or widen the time range"
    ],
    [
      `${late} --satellite sat-firefly-2`,
      "by sat-firefly-2.",
      "widen the time range: --from, --to; or search all satellites"
    ]
  ] as const)("says what to widen: %s", ([line, says, next]) =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* pixxel(`${line} --mock`)
      assert.deepStrictEqual([code, stdout], [5, ""])
      assert.include(stderr, "pixxel: There is no image of the area ")
      assert.include(stderr, says)
      assert.include(stderr, `To find some, ${next}`)
    })
  )
})

describe("consent to an AOI", () => {
  const question = line.replace(" --yes", "")

  it.scoped("is asked for, with the images", () =>
    Effect.gen(function* () {
      const declined = yield* run(question, { answers: "n\n", terminal: { columns: 100 } })
      assert.strictEqual(declined.code, 12)
      assert.include(
        declined.stderr,
        [
          `This creates AOI ${name} in project project-monsoon-2024, of 2 images by Firefly-1:`,
          "  FF01_000338_20250621_L2A_20250623_00501135  2025-06-21  18 % clouds",
          "  FF01_000321_20250614_L2A_20250616_00501135  2025-06-14  4 % clouds",
          "Create it? [y/N]"
        ].join("\n")
      )
      assert.strictEqual(yield* aois(name), 0)
      const agreed = yield* run(`${question} --out ${newFile()}`, { answers: "y\n", terminal: { columns: 100 } })
      assert.strictEqual(agreed.code, 0)
    }).pipe(Effect.provide(world()))
  )

  it.scoped("is required without a terminal", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* run(question)
      assert.strictEqual(code, 2)
      assert.include(stderr, "pixxel fetch creates an AOI, and confirmation needs a terminal. Pass --yes.")
      assert.strictEqual(yield* aois(name), 0)
    }).pipe(Effect.provide(world()))
  )

  it.scoped("needs a project, if there are several", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* run(`${search} --yes`)
      assert.strictEqual(code, 2)
      assert.include(stderr, "pixxel fetch needs --project ID: there are 2 projects.")
      assert.include(stderr, "pixxel projects list")
    }).pipe(Effect.provide(world()))
  )

  it.effect("is for the only project by default", () =>
    Effect.gen(function* () {
      const environment = scripted(
        () => json({ projects: [{ id: "p-1" }], count: 1 }),
        () => json({ aois: [] }),
        () => json({ satellites: [{ id: "s-1", collections: [{ id: "c" }] }] }),
        () => json({ items: { a: { id: "image-1" } }, pagination: { total: 1 } })
      )
      const { stderr } = yield* pixxel(search, { environment, answers: "n\n", terminal: { columns: 100 } })
      assert.include(stderr, `This creates AOI ${name} in project p-1, of 1 image by s-1:\n  image-1\n`)
    })
  )
})

describe("an interrupted fetch", () => {
  const created = (status: string) => () => json({ aoi_id: "aoi-1", name, status })
  const before = [
    () => json({ aois: [] }),
    () => json({ satellites: [{ id: "s-1", collections: [{ id: "c" }] }] }),
    () => json({ items: { a: { id: "image-1" } }, pagination: { total: 1 } }),
    () => json({ aois: [] })
  ]
  const never = () => "never" as const
  const same = `${line} --out ${join(folder, "never.zip")}`

  it.effect("continues with the same command, whether the AOI exists or may exist", () =>
    Effect.gen(function* () {
      const creating = yield* interrupted(same, ...before, never)
      assert.include(creating, "Interrupted while an AOI was being created. The AOI may exist.")
      assert.include(creating, `To look for it by its name, and go on: pixxel ${same}\n`)
      const waiting = yield* interrupted(same, ...before, created("started"), created("running"), never)
      assert.include(waiting, "Interrupted. AOI aoi-1 continues.")
      assert.include(waiting, `To wait again: pixxel ${same}\n`)
    })
  )

  it.effect("has created nothing before it asks", () =>
    Effect.gen(function* () {
      const stderr = yield* interrupted(same, ...before.slice(0, 2), never)
      assert.strictEqual(stderr, "pixxel: Interrupted. Nothing was created.\n")
    })
  )

  it.effect("continues its download with the same command", () =>
    Effect.gen(function* () {
      const stderr = yield* interrupted(
        same,
        ...before,
        created("started"),
        created("success"),
        () => json({ assets: [{ id: "m", asset_type: "mosaic", status: "success" }] }),
        () => json({ download_id: "d-1", status: "created", signed_url: "" }),
        never
      )
      assert.include(stderr, "The received bytes are kept.")
      assert.include(stderr, `To fetch the rest: pixxel ${same}\n`)
    })
  )

  it.effect("names no AOI of the embedded mock, which has ended", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel(`${line} --mock --timeout 10s`)
      assert.strictEqual(code, 7)
      assert.include(stderr, "The embedded mock server has ended, and its AOI with it.")
    })
  )
})
