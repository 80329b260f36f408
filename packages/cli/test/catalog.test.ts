/** The catalog on the command line, against the embedded mock. */
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { interrupted, interruptedCreate, json, over, pixxel } from "./harness.js"

const folder = mkdtempSync(join(tmpdir(), "pixxel-catalog-"))
afterAll(() => rmSync(folder, { recursive: true }))

const entry = "item-north-archive-task-1-image-1"
const documentOf = (line: string) => Effect.map(pixxel(`${line} --mock`), ({ stdout }) => JSON.parse(stdout))
const idsOf = (things: ReadonlyArray<{ readonly id: string }>) => things.map(({ id }) => id)

describe("pixxel catalog", () => {
  it.effect("searches entries, the newest image first, in all forms", () =>
    Effect.gen(function* () {
      const line = "catalog search --order-item item-north-archive"
      expect((yield* pixxel(`${line} --mock`)).stdout).toMatchInlineSnapshot(`
        "ID                                 IMAGE                                       TIME                  CLOUDS  DELIVERY
        item-north-archive-task-1-image-2  FF01_000338_20250621_L2A_20250623_00501135  2025-06-21T05:18:44Z  18 %    SUCCESS
        item-north-archive-task-1-image-1  FF01_000321_20250614_L2A_20250616_00501135  2025-06-14T05:21:07Z  4 %     SUCCESS
        "
      `)
      const ids = ["item-north-archive-task-1-image-2", entry]
      assert.deepStrictEqual(idsOf((yield* documentOf(`${line} --json`)).entries), ids)
      assert.deepStrictEqual(idsOf((yield* documentOf(`${line} --geojson`)).features), ids)
      assert.include((yield* pixxel(`${line} --map --mock`)).stdout, "MAP  ID")
      assert.deepStrictEqual(idsOf((yield* documentOf(`${line} --clouds 4 --limit 1 --json`)).entries), [entry])
    })
  )

  it.effect("shows an entry", () =>
    Effect.gen(function* () {
      expect((yield* pixxel(`catalog get ${entry} --mock`)).stdout).toMatchInlineSnapshot(`
        "entry       item-north-archive-task-1-image-1
        image       FF01_000321_20250614_L2A_20250616_00501135
        collection  pixxel-ff-l2a
        time        2025-06-14T05:21:07Z
        clouds      4 %
        area        2257 km²
        task        item-north-archive-task-1
        delivery    SUCCESS
        created     2024-12-02T00:30:00Z
        "
      `)
      assert.deepInclude(yield* documentOf(`catalog get ${entry} --geojson`), { type: "Feature", id: entry })
    })
  )

  it.effect("delivers an entry, reports its changes, and lists it", () =>
    Effect.gen(function* () {
      const line = `catalog deliver --catalog ${entry} --store store-results --path fields --wait --mock`
      const { code, stderr, stdout } = yield* pixxel(line)
      assert.strictEqual(code, 0)
      assert.match(stderr, /CREATED.*IN_PROGRESS.*SUCCESS/s)
      assert.match(stdout, /SUCCESS {2}store-results {2}fields\/order-north-archive\//)
      const events = (yield* pixxel(`${line} --jsonl`)).stdout
        .trim()
        .split("\n")
        .map((it) => JSON.parse(it))
      assert.deepInclude(events[0], { event: "changed" })
      assert.deepInclude(events.at(-1), { catalogId: entry, status: "SUCCESS" })
      const { deliveries } = yield* documentOf("catalog deliveries --order-item item-north-archive --json")
      assert.lengthOf(deliveries, 2)
    })
  )

  it.effect("downloads entries into a file", () =>
    Effect.gen(function* () {
      const out = join(folder, "field.zip")
      const { code } = yield* pixxel(`catalog download --order-item item-north-archive --out ${out} --mock`)
      assert.strictEqual(code, 0)
      assert.isTrue(existsSync(out))
    })
  )

  it.effect.each(["", `--catalog ${entry} --order-item item-north-archive`])("needs one kind of ids: '%s'", (ids) =>
    Effect.gen(function* () {
      for (const line of [`catalog deliver --store store-results ${ids}`, `catalog download ${ids}`]) {
        const { code, stderr } = yield* pixxel(`${line.trim()} --mock`)
        assert.strictEqual(code, 2)
        assert.include(stderr, "Give either --catalog IDS or --order-item IDS.")
      }
    })
  )

  const delivery = { delivery_id: "d-1", catalog_id: entry, status: "FAILED", cloud_delivery: { config: "store-1" } }
  const open = { ...delivery, status: "CREATED", cloud_delivery: { config: "store-results" } }

  /** An API without deliveries before a create. */
  const api = (created: () => Response, after: object) => {
    let isSent = false
    return over(async (url, init) => {
      if (init?.method !== "POST") {
        return json(String(url).endsWith("/ping") ? "pong" : { deliveries: isSent ? [after] : [] })
      }
      isSent = true
      return created()
    })
  }

  const two = [open, { ...open, delivery_id: "d-2" }]
  const none = () => json({ deliveries: [] })
  const never = () => "never" as const
  const created = (deliveries: ReadonlyArray<object>) => json({ deliveries }, { status: 201 })
  const stops = [
    ["for one", [none, () => created([open]), never], "Delivery d-1 continues.", " --delivery d-1"],
    ["for several", [none, () => created(two), never], "Deliveries d-1, d-2 exist.", ""]
  ] as const
  it.effect.each(stops)("names what continues after a stop of the wait %s", ([_, script, says, option]) =>
    Effect.gen(function* () {
      const stderr = yield* interrupted(`catalog deliver --catalog ${entry} --store store-results --wait`, ...script)
      assert.include(stderr, says)
      assert.include(stderr, `: pixxel catalog deliveries${option} --catalog ${entry}\n`)
    })
  )

  it.effect("waits for a delivery after a stop of the create, says so, and how to look for it", () =>
    Effect.gen(function* () {
      const line = `catalog deliver --catalog ${entry} --store store-results`
      const { after, before } = yield* interruptedCreate(line, { deliveries: [] }, { deliveries: [open] })
      assert.match(before, /^pixxel: Interrupted while a delivery is being created. Waiting to find out whether /)
      assert.include(after, "Interrupted while a delivery was being created. The delivery may exist.")
      for (const text of [before, after]) {
        assert.include(text, `look for a new one: pixxel catalog deliveries --catalog ${entry}\n`)
      }
    })
  )

  const answers: ReadonlyArray<
    readonly [what: string, created: () => Response, after: object, code: number, next: string]
  > = [
    [
      "a delivery that failed",
      () => created([delivery]),
      delivery,
      6,
      "To see it: pixxel catalog deliveries --delivery d-1"
    ],
    ["one under way", () => json({}, { status: 409 }), open, 3, "To see them: pixxel catalog deliveries"]
  ]
  it.effect.each(answers)("names the next step after %s", ([_, created, after, code, next]) =>
    Effect.gen(function* () {
      const line = `catalog deliver --catalog ${entry} --store store-results --wait`
      const found = yield* pixxel(line, { environment: api(created, after) })
      assert.strictEqual(found.code, code)
      assert.include(found.stderr, next)
    })
  )
})
