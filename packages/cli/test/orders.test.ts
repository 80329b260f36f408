/** Orders on the command line, against the embedded mock. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { broken, interrupted, interruptedCreate, json, over, pixxel, polygon, refused, scripted } from "./harness.js"

const folder = mkdtempSync(join(tmpdir(), "pixxel-orders-"))
afterAll(() => rmSync(folder, { recursive: true }))

/** Writes a file, and returns its path. */
const fileOf = (name: string, content: unknown) => {
  const path = join(folder, name)
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content))
  return path
}

/** The text of a command against the mock. */
const text = (line: string) => Effect.map(pixxel(`${line} --mock`), ({ stdout }) => stdout)

/** The things of a list, which are the same in one document and in lines. */
const listed = (line: string, things: string) =>
  Effect.gen(function* () {
    const all: ReadonlyArray<{ readonly id: string }> = JSON.parse(yield* text(`${line} --json`))[things]
    const lines = (yield* text(`${line} --jsonl`)).trim().split("\n")
    assert.deepStrictEqual(
      lines.filter((it) => it !== "").map((it) => JSON.parse(it)),
      [...all]
    )
    return all.map(({ id }) => id)
  })

describe("pixxel bandsets", () => {
  it.effect("lists the bands, and the captures that multiply the price", () =>
    Effect.gen(function* () {
      expect(yield* text("bandsets")).toMatchInlineSnapshot(`
        "ID                   NAME           CAPTURES  BANDS                               FOR
        bandset-agriculture  Agriculture    1         B013, B042, B071, B083, B102        Bands for the vigour and the water of crops.
        bandset-water        Water quality  2         B005, B013, B042, B068, B071, B083  Bands for algae and sediment, in two captures.
        "
      `)
      assert.deepStrictEqual(yield* listed("bandsets", "bandsets"), ["bandset-agriculture", "bandset-water"])
    })
  )
})

describe("pixxel orders", () => {
  it.effect("lists orders with their payment", () =>
    Effect.gen(function* () {
      expect(yield* text("orders list")).toMatchInlineSnapshot(`
        "ID                   PAYMENT  TOTAL        ITEMS  CREATED               BY
        order-north-archive  PAID     232 tokens   1      2024-12-02T00:00:00Z  user-4f1c2a
        order-basin-monthly  PAID     3132 tokens  1      2024-12-22T00:00:00Z  user-9b03d7
        order-south-capture  PAID     522 tokens   1      2024-12-28T00:00:00Z  user-4f1c2a
        "
      `)
      assert.deepStrictEqual(yield* listed("orders list --user user-9b03d7", "orders"), ["order-basin-monthly"])
    })
  )

  it.effect("shows an order and its items", () =>
    Effect.gen(function* () {
      expect(yield* text("orders get order-south-capture")).toMatchInlineSnapshot(`
        "order        order-south-capture
        payment      PAID
        total        522 tokens
        paid         2024-12-28T00:00:00Z
        transaction  transaction-order-south-capture
        created by   user-4f1c2a
        created      2024-12-28T00:00:00Z
        updated      2024-12-28T00:00:00Z

        ID                  NAME                      TYPE     STATUS  WINDOW                    SPENT       PAYMENT  ORDER
        item-south-capture  South field, one capture  TASKING  ACTIVE  2024-12-31 to 2025-01-10  522 tokens  PAID     order-south-capture
        "
      `)
    })
  )

  const filters = [
    ["", ["item-north-archive", "item-basin-monthly", "item-south-capture"]],
    ["--order order-basin-monthly", ["item-basin-monthly"]],
    ["--project project-monsoon-2024", ["item-north-archive", "item-south-capture"]],
    ["--type ARCHIVE", ["item-north-archive"]],
    ["--status ACTIVE", ["item-basin-monthly", "item-south-capture"]],
    ["--created-by user-0", []]
  ] as const
  it.effect.each(filters)("lists items: %s", ([options, ids]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* listed(`orders items ${options}`, "items"), [...ids])
    })
  )

  it.effect("shows an item with its tasks and its price", () =>
    Effect.gen(function* () {
      expect(yield* text("orders item item-basin-monthly")).toMatchInlineSnapshot(`
        "item         item-basin-monthly
        order        order-basin-monthly
        name         Basin, each month
        type         RECURRING
        project      project-basin-watch
        status       ACTIVE
        payment      PARTIAL-MONTHLY
        feasibility  SUCCESS
        window       2024-12-27 to 2025-03-27
        recurrence   MONTHLY
        captures     3
        bandset      bandset-water
        clouds       20 % at most
        off nadir    20° at most
        area         174 km²
        base price   3132 tokens
        price        3132 tokens
        spent        1044 tokens
        created by   user-9b03d7
        created      2024-12-22T00:00:00Z
        updated      2024-12-28T12:00:00Z

        TASK                       STATUS     WINDOW                    STRIPS  DELIVERY        SPENT
        item-basin-monthly-task-1  FULFILLED  2024-12-27 to 2025-01-27  3       NOT_APPLICABLE  1044 tokens
        item-basin-monthly-task-2  DRAFT      2025-01-27 to 2025-02-27  0       NOT_APPLICABLE  -
        item-basin-monthly-task-3  DRAFT      2025-02-27 to 2025-03-27  0       NOT_APPLICABLE  -
        "
      `)
    })
  )

  it.effect("shows the uplifts and the validation errors of an item", () =>
    Effect.gen(function* () {
      const uplifts = [{ title: "Critical", subtitle: "A window of 2 days or less", percentage: 40, amount: 120 }]
      const item = { id: "item-1", uplifts, validation_errors: [{ geometry: ["too small", "open"] }] }
      const { stdout } = yield* pixxel("orders item item-1", { environment: scripted(() => json(item)) })
      expect(stdout).toMatchInlineSnapshot(`
        "item    item-1
        errors  geometry: too small, open

        UPLIFT    FOR                         SHARE  AMOUNT
        Critical  A window of 2 days or less  +40 %  120 tokens
        "
      `)
    })
  )

  it.effect("suggests the lists for an unknown item", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel("orders item item-1", { environment: scripted(() => refused(400)) })
      assert.strictEqual(code, 3)
      assert.include(stderr, "To list the existing ones: pixxel orders list, pixxel orders items.")
    })
  )
})

const field = fileOf("field.geojson", polygon)
const place = `--area ${field} --project project-monsoon-2024 --usecase agriculture`
const capture = `${place} --bandset bandset-water --from 2025-03-01 --to 2025-03-11`

describe("pixxel orders quote", () => {
  it.effect("shows the billed area, the tier, the captures, the uplift and the total", () =>
    Effect.gen(function* () {
      const line = `orders quote ${place} --bandset bandset-water --from 2025-03-01 --to 2025-03-03 --name Field`
      expect(yield* text(line)).toMatchInlineSnapshot(`
        "item         Field
        project      project-monsoon-2024
        window       once from 2025-03-01 to 2025-03-03
        tier         Critical: +40 %, charged despite clouds
        bandset      bandset-water, 2 captures, which multiply the price
        area         58 km², billed as 100 km²
        feasibility  SUCCESS
        base price   600 tokens
        price        840 tokens

        UPLIFT    FOR                         SHARE  AMOUNT
        Critical  A window of 2 days or less  +40 %  240 tokens

        The total is 840 tokens.
        "
      `)
      assert.deepStrictEqual(JSON.parse(yield* text(`${line} --json`)).tiers, ["critical"])
    })
  )

  const windows = [
    ["--to 2025-03-11", "Flexible: no uplift"],
    ["--to 2025-03-07", "Expedited: +25 %, charged despite clouds"],
    ["--to 2025-03-02", "Assured: +50 %, charged despite clouds"]
  ] as const
  it.effect.each(windows)("names the tier of a window %s", ([to, tier]) =>
    Effect.gen(function* () {
      const shown = yield* text(`orders quote ${place} --bandset bandset-agriculture --from 2025-03-01 ${to}`)
      assert.include(shown, `tier         ${tier}`)
    })
  )

  it.effect("quotes all items of a file: a recurring capture, and images of the archive", () =>
    Effect.gen(function* () {
      const both = { projectId: "project-monsoon-2024", usecase: "agriculture", geometry: polygon }
      const recurring = { type: "tasking", start: "2025-03-01", bandsetId: "bandset-water", recurrence: "MONTHLY" }
      const file = fileOf("order.json", {
        items: [
          { ...both, ...recurring, occurrences: 3, name: "Each month" },
          { ...both, type: "archive", itemIds: ["FF01_000321_20250614_L2A_20250616_00501135"] }
        ]
      })
      expect(yield* text(`orders quote --file ${file}`)).toMatchInlineSnapshot(`
        "item         Each month
        project      project-monsoon-2024
        window       monthly from 2025-03-01 3 times
        bandset      bandset-water, 2 captures, which multiply the price
        area         58 km², billed as 100 km²
        feasibility  SUCCESS
        base price   1800 tokens
        price        1800 tokens

        item         archive 2
        project      project-monsoon-2024
        images       FF01_000321_20250614_L2A_20250616_00501135
        area         58 km²
        feasibility  NOT_APPLICABLE
        base price   58 tokens
        price        58 tokens

        The total is 1858 tokens.
        "
      `)
    })
  )

  const wrong = [
    ["no file of that name", "--file nothing.json", 11, "nothing.json could not be read"],
    ["no JSON", `--file ${fileOf("none.json", "{")}`, 2, "none.json, there is no JSON."],
    [
      "another form",
      `--file ${fileOf("wire.json", { items: [{ type: "tasking", project_id: "p" }] })}`,
      2,
      "items[0].project_id is unexpected"
    ],
    ["null", `--file ${fileOf("null.json", null)}`, 2, 'null.json, it is null where an object with "items" is needed.'],
    ["no list", `--file ${fileOf("items.json", { items: {} })}`, 2, "items is {} where a list of items is needed."],
    [
      "no item",
      `--file ${fileOf("item.json", { items: [1] })}`,
      2,
      "items[0] is 1 where an item of an order is needed."
    ],
    [
      "a long text for the item",
      `--file ${fileOf("long.json", { items: ["x".repeat(200)] })}`,
      2,
      `items[0] is "${"x".repeat(79)}… where`
    ],
    [
      "another type",
      `--file ${fileOf("type.json", { items: [{ type: "x" }] })}`,
      2,
      'items[0].type is "x" where "tasking" or "archive" is needed.'
    ],
    [
      "no store",
      `--file ${fileOf("store.json", { items: [{ type: "archive", cloudDelivery: 3 }] })}`,
      2,
      'items[0].cloudDelivery is 3 where an object with a "store" is needed'
    ],
    [
      "a file beside an option",
      `--file order.json --clouds 20`,
      2,
      "--file has all items of an order, so --clouds has"
    ],
    ["missing options", `--area ${field}`, 2, "An order needs --project, --usecase; or --file with all of its items."],
    ["a capture without a day", place, 2, "An order needs --from, --bandset; or --file"],
    ["a day of the archive", `${place} --item a --from 2025-03-01`, 2, "images of the archive, which have no --from."],
    ["a folder without a store", `${capture} --path north/`, 2, "--path is a folder in a store: add --store."],
    [
      "a start in the past",
      capture.replaceAll("2025-03", "2024-03"),
      2,
      "--from is 2024-03-01, which begins in the past"
    ],
    ["no day", capture.replace("--to 2025-03-11", "--to 2025-02-30"), 2, "--to needs a day such as 2025-06-14"],
    [
      "neither an end nor a number of captures",
      capture.replace(/--to \S+/, "--recurrence MONTHLY"),
      2,
      "--to is missing"
    ],
    [
      "an area that is open",
      capture.replace(field, fileOf("open.json", { type: "Point" })),
      2,
      "open.json, geometry is"
    ]
  ] as const
  it.effect.each(wrong)("refuses %s", ([, options, code, says]) =>
    Effect.gen(function* () {
      const outcome = yield* pixxel(`orders quote ${options} --mock`)
      assert.strictEqual(outcome.code, code, outcome.stderr)
      assert.include(outcome.stderr, says)
    })
  )

  const order = { id: "order-7", status: "PAID", total_amount: 600, order_items: [{ id: "item-7", tokens_used: 600 }] }

  it.effect("that placed an order names it, and how to see it", () =>
    Effect.gen(function* () {
      const environment = over(async (url) => json(String(url).endsWith("/bandsets") ? { bandsets: [] } : order))
      const line = `orders quote ${capture.replaceAll("2025-03", "2099-03")}`
      const { code, stderr } = yield* pixxel(line, { environment })
      assert.strictEqual(code, 9)
      assert.include(stderr, "it was placed, and is billed.")
      assert.include(stderr, "To see it: pixxel orders get --order order-7")
    })
  )
})

describe("an interrupted command", () => {
  const later = capture.replaceAll("2025-03", "2099-03")
  const commands = [
    ["quote", "", "an order is being quoted", "Interrupted while an order was being quoted."],
    [
      "submit",
      "--yes --no-adopt",
      "an order is being created",
      "Interrupted. Order order-7 continues.\n  To see it: pixxel orders get --order order-7\n"
    ]
  ] as const
  it.effect.each(commands)("orders %s waits for the answer, says so, and how to go on", ([verb, more, doing, end]) =>
    Effect.gen(function* () {
      const { after, before } = yield* interruptedCreate(
        `orders ${verb} ${later} ${more}`,
        { bandsets: [], order_items: [] },
        { id: "order-7", status: "PAID", order_items: [] }
      )
      assert.match(
        before,
        new RegExp(`^pixxel: Interrupted while ${doing}. Waiting to find out whether the order exists.`)
      )
      assert.include(before, "look for a new one: pixxel orders items --project project-monsoon-2024")
      assert.include(after, `pixxel: ${end}`)
    })
  )
})

describe("pixxel orders submit", () => {
  it.effect("submits an order within its limit, to a store", () =>
    Effect.gen(function* () {
      const line = `orders submit ${capture} --max-cost 600 --name Field --store store-results --path north/ --mock --json`
      const { code, stdout } = yield* pixxel(line)
      assert.strictEqual(code, 0)
      const { items, status, totalAmount } = JSON.parse(stdout)
      assert.deepStrictEqual([status, totalAmount], ["PAID", 600])
      assert.deepInclude(items[0], { name: "Field", cloudDelivery: { storeId: "store-results", path: "north/" } })
    })
  )

  it.effect("submits nothing above the limit", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel(`orders submit ${capture} --max-cost 599 --mock`)
      assert.strictEqual(code, 10)
      assert.include(stderr, "it is estimated to cost 600 tokens, and the limit is 599.")
    })
  )

  it.effect("asks with all that an order costs, and orders nothing without a yes", () =>
    Effect.gen(function* () {
      for (const [answers, code] of [
        ["y\n", 0],
        ["n\n", 12]
      ] as const) {
        const attended = { stdin: true, stdout: true, stderr: true }
        const line = `orders submit ${capture.replace("2025-03-11", "2025-03-03")} --name Field --mock`
        const outcome = yield* pixxel(line, { answers, attended })
        assert.strictEqual(outcome.code, code, outcome.stderr)
        for (const part of [
          "This submits an order:",
          "tier         Critical: +40 %, charged despite clouds",
          "bandset      bandset-water, 2 captures, which multiply the price",
          "area         58 km², billed as 100 km²",
          "Critical  A window of 2 days or less  +40 %  240 tokens",
          "The total is 840 tokens.",
          "No command cancels an order: only support does, until 72 hours before the start.",
          "Submit it? [y/N]"
        ]) {
          assert.include(outcome.stderr, part)
        }
      }
    })
  )

  it.effect("requires consent in advance without a terminal", () =>
    Effect.gen(function* () {
      const environment = over(async () => json({}))
      const { code, stderr } = yield* pixxel(`orders submit ${capture}`, { environment })
      assert.strictEqual(code, 2)
      assert.include(stderr, "Nothing was ordered. --max-cost submits only orders whose quote does not exceed it.")
    })
  )

  const later = capture.replaceAll("2025-03", "2099-03")

  it.effect("says to list the items of the project after an unknown outcome", () =>
    Effect.gen(function* () {
      const environment = over(async (_, init) => {
        if (init?.method === "POST") throw broken("ECONNRESET")
        return json({ order_items: [] })
      })
      const { code, stderr } = yield* pixxel(`orders submit ${later} --yes --no-adopt`, { environment })
      assert.strictEqual(code, 9, stderr)
      assert.include(stderr, "look for a new one: pixxel orders items --project project-monsoon-2024")
    })
  )

  it.effect("names an order that is not paid", () =>
    Effect.gen(function* () {
      const environment = over(async () => json({ id: "order-7", status: "UNPAID", order_items: [] }, { status: 201 }))
      const { code, stderr } = yield* pixxel(`orders submit ${later} --yes --no-adopt`, { environment })
      assert.strictEqual(code, 8, stderr)
      assert.include(stderr, "order-7 was placed, but is not paid.")
      assert.include(stderr, "To see it: pixxel orders get --order order-7")
    })
  )

  it.effect("names the order when its result has no reader", () =>
    Effect.gen(function* () {
      const failing = Object.assign(new Error("EPIPE"), { code: "EPIPE" })
      const environment = over(async () => json({ id: "order-7", status: "PAID", order_items: [] }, { status: 201 }))
      const { code, stderr } = yield* pixxel(`orders submit ${later} --yes --no-adopt`, { environment, failing })
      assert.strictEqual(code, 141)
      assert.include(stderr, "Order order-7 exists and is billed.")
      assert.include(stderr, "To see it: pixxel orders get --order order-7")
    })
  )
})

describe("an item of an order", () => {
  it.effect("is waited for, with a line for each change", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* pixxel("orders wait item-south-capture --interval 6h --mock")
      assert.strictEqual(code, 0)
      assert.deepStrictEqual(stderr.split("\n"), [
        "item-south-capture  ACTIVE  tasks: 1 IN_PROGRESS",
        "item-south-capture  FULFILLED  tasks: 1 FULFILLED",
        ""
      ])
      assert.match(stdout, /^item +item-south-capture\n[\s\S]*status +FULFILLED/)
    })
  )

  it.effect(
    "is watched for months, to the end of its last capture",
    () =>
      Effect.gen(function* () {
        const line = "orders watch item-basin-monthly --interval 12h --mock"
        const { code, stderr, stdout } = yield* pixxel(line)
        assert.deepStrictEqual([code, stderr], [0, ""])
        const lines = stdout.trim().split("\n")
        assert.strictEqual(lines[0], "item-basin-monthly  ACTIVE  tasks: 1 FULFILLED, 2 DRAFT")
        assert.strictEqual(lines.at(-1), "item-basin-monthly  FULFILLED  tasks: 3 FULFILLED")
        const events = (yield* pixxel(`${line} --jsonl`)).stdout.trim().split("\n")
        assert.deepStrictEqual(
          events.map((it) => JSON.parse(it).event),
          [...lines.map(() => "changed"), "ended"]
        )
      }),
    60_000
  )

  it.effect("that failed ends with code 6, and says how to see it", () =>
    Effect.gen(function* () {
      const tasks = [{ id: "task-1", status: "EXPIRED" }]
      const environment = scripted(() => json({ id: "item-1", status: "FAILED", tasks }))
      const { code, stderr } = yield* pixxel("orders wait item-1", { environment })
      assert.strictEqual(code, 6)
      assert.include(stderr, "item-1 ended as FAILED: task task-1 is EXPIRED.")
      assert.include(stderr, "To see it: pixxel orders item --item item-1")
    })
  )

  it.effect("continues after Ctrl-C, which says how to resume", () =>
    Effect.gen(function* () {
      const active = () => json({ id: "item-1", status: "ACTIVE", tasks: [] })
      const stderr = yield* interrupted("orders watch item-1 --interval 1m", active, () => "never")
      assert.include(stderr, "pixxel: Interrupted. Item item-1 continues.")
      assert.include(stderr, "To wait again: pixxel orders wait --item item-1 --interval 1m")
    })
  )
})
