/**
 * Every field of every model reads any value: a documented one becomes the property, any other is missing and noted, and
 * no value affects another field. Models that are added later are covered too.
 */
import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Duration, Equal, FastCheck as fc, Option, Redacted, Schema } from "effect"
import * as client from "../src/index.js"
import { Band, JobId, Raw, Task, TaskId } from "../src/index.js"
import * as field from "../src/internal/field.js"
import { model, page, reader, tableOf } from "../src/internal/model.js"
import { duration } from "../src/internal/times.js"
import { envelope, type Note, time } from "../src/internal/wire.js"
import { modelsIn } from "./models.js"

/** All kinds of fields, also those that no model has yet. */
class Everything extends model<Everything>("Everything")({
  id: field.need(JobId, "id"),
  other: field.id(JobId, "other", "other_id"),
  tag: field.tag("Everything", "tag"),
  text: field.text("text"),
  word: field.word(["running"], "word"),
  boolean: field.boolean("boolean"),
  number: field.number("number"),
  percent: field.percent("percent"),
  seconds: field.seconds("seconds"),
  duration: field.duration("duration"),
  time: field.time("time"),
  json: field.json("json"),
  url: field.url("url"),
  secret: field.secret("secret"),
  model: field.ref(Task, "model"),
  models: field.many(Task, "models"),
  keyed: field.keyed(Task, "keyed"),
  texts: field.texts("texts"),
  numbers: field.numbers("numbers"),
  numbersOrTexts: field.numbersOrTexts("numbersOrTexts"),
  object: field.object("object"),
  labels: field.labels("labels"),
  map: field.map(Task, "map"),
  labelMaps: field.labelMaps("labelMaps"),
  listMaps: field.listMaps("listMaps"),
  named: field.named(Band, "named")
}) {}

const all = modelsIn({ ...client, Everything })

// --- what each kind accepts ---

const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value)

const numberOf = (value: unknown): number =>
  typeof value === "number"
    ? value
    : typeof value === "string" &&
        value.trim().length <= 128 &&
        /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value.trim())
      ? Number(value)
      : Number.NaN

const isWellFormed = (value: unknown, depth = 0): boolean =>
  typeof value === "string"
    ? !/\p{Surrogate}/u.test(value)
    : typeof value !== "object" ||
      value === null ||
      (depth < 100 && Object.entries(value).every(([key, it]) => isWellFormed(key) && isWellFormed(it, depth + 1)))

const wellFormed = (text: string) => text.replace(/\p{Surrogate}/gu, "\ufffd")

const formats = [
  /^(?<y>\d{4})-(?<mo>\d{2})-(?<d>\d{2})(?:[T ](?<h>\d{2}):(?<mi>\d{2}):(?<s>\d{2})(?:\.(?<f>\d+))?(?:[Zz]|(?<sign>[+-])(?<oh>\d{2}):?(?<om>\d{2}))?)?$/,
  /^(?<y>\d{4})_(?<mo>\d{2})_(?<d>\d{2})$/,
  /^(?<d>\d{2})-(?<mo>\d{2})-(?<y>\d{4})$/
]

/** The time of a text by regular expressions and `Date`: milliseconds, none for Go's zero time, or not a number. */
const timeOf = (value: unknown): number | undefined => {
  const text = typeof value === "string" && value.trim().length <= 128 ? value.trim() : ""
  const parts = formats.map((format) => format.exec(text)?.groups).find((groups) => groups !== undefined)
  if (parts === undefined) return Number.NaN
  const part = (name: string) => Number(parts[name] ?? 0)
  const day = new Date(Date.UTC(2000, part("mo") - 1, part("d")))
  day.setUTCFullYear(part("y"), part("mo") - 1, part("d"))
  const isDay = day.getUTCMonth() === part("mo") - 1 && day.getUTCDate() === part("d")
  if (!isDay || part("h") > 23 || part("mi") > 59 || part("s") > 59) return Number.NaN
  if (part("y") === 1) return undefined
  if (part("y") < 100) return Number.NaN
  const offset = (part("oh") * 60 + part("om")) * (parts["sign"] === "-" ? -1 : 1)
  const millis = Number((parts["f"] ?? "").padEnd(3, "0").slice(0, 3))
  return day.getTime() + ((part("h") * 60 + part("mi") - offset) * 60 + part("s")) * 1_000 + millis
}

const isUrl = (value: unknown) =>
  typeof value === "string" && /^https?:\/\//i.test(value.trim()) && URL.canParse(value.trim())

const isShare = (value: unknown) => {
  const share = numberOf(typeof value === "string" ? value.trim().replace(/%$/, "") : value)
  return share >= 0 && share <= 100
}

const isNumbers = (value: unknown) =>
  Array.isArray(value) && value.every((it: unknown) => Number.isFinite(numberOf(it)))

const isTexts = (value: unknown) => typeof value === "string" || (typeof value === "object" && value !== null)

/** The expectation that a note of each kind names, and the values without a note. */
const kinds: Readonly<Record<field.Kind, readonly [expected: string, accepts: (value: unknown) => boolean]>> = {
  id: ["an id", (value) => typeof value === "string" && value !== ""],
  text: ["a text", (value) => typeof value === "string"],
  word: ["a text", (value) => typeof value === "string"],
  boolean: ["a boolean", (value) => [true, false, "true", "false"].includes(value as never)],
  number: ["a number", (value) => Number.isFinite(numberOf(value))],
  percent: ["a progress from 0 to 100", isShare],
  percentText: ["a progress from 0 to 100", isShare],
  seconds: [
    "a number of seconds",
    (value) => numberOf(value) >= 0 && numberOf(value) <= Number.MAX_SAFE_INTEGER / 1000
  ],
  minutes: [
    "a number of minutes",
    (value) => numberOf(value) >= 0 && numberOf(value) <= Number.MAX_SAFE_INTEGER / 60_000
  ],
  duration: ["", () => true],
  time: ["a time", (value) => !Number.isNaN(timeOf(value) ?? 0)],
  json: ["well-formed JSON of 100 levels at most", (value) => isWellFormed(value)],
  object: ["an object", (value) => isObject(value) && isWellFormed(value)],
  url: ["a URL", isUrl],
  secret: ["a text", (value) => typeof value === "string"],
  model: ["an object", isObject],
  models: ["a list", Array.isArray],
  tag: ["", () => true],
  modelMap: ["a map", isObject],
  labelMaps: ["a map of maps", isObject],
  listMaps: ["a list", Array.isArray],
  named: ["a list", Array.isArray],
  keyed: ["a map", (value) => typeof value === "object" && value !== null],
  texts: ["a list of texts", isTexts],
  textsOrMap: ["a list of texts", isTexts],
  numbers: ["a list of numbers", isNumbers],
  numbersOrTexts: ["a list of numbers", isNumbers],
  labels: ["a map of texts", isObject]
}

/** Checks the value of a property that a field accepted. */
const check = (kind: field.Kind, value: unknown, found: unknown) => {
  const some = Option.isOption(found) ? Option.getOrUndefined(found) : found
  switch (kind) {
    case "id":
      return assert.strictEqual(some, value)
    case "number":
      return assert.strictEqual(some, numberOf(value))
    case "time":
      return assert.strictEqual(DateTime.isDateTime(some) ? DateTime.toEpochMillis(some) : undefined, timeOf(value))
    case "secret":
    case "url":
      return assert(Redacted.isRedacted(some))
    case "listMaps":
      return assert.deepStrictEqual(
        Array.isArray(some) && some.map((it) => Object.keys(it)),
        Array.isArray(value) &&
          value
            .filter(isObject)
            .map((it) => Object.entries(it).flatMap(([key, one]) => (isTexts(one) ? [wellFormed(key)] : [])))
      )
    case "named":
    case "models":
      return assert.isAtMost(Array.isArray(some) ? some.length : 1, Array.isArray(value) ? value.length : 0)
    case "labelMaps":
      return assert.deepStrictEqual(
        Object.keys(Object(some)),
        Object.entries(Object(value)).flatMap(([key, it]) => (isObject(it) ? [wellFormed(key)] : []))
      )
    case "modelMap":
      return assert.includeMembers(Object.keys(Object(value)).map(wellFormed), Object.keys(Object(some)))
    case "texts":
    case "textsOrMap":
      return assert(Array.isArray(some) && some.every((it) => typeof it === "string" && isWellFormed(it)))
    case "labels":
      return assert.deepStrictEqual(
        some,
        Object.fromEntries(
          Object.entries(Object(value)).flatMap(([key, it]) =>
            typeof it === "string" ? [[wellFormed(key), wellFormed(it)]] : []
          )
        )
      )
    case "numbers":
    case "numbersOrTexts":
      return assert.deepStrictEqual(some, Array.isArray(value) ? value.map(numberOf) : undefined)
    case "json":
      return isWellFormed(value) ? assert.deepStrictEqual(some, value) : undefined
    case "text":
    case "word":
      return assert.strictEqual(some, wellFormed(String(value)))
    case "tag":
      return assert.isString(some)
    default:
      return undefined
  }
}

// --- any values ---

const marker = "sig=s3cret"
const nested = (levels: number) => JSON.parse(`${"[".repeat(levels)}"x"${"]".repeat(levels)}`)
const number = (min: number, max: number, digits = 2) =>
  fc.integer({ min, max }).map((it) => String(it).padStart(digits, "0"))
const day = fc
  .tuple(
    fc.oneof(fc.constantFrom("0001", "0099", "0100", "1900", "2000", "2024", "2100"), number(0, 9999, 4)),
    number(0, 13),
    number(0, 32),
    fc.constantFrom("-", "_", "/")
  )
  .chain(([y, m, d, by]) => fc.constantFrom([y, m, d].join(by), [d, m, y].join(by)))
const clock = fc
  .tuple(
    fc.constantFrom("T", " ", "t"),
    fc.tuple(number(0, 24), number(0, 60), number(0, 60)).map((parts) => parts.join(":")),
    fc.oneof(
      fc.constantFrom("", ".", ".1", ".12x"),
      number(0, 1e9, 1).map((it) => `.${it}`)
    ),
    fc.oneof(fc.constantFrom("", "Z", "z", "+", "+5", "+05:30", "-0530", "+05:300", "Z "), number(0, 9999, 4))
  )
  .map((parts) => parts.join(""))
/** Texts that are a time, or nearly one. */
const nearlyTime = fc.oneof(
  day,
  fc.tuple(day, clock).map((parts) => parts.join(""))
)
const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[undefined, null, "", true, false, "true", 0, -0, -1, 55.5, 1e308, Number.MAX_SAFE_INTEGER, "7", " 7 ", "1e999"],
    ...["75%", "x", "\ud800", "a\udfffb", `https://files.test/?${marker}`, "ftp://x", "9".repeat(400), " ".repeat(1e4)],
    ...["0001-01-01T00:00:00Z", "2024-05-27T06:50:20.056549Z", "2024-02-30", "2m13.5s", "15-05-2024", "2024_05_06"],
    ...[
      [],
      {},
      [[]],
      [null, 1, "x", {}, [], { id: "" }],
      [{ id: "a" }, { id: "b" }],
      [1, "2"],
      nested(100),
      nested(101)
    ],
    ...[{ id: "x" }, { a: "b" }, { a: 1, b: "c" }, { error: { code: 1 } }, JSON.parse('{"__proto__":"x","toString":1}')]
  ),
  nearlyTime,
  fc.jsonValue()
)

const isAbsent = (value: unknown) => value === undefined || value === null || value === ""

describe("a field", () => {
  it.each(all)("of %s reads any value", (_, Model) => {
    const table = Object.entries(tableOf(Model))
    const needed = Object.fromEntries(table.flatMap(([, it]) => (it.isNeeded ? [[it.names[0], "the-id"]] : [])))
    const cases = table.flatMap(([key, it]) => it.names.map((name) => ({ key, name, it })))
    const property = fc.property(fc.constantFrom(...cases), hostile, ({ it, key, name }, value) => {
      const notes: Array<Note> = []
      const { [it.isNeeded ? name : ""]: _, ...rest } = needed
      // Only a response can be an error: at its top, this is one.
      const json = { ...rest, [name]: value, unknown: marker }
      const found = reader(Model)(json, "", notes)
      const readers = table.filter(([, other]) => other.names.includes(name))
      const own = notes.filter(({ path }) => path === name)
      const refusals = readers.filter(([, other]) => !kinds[other.kind][1](value) && (it.isNeeded || !isAbsent(value)))
      assert.deepStrictEqual(
        [...new Set(own.map(({ expected }) => expected))],
        [...new Set(refusals.map(([, other]) => kinds[other.kind][0]))]
      )
      if (it.isNeeded && refusals.length > 0) return assert(Option.isNone(found))
      assert(Option.isSome(found))
      const instance: Readonly<Record<string, unknown>> = { ...found.value }
      const accepted = !isAbsent(value) && !refusals.some(([other]) => other === key)
      if (accepted) check(it.kind, value, instance[key])
      else if (it.kind !== "json") assert.deepStrictEqual(instance[key], it.missing)
      for (const [other, { isNeeded, missing }] of table) {
        if (!isNeeded && !readers.some(([one]) => one === other)) assert.deepStrictEqual(instance[other], missing)
      }
      return undefined
    })
    fc.assert(property, { numRuns: 300 })
  })

  it.each(all)("of %s gives an instance like one of the constructor", (_, Model) => {
    const table = Object.entries(tableOf(Model))
    const json = fc.record(
      Object.fromEntries(table.map(([, { isNeeded, names }]) => [names[0], isNeeded ? fc.constant("a") : hostile]))
    )
    const read = reader(Model)
    const property = fc.property(json, (body) => {
      const found = Option.getOrThrow(read(body, "", []))
      assert.sameMembers(
        Object.keys(found),
        table.map(([key]) => key)
      )
      assert(Schema.is(Model)(found))
      assert.deepStrictEqual(Raw.of(found), Option.some(body))
      const text = JSON.stringify(found)
      assert.strictEqual(text, JSON.stringify(Schema.encodeSync(Model)(found)))
      assert.strictEqual(new TextDecoder().decode(new TextEncoder().encode(text)), text)
    })
    fc.assert(property, { numRuns: 50 })
  })

  it("never shows the JSON behind it when printed", () => {
    const body = {
      id: "a",
      unknown: marker,
      url: `https://files.test/?${marker}`,
      models: [{ id: "t", unknown: marker }]
    }
    const found = Option.getOrThrow(reader(Everything)(body, "", []))
    for (const text of [inspect(found, { showHidden: true, depth: 9 }), String(found), JSON.stringify(found)]) {
      assert.notInclude(text, "s3cret")
    }
    assert.deepStrictEqual(Raw.of(found.models), Option.some(body.models))
    assert.deepStrictEqual(Raw.of(found.models[0] ?? {}), Option.some(body.models[0]))
  })

  it("makes equal instances of equal JSON", () => {
    const body = () => ({ id: "a", time: "2024-05-27T06:50:20Z", duration: "2m", model: { id: "t" }, seconds: 5 })
    const [one, other] = [body(), body()].map((it) => Option.getOrThrow(reader(Everything)(it, "", [])))
    assert.deepStrictEqual(one, other)
    assert(Equal.equals(one?.model, other?.model))
    assert(Equal.equals(one?.time, other?.time))
    const made = new Task({ id: TaskId.make("t") })
    assert.deepStrictEqual(one?.model, Option.some(made))
  })

  it("that is the empty struct of Go is missing", () => {
    const found = Option.getOrThrow(reader(Task)({ id: "a", block_info: { id: "", name: null } }, "", []))
    assert.deepStrictEqual(found.blockInfo, Option.none())
  })

  it("is noted once per shape, with its place", () => {
    const notes: Array<Note> = []
    const tasks = [{ id: "a", progress: 900 }, 7, { id: "b", progress: 901, block_info: { name: 1 } }]
    reader(Everything)({ id: "x", other_id: 5, models: tasks, model: { id: "c", progress: "-" } }, "", notes)
    assert.deepStrictEqual(
      notes.map(({ expected, path }) => `${path}: ${expected}`),
      [
        "other_id: an id",
        "model.progress: a progress from 0 to 100",
        "models[].progress: a progress from 0 to 100",
        "models[]: an object",
        "models[].block_info.name: a text"
      ]
    )
  })
})

describe("a time", () => {
  it("is read by character codes like by regular expressions and Date", () => {
    let read = 0
    const property = fc.property(nearlyTime, (text) => {
      const notes: Array<Note> = []
      const found = Option.getOrUndefined(Option.map(time(text, "", notes), DateTime.toEpochMillis))
      const expected = timeOf(text)
      assert.deepStrictEqual(notes.length === 0 ? found : Number.NaN, expected)
      if (found !== undefined) read++
    })
    fc.assert(property, { numRuns: 20_000 })
    assert.isAbove(read, 2_000)
  })
})

describe("a duration", () => {
  it("is read by character codes like by a regular expression", () => {
    const units: Readonly<Record<string, number>> = {
      ns: 1e-6,
      us: 1e-3,
      µs: 1e-3,
      μs: 1e-3,
      ms: 1,
      s: 1e3,
      m: 6e4,
      h: 3.6e6
    }
    const amount = fc.oneof(
      number(0, 1e4, 1),
      fc.constantFrom("", ".", "1.", ".5", "1.5", "01.25", "1.5.5", "+1", "-1")
    )
    const part = fc.tuple(
      amount,
      fc.oneof(fc.constantFrom(...Object.keys(units)), fc.constantFrom("", "d", " s", "toString"))
    )
    const text = fc
      .tuple(
        fc.constantFrom("", "", "+", "-"),
        fc.array(
          part.map((it) => it.join("")),
          { maxLength: 4 }
        )
      )
      .map(([sign, parts]) => sign + parts.join(""))
    const property = fc.property(text, (it) => {
      const isDuration = /^\+?(?:\d+(?:\.\d*)?(?:ns|us|µs|μs|ms|s|m|h))+$/.test(it)
      const millis = [...it.matchAll(/(\d+(?:\.\d*)?)([a-zµμ]+)/g)].reduce(
        (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ""] ?? 0),
        0
      )
      const expected = isDuration ? Option.some(Duration.millis(millis)) : Option.none()
      assert.deepStrictEqual(duration(it), it === "0" ? Option.some(Duration.zero) : expected)
    })
    fc.assert(property, { numRuns: 5_000 })
  })
})

describe("a list", () => {
  const sent = [{ id: "a" }, { id: "" }, 7, { id: "b" }]

  it("of an envelope counts its unreadable items", () => {
    const { items, unreadable } = Option.getOrThrow(envelope("tasks", reader(Task))({ tasks: sent }, "", []))
    assert.deepStrictEqual([items.map(({ id }) => `${id}`), unreadable], [["a", "b"], 2])
    assert.deepStrictEqual(Raw.of(items), Option.some(sent))
  })

  it("of a page counts its unreadable items, and keeps the other fields", () => {
    const body = { id: "page", models: sent, number: 3 }
    const found = Option.getOrThrow(page(Everything, "models")(body, "", []))
    assert.deepStrictEqual([found.items.length, found.unreadable, found.page.number], [2, 2, Option.some(3)])
    assert.strictEqual(found.items, found.page.models)
    assert.deepStrictEqual(Raw.of(found.page), Option.some(body))
  })
})
