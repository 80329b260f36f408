/** Orders on the command line, against the embedded mock. */
import { assert, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { json, pixxel, refused, scripted } from "./harness.js"

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
    ["--created-by nobody", []]
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

  it.effect("shows an uplift, and what is wrong with an item", () =>
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
