/**
 * Random changes of JSON: of its values at random places, and of its text.
 */
import * as fc from "effect/FastCheck"
import { character } from "../../../vitest.texts.js"

type Path = ReadonlyArray<string | number>

/** Sets an own key, even `__proto__`, as `JSON.parse` does. */
const withKey = (value: object, key: string, item: unknown): object =>
  Object.fromEntries([...Object.entries(value).filter(([other]) => other !== key), [key, item]])

/** Returns the paths to a value and to all values within it. */
export const pathsOf = (value: unknown, path: Path = []): ReadonlyArray<Path> => [
  path,
  ...(typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, Array.isArray(value) ? Number(key) : key]))
    : [])
]

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((found, key) => Object.entries(Object(found)).find(([own]) => own === String(key))?.[1], value)

/** Replaces the value at a path by one, several or no values. */
const edit = (value: unknown, [key, ...rest]: Path, change: (item: unknown) => ReadonlyArray<unknown>): unknown => {
  if (key === undefined) return change(value)[0]
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      index !== key ? [item] : rest.length === 0 ? change(item) : [edit(item, rest, change)]
    )
  }
  return Object.fromEntries(
    Object.entries(Object(value)).flatMap(([own, item]) => {
      if (own !== key) return [[own, item]]
      if (rest.length > 0) return [[own, edit(item, rest, change)]]
      return change(item)
        .slice(0, 1)
        .map((changed) => [own, changed])
    })
  )
}

const rename = (value: unknown, path: Path, name: string): unknown => {
  const key = path.at(-1)
  if (typeof key !== "string") return value
  return edit(value, path.slice(0, -1), (owner) => [
    Object.fromEntries(Object.entries(Object(owner)).map(([own, item]) => [own === key ? name : own, item]))
  ])
}

/** Words with a special meaning to careless programs. */
export const evilWords = fc.constantFrom(
  "",
  " ",
  ".",
  "..",
  "../../../etc/passwd",
  "..\\..\\windows\\win.ini",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "toJSON",
  "\u0000",
  "\r\nset-cookie: a=b",
  "\ud800",
  "\ufeff",
  "💥",
  "ü",
  "%",
  "%2e%2e%2f",
  "<script>",
  "-1",
  "1e309",
  "9".repeat(400),
  "x".repeat(3_000)
)

const words = fc.oneof(
  evilWords,
  fc.constantFrom(
    "0s",
    "5s",
    "1m30s",
    "999999999h",
    "99999999999999h",
    `${"9".repeat(400)}h`,
    "0.000000001ms",
    "completed",
    "failed",
    "running",
    "job",
    "go"
  ),
  fc.constantFrom("tasks", "phases", "quirks", "frames", "rules", "set", "until", "status", "id", "progress", "take"),
  fc.string({ unit: character, maxLength: 12 })
)

/** Small, unusual JSON. */
export const values: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1, 1.5, 404, 1e308, -0, [], {}, [[]], [null]),
  words,
  words.map((word) => withKey({}, word, 1)),
  fc.tuple(words, words).map(([key, word]) => withKey({}, key, word)),
  fc.constantFrom<unknown>(
    { toString: 1 },
    { toString: null, valueOf: null },
    { toJSON: "x" },
    { length: 1 },
    { hasOwnProperty: 1, constructor: 2 },
    { coordinates: [[[1, 2]]] },
    { geometry: { coordinates: [1e308, -1e308] } },
    [{ name: { toString: 1 }, format: "tabular", properties: { file_schema: { headers: [{ toString: 1 }] } } }]
  ),
  fc.jsonValue({ maxDepth: 2 })
)

/** Placeholder for nested lists, which `JSON.stringify` could not write. */
const depth = "an endless list"
const withDepth = (text: string) => text.replaceAll(JSON.stringify(depth), `${"[".repeat(20_000)}${"]".repeat(20_000)}`)

const oneEdit = fc.record({
  kind: fc.constantFrom("replace", "replace", "remove", "twice", "rename", "add", "move"),
  pick: fc.nat(),
  other: fc.nat(),
  value: fc.oneof({ weight: 20, arbitrary: values }, { weight: 1, arbitrary: fc.constant(depth) }),
  word: words
})

type Edit = typeof oneEdit extends fc.Arbitrary<infer A> ? A : never

const changed = (value: unknown, { kind, other, pick, value: put, word }: Edit): unknown => {
  const paths = pathsOf(value)
  const path = paths[pick % paths.length] ?? []
  switch (kind) {
    case "remove":
      return edit(value, path, () => [])
    case "twice":
      return edit(value, path, (item) => [item, item])
    case "rename":
      return rename(value, path, word)
    case "add":
      return edit(value, path, (item) =>
        Array.isArray(item)
          ? [[...item, put]]
          : typeof item === "object" && item !== null
            ? [withKey(item, word, put)]
            : [put]
      )
    case "move":
      return edit(value, path, () => [at(value, paths[other % paths.length] ?? [])])
    default:
      return edit(value, path, () => [put])
  }
}

/** A few changes. */
export const edits = (least: number): fc.Arbitrary<ReadonlyArray<Edit>> =>
  fc.array(oneEdit, { minLength: least, maxLength: 3 })

/** Returns the text of a value after these changes. */
export const textAfter = (value: unknown, edits: ReadonlyArray<Edit>): string =>
  withDepth(JSON.stringify(edits.reduce<unknown>(changed, value), null, 2) ?? "")

/** Texts of a value with a few changes. */
export const changedValues = (value: unknown): fc.Arbitrary<string> => edits(1).map((edits) => textAfter(value, edits))

const fragments = fc.oneof(
  fc.constantFrom('"', "{", "}", "[", "]", ",", ":", "\\", "\n", "\r", "\u2028", "\ufeff", "\u0000", "//", "/*", "''"),
  fc.constantFrom("1e999", "-", "01", "NaN", '"\\ud800"', '"\\u0000"', '"__proto__":', '"a":1,"a":2', "null", "true"),
  fc.constantFrom("[".repeat(200_000), '{"a":'.repeat(20_000), `${"[".repeat(50_000)}${"]".repeat(50_000)}`),
  fc.string({ unit: character, maxLength: 6 })
)

const splices = fc.record({
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.oneof(fc.nat(3), fc.nat(400)),
  put: fc.oneof(fc.constant(""), fragments, fc.constantFrom("again", "swap"))
})

/** Texts with pieces removed, inserted and doubled. */
export const changedTexts = (text: string): fc.Arbitrary<string> =>
  fc.array(splices, { minLength: 1, maxLength: 3 }).map((all) =>
    all.reduce((changing, { from, length, put }) => {
      const start = Math.floor(from * changing.length)
      const cut = changing.slice(start, start + length)
      const instead = put === "again" ? cut + cut : put === "swap" ? [...cut].reverse().join("") : put
      return changing.slice(0, start) + instead + changing.slice(start + length)
    }, text)
  )
