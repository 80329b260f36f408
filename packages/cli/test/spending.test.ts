/** The tokens spent: their sums, and the command that shows them. */
import { assert, describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import { type By, type Expense, kinds, rowsBy, sumOf, totalOf, unique, within } from "../src/spending.js"
import { json, over, pixxel, refused } from "./harness.js"

const maybe = <A>(of: fc.Arbitrary<A>) => fc.option(of).map(Option.fromNullable)

const anExpense: fc.Arbitrary<Expense> = fc.record({
  kind: fc.constantFrom(...kinds),
  id: fc.string({ minLength: 1, maxLength: 3 }),
  project: maybe(fc.constantFrom("p-1", "p-2", "unknown", "__proto__")),
  at: maybe(fc.integer({ min: 0, max: 400 }).map((days) => DateTime.unsafeMake(days * 86_400_000))),
  tokens: maybe(fc.nat(1_000))
})

const keys: fc.Arbitrary<ReadonlyArray<By>> = fc.subarray(["project", "month", "type"] as const)

const sum = (amounts: ReadonlyArray<number>) => amounts.reduce((one, other) => one + other, 0)

describe("the sums of expenses", () => {
  it("of all rows and of all kinds are those of the whole, by any keys", () => {
    fc.assert(
      fc.property(fc.array(anExpense), keys, (expenses, by) => {
        const rows = rowsBy(expenses, by)
        const { sums, total } = totalOf(expenses)
        for (const field of ["tokens", "entries", "unknown"] as const) {
          assert.strictEqual(sum(rows.map((row) => row.total[field])), total[field])
          for (const kind of kinds) assert.strictEqual(sum(rows.map((row) => row.sums[kind][field])), sums[kind][field])
          assert.strictEqual(sum(kinds.map((kind) => sums[kind][field])), total[field])
        }
        assert.strictEqual(total.entries, expenses.length)
      })
    )
  })

  it("have each expense in one row", () => {
    fc.assert(
      fc.property(fc.array(anExpense), keys, (expenses, by) => {
        const names = rowsBy(expenses, by).map((row) => JSON.stringify(by.map((it) => row[it])))
        assert.deepStrictEqual([...new Set(names)], names)
      })
    )
  })

  it("count nothing twice", () => {
    fc.assert(
      fc.property(fc.array(anExpense), (expenses) => {
        const once = unique(expenses)
        assert.deepStrictEqual(unique([...once, ...once]), once)
        assert.strictEqual(new Set(once.map(({ id, kind }) => JSON.stringify([kind, id]))).size, once.length)
      })
    )
  })

  it("of the ranges before, on and after a day, with those that have no date, are all", () => {
    const day = DateTime.unsafeMake("1970-06-01")
    const next = DateTime.add(day, { days: 1 })
    fc.assert(
      fc.property(fc.array(anExpense), (expenses) => {
        const of = (from: Option.Option<DateTime.Utc>, to: Option.Option<DateTime.Utc>) =>
          within(expenses, { from, to })
        const parts = [
          of(Option.none(), Option.some(day)),
          of(Option.some(day), Option.some(next)),
          of(Option.some(next), Option.none())
        ]
        const undated = parts[0]?.undated ?? 0
        assert.strictEqual(sum(parts.map(({ inside }) => inside.length)) + undated, expenses.length)
        assert.deepStrictEqual(of(Option.none(), Option.none()), { inside: expenses, undated: 0 })
      })
    )
  })

  it("take no unknown amount for 0", () => {
    const one: Expense = { kind: "jobs", id: "a", project: Option.none(), at: Option.none(), tokens: Option.none() }
    const free: Expense = { ...one, id: "b", tokens: Option.some(0) }
    assert.deepStrictEqual(sumOf([one, free]), { tokens: 0, entries: 2, unknown: 1 })
  })
})

describe("pixxel usage", () => {
  const text = (line: string) => Effect.map(pixxel(`${line} --mock`), ({ stdout }) => stdout)

  it.effect("shows a row for each project and month, and counts unknown amounts apart", () =>
    Effect.gen(function* () {
      const { stderr, stdout } = yield* pixxel("usage --mock")
      expect(stdout).toMatchInlineSnapshot(`
        "PROJECT               MONTH    ORDERS  JOBS  INSIGHTS  TOTAL  UNKNOWN
        project-basin-watch   2024-12  1044    -     -         1044   -
        project-monsoon-2024  2024-12  754     60    54        868    1
        total                 total    1798    60    54        1912   1

        Unknown are the amounts of items that are not paid, and of jobs and insights that have not ended or name none.
        "
      `)
      assert.strictEqual(
        stderr,
        "pixxel: Reading the items of orders, the jobs of 11 workflows and the insights of 5 AOIs: 16 lists and the pages of the items, 4 at a time.\n"
      )
    })
  )

  it.effect("shows a row for each type, of a project and of some days", () =>
    Effect.gen(function* () {
      expect(
        yield* text("usage --by type --project project-monsoon-2024 --from 2024-12-20 --to 2025-01-01 --quiet")
      ).toMatchInlineSnapshot(`
        "TYPE      TOTAL  UNKNOWN
        insights  54     -
        jobs      60     1
        orders    522    -
        total     636    1

        Unknown are the amounts of items that are not paid, and of jobs and insights that have not ended or name none.
        "
      `)
    })
  )

  it.effect("has the sums in its JSON, and a row per line", () =>
    Effect.gen(function* () {
      const { lists, rows, total, undated } = JSON.parse(yield* text("usage --by project --json"))
      assert.deepStrictEqual([lists, undated], [{ workflows: 11, aois: 5 }, 0])
      assert.strictEqual(
        total.total.tokens,
        sum(rows.map((row: { readonly total: { readonly tokens: number } }) => row.total.tokens))
      )
      const lines = (yield* text("usage --by project --jsonl")).trim().split("\n")
      assert.deepStrictEqual(
        lines.map((line) => JSON.parse(line)),
        rows
      )
    })
  )

  it.effect("reads at most 4 lists at once", () =>
    Effect.gen(function* () {
      let [open, most] = [0, 0]
      const environment = over(async (input) => {
        const url = String(input)
        most = Math.max(most, ++open)
        await new Promise(setImmediate)
        open--
        const workflows = Array.from({ length: 30 }, (_, at) => ({ id: `wf-${at}`, project_id: "p-1" }))
        if (url.includes("/jobs")) return json({ jobs: [{ id: "job-1", status: "completed", cost: 2 }] })
        return json(url.includes("/workflows") ? { workflows, total: 30 } : { aois: [], order_items: [] })
      })
      const { stdout } = yield* pixxel("usage --by type --json", { environment })
      assert.deepInclude(JSON.parse(stdout).total.sums.jobs, { tokens: 60, entries: 30, unknown: 0 })
      assert.strictEqual(most, 4)
    })
  )

  it.effect("shows no sum if a list fails", () =>
    Effect.gen(function* () {
      const environment = over(async (input) =>
        String(input).includes("/order-items") ? refused(403) : json({ workflows: [], aois: [] })
      )
      const { code, stdout } = yield* pixxel("usage", { environment })
      assert.deepStrictEqual([code, stdout], [4, ""])
    })
  )
})
