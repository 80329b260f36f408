import { assert, describe, it } from "@effect/vitest"
import * as fc from "effect/FastCheck"
import { parse, retryAfter } from "../src/internal/httpDate.js"

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
const two = (value: number) => String(value).padStart(2, "0")
const timeOf = (date: Date) => [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":")
const dayOf = (date: Date) => days[date.getUTCDay()] ?? ""
const monthOf = (date: Date) => months[date.getUTCMonth()] ?? ""

const forms = {
  fixdate: (date: Date) =>
    `${dayOf(date).slice(0, 3)}, ${two(date.getUTCDate())} ${monthOf(date)} ${date.getUTCFullYear()} ${timeOf(date)} GMT`,
  rfc850: (date: Date) =>
    `${dayOf(date)}, ${two(date.getUTCDate())}-${monthOf(date)}-${two(date.getUTCFullYear() % 100)} ${timeOf(date)} GMT`,
  asctime: (date: Date) =>
    `${dayOf(date).slice(0, 3)} ${monthOf(date)} ${String(date.getUTCDate()).padStart(2, " ")} ${timeOf(date)} ${date.getUTCFullYear()}`
}

const seconds = (from: string, to: string) =>
  fc.integer({ min: Date.parse(from) / 1000, max: Date.parse(to) / 1000 }).map((second) => second * 1000)
const now = Date.UTC(2026, 0, 1)
const form = fc.constantFrom(...Object.values(forms))

describe("a date of HTTP", () => {
  for (const name of ["fixdate", "asctime"] as const) {
    it.prop(
      `is read in the form ${name}`,
      [seconds("1600-01-01T00:00:00Z", "9999-12-31T23:59:59Z")],
      ([at]) => {
        assert.strictEqual(parse(forms[name](new Date(at)), now), at)
      },
      { fastCheck: { numRuns: 1_000 } }
    )
  }

  it.prop(
    "is read in the form rfc850, up to 50 years from now",
    [seconds("1600-01-01T00:00:00Z", "9900-12-31T23:59:59Z"), fc.integer({ min: -49, max: 49 })],
    ([at, years]) => {
      const present = new Date(at)
      present.setUTCFullYear(present.getUTCFullYear() - years)
      assert.strictEqual(parse(forms.rfc850(new Date(at)), present.getTime()), at)
    },
    { fastCheck: { numRuns: 1_000 } }
  )

  const odd: ReadonlyArray<readonly [string, string | undefined]> = [
    ["Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37.000Z"],
    ["Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37.000Z"],
    [" Sun, 06 Nov 1994 08:49:37 GMT ", "1994-11-06T08:49:37.000Z"],
    ["Wednesday, 01-Jan-76 00:00:00 GMT", "2076-01-01T00:00:00.000Z"],
    ["Saturday, 01-Jan-77 00:00:00 GMT", "1977-01-01T00:00:00.000Z"],
    ["Thu, 31 Dec 2026 23:59:60 GMT", "2027-01-01T00:00:00.000Z"],
    ["Thu, 99 Jan 2026 00:01:00 GMT", undefined],
    ["Mon, 30 Feb 2026 00:01:00 GMT", undefined],
    ["Thu, 01 Foo 2026 00:01:00 GMT", undefined],
    ["Thu, 01 Jan 2026 24:01:00 GMT", undefined],
    ["Sun Nov 06 8:49:37 1994", undefined],
    ["06 Nov 1994 08:49:37 GMT", undefined],
    ["2026-01-01T00:00:00Z", undefined],
    ["", undefined]
  ]
  for (const [text, iso] of odd) {
    it(`${JSON.stringify(text)} is ${iso ?? "none"}`, () => {
      const millis = parse(text, now)
      assert.strictEqual(Number.isNaN(millis) ? undefined : new Date(millis).toISOString(), iso)
    })
  }
})

describe("Retry-After", () => {
  it.prop(
    "with several values is the longest readable one",
    [
      fc.array(fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.option(form)), { minLength: 1, maxLength: 5 }),
      fc.array(fc.constantFrom("soon", "", "-3", "Thu", "9".repeat(400)), { maxLength: 3 }),
      fc.constantFrom(", ", ",", " , ")
    ],
    ([values, junk, comma]) => {
      const written = values.map(([second, write]) =>
        write === null ? String(second) : write(new Date(now + second * 1000))
      )
      const longest = Math.max(...values.map(([second]) => second)) * 1000
      assert.strictEqual(retryAfter([...junk, ...written, ...junk].join(comma), now), longest)
    },
    { fastCheck: { numRuns: 1_000 } }
  )

  it("is none without a readable value", () => {
    for (const header of [undefined, "", ",", "soon", "-1, later"]) assert.isNaN(retryAfter(header, now))
  })
})
