import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { size } from "../../../vitest.size.js"
import {
  AoiId,
  Asset,
  Block,
  type DataType,
  DataTypes,
  DateData,
  NumberData,
  OtherData,
  RasterData,
  TextData
} from "../src/index.js"
import { reader } from "../src/internal/model.js"
import { aoiId, asset, filled, formats, image, insight, names, recordOf, rightOnes, sent, square } from "./inputs.js"

/** Templates of all kinds, with rules. */
const templates = [
  { name: "image", format: "raster", type: "url", properties: { bands: ["B02"] }, hint: "kept" },
  { name: "water", format: "vector", type: "url" },
  { name: "table", format: "tabular", type: "url" },
  { name: "start", format: "date", type: "string" },
  { name: "threshold", format: "number", type: "number", validation: { min_value: 0, max_value: 1 } },
  { name: "season", format: "string", type: "string", validation: { allowed_values: ["kharif", "rabi"] } },
  { name: "cube", format: "datacube", type: "int" },
  { name: "area", format: "number", type: "number", default: "0.5" }
]
const template = DataTypes.decode(templates)

const values: DataTypes.Values = {
  image: asset,
  water: square,
  table: "s3://bucket/fields.csv",
  start: "2024-06-01",
  threshold: 0.25,
  season: "rabi",
  cube: 7
}

const wire = (given: DataTypes.Values, of = template) => sent(given, of)

const problemsOf = (given: DataTypes.Values, options?: Parameters<typeof DataTypes.fill>[2]) => {
  const result = DataTypes.fill(template, given, options)
  if (Either.isRight(result)) return []
  const { expected, found, others, path } = result.left
  return [{ path, found, expected }, ...others].map((it) => [it.path, it.found, it.expected])
}

describe("data in JSON", () => {
  const one = { name: "a", format: "string", value: "x" }
  const bytes = [...new TextEncoder().encode(JSON.stringify([one]))]
  const forms: ReadonlyArray<[string, unknown, number]> = [
    ["a list", [one, one], 2],
    ["a list of a model", Option.some([one]), 1],
    ["one object", one, 1],
    ["a text", JSON.stringify([one]), 1],
    ["base64", btoa(JSON.stringify([one])), 1],
    ["a list of bytes", bytes, 1],
    ["a list with other items", [null, 1, "x", one, []], 1],
    ["the sample of the documentation", [123], 0],
    ["another text", "bG9ncw==", 0],
    ["nothing", Option.none(), 0],
    ["null", null, 0]
  ]
  it.each(forms)("is read from %s", (_, json, count) => {
    const found = DataTypes.decode(json)
    assert.lengthOf(found, count)
    assert.isTrue(found.every((data) => data._tag === "Text" && Option.contains(data.value, "x")))
  })

  const kinds: ReadonlyArray<[string, unknown, DataType["_tag"], unknown]> = [
    ["raster", "s3://a/b.tif", "Raster", "s3://a/b.tif"],
    ["RASTER", "s3://a/b.tif", "Raster", "s3://a/b.tif"],
    ["vector", "s3://a/b.json", "Vector", "s3://a/b.json"],
    ["tabular", "s3://a/b.csv", "Tabular", "s3://a/b.csv"],
    ["date", "2024-01-01", "Date", DateTime.unsafeMake("2024-01-01")],
    ["date", "2024-01-15T06:30:00Z", "Date", DateTime.unsafeMake("2024-01-15T06:30:00Z")],
    ["number", "0.8", "Number", 0.8],
    ["number", 5, "Number", 5],
    ["string", "x", "Text", "x"],
    ["datacube", { axes: 3 }, "Other", { axes: 3 }]
  ]
  it.each(kinds)("has a value of its format: %s %j", (format, value, tag, expected) => {
    const [data] = DataTypes.decode([{ name: "a", format, value }])
    assert.strictEqual(data?._tag, tag)
    assert.deepStrictEqual<Option.Option<unknown> | undefined>(data?.value, Option.some(expected))
    assert.deepStrictEqual(data?.format, Option.some(format))
  })

  it("has an unreadable value in its wire format only", () => {
    const json = { name: "a", format: "number", value: "many" }
    const [data] = DataTypes.decode([json])
    assert(data?._tag === "Number")
    assert.deepStrictEqual(data.value, Option.none())
    assert.deepStrictEqual(DataTypes.encode(data), json)
  })

  it("has properties by its kind, and keeps unknown keys", () => {
    assert(image?._tag === "Raster")
    assert.deepStrictEqual(image.bands, ["B1"])
    assert.deepStrictEqual(image.collection, Option.some("pixxel-td2"))
    assert.deepStrictEqual(image.date, Option.some(DateTime.unsafeMake("2024-06-14")))
    assert.deepInclude(Object(DataTypes.encode(image)), { unknown: { kept: true } })
  })

  it("is found by its name", () => {
    assert.deepStrictEqual(DataTypes.named(insight.outputs, "result"), Option.fromNullable(image))
    assert.deepStrictEqual(DataTypes.named(insight.outputs, "areas"), Option.none())
  })

  it("is decoded from its encoded form, each of its own kind", () => {
    const block = Option.getOrThrow(
      reader(Block)(
        { spec: { name: "b", inputs: templates, outputs: [{ format: "date", value: "2024-01-01" }] } },
        "",
        []
      )
    )
    const text = JSON.stringify(Schema.encodeSync(Block)(block))
    const again = Schema.decodeSync(Block)(JSON.parse(text))
    assert.deepStrictEqual(
      again.inputs.map(({ _tag }) => _tag),
      ["Raster", "Vector", "Tabular", "Date", "Number", "Text", "Other", "Number"]
    )
    assert.instanceOf(again.outputs[0], DateData)
    assert.strictEqual(JSON.stringify(Schema.encodeSync(Block)(again)), text)
  })
})

describe("data made by hand", () => {
  const name = Option.some("a")
  const made: ReadonlyArray<[DataType, unknown]> = [
    [new NumberData({ name, value: Option.some(5) }), { format: "number", type: "number", name: "a", value: "5" }],
    [
      new DateData({ name, value: DateTime.make("2024-01-01") }),
      { format: "date", type: "string", name: "a", value: "2024-01-01" }
    ],
    [
      new DateData({ name, value: DateTime.make("2024-01-01T12:00:00Z") }),
      { format: "date", type: "string", name: "a", value: "2024-01-01T12:00:00.000Z" }
    ],
    [new TextData({ name, value: Option.some("x") }), { format: "string", type: "string", name: "a", value: "x" }],
    [
      new RasterData({ name, stacUrl: Option.some("https://stac.test/a"), metadata: { by: "hand" } }),
      { format: "raster", type: "url", name: "a", stac_url: "https://stac.test/a", metadata: { by: "hand" } }
    ],
    [new OtherData({ name, format: Option.some("cube") }), { format: "cube", name: "a" }]
  ]
  it.each(made)("is written with the words of its kind: %j", (data, expected) => {
    assert.deepStrictEqual(DataTypes.encode(data), expected)
  })
})

describe("the inputs of a block", () => {
  it("are its templates with their values: numbers are texts, and templates with a default stay", () => {
    const [raster, vector, tabular, date, number, text, other, unchanged] = templates
    assert.deepStrictEqual<ReadonlyArray<unknown>>(wire(values), [
      {
        ...raster,
        stac_url: "https://assets.test/aoi-1/asset-1.tif",
        asset_source: { id: "asset-1", type: "raw_mosaic" }
      },
      { ...vector, properties: { geometry: square } },
      { ...tabular, value: "s3://bucket/fields.csv" },
      { ...date, value: "2024-06-01" },
      { ...number, value: "0.25" },
      { ...text, value: "rabi" },
      { ...other, value: "7" },
      unchanged
    ])
  })

  const given: ReadonlyArray<[string, DataTypes.Values, string, unknown]> = [
    [
      "an asset at another STAC URL",
      { image: { asset, stacUrl: "https://stac.test/items/a" } },
      "image",
      { stac_url: "https://stac.test/items/a", asset_source: { id: "asset-1", type: "raw_mosaic" } }
    ],
    [
      "an output of an insight",
      { image: { insight, output: "result" } },
      "image",
      { value: "s3://bucket/runs/i-1/result.tif", asset_source: { id: "insight-1", type: "insight" } }
    ],
    [
      "a file",
      { image: "https://files.test/a.tif?version=2" },
      "image",
      { value: "https://files.test/a.tif?version=2" }
    ],
    ["other data", { image: image ?? "" }, "image", { value: "s3://bucket/runs/i-1/result.tif" }],
    [
      "a feature",
      { water: { type: "Feature", properties: {}, geometry: square } },
      "water",
      { properties: { geometry: square } }
    ],
    ["a time", { start: DateTime.unsafeMake("2024-06-01T06:30:00Z") }, "start", { value: "2024-06-01T06:30:00.000Z" }],
    [
      "a day in a time zone",
      { start: DateTime.unsafeMakeZoned("2024-05-31T18:30:00Z", { timeZone: "Asia/Kolkata" }) },
      "start",
      { value: "2024-06-01" }
    ],
    ["a day in another order", { start: "01-06-2024" }, "start", { value: "2024-06-01" }],
    ["the text of a number", { threshold: " 0.5 " }, "threshold", { value: "0.5" }],
    ["another value than the default", { area: 2 }, "area", { value: "2" }]
  ]
  it.each(given)("may be %s", (_, given, name, fields) => {
    const found = wire({ ...values, ...given }).find((it) => it["name"] === name)
    const own = templates.find((it) => it.name === name)
    assert.deepStrictEqual<unknown>(found, { ...own, ...Object(fields) })
  })

  it("replace what a template had before", () => {
    const had = { name: "image", format: "raster", stac_url: "https://stac.test/old", asset_source: { id: "old" } }
    const found = (image: DataTypes.Value) => wire({ image }, DataTypes.decode([had]))[0]
    assert.deepStrictEqual(found("s3://new"), { name: "image", format: "raster", value: "s3://new" })
    assert.deepInclude(found(asset), { asset_source: { id: "asset-1", type: "raw_mosaic" } })
  })

  it("name the problem, and all problems at once", () => {
    const { start: _, ...rest } = values
    const result = DataTypes.fill(template, { ...rest, strat: "2024-01-01", threshold: 2, season: "summer" })
    assert(Either.isLeft(result))
    const error = result.left
    assert.deepStrictEqual(
      [error._tag, error.operation, error.path, error.others.map(({ path }) => path)],
      ["PixxelInvalidInput", "createInsights", "inputs.start", ["inputs.threshold", "inputs.season", "inputs.strat"]]
    )
    assert.strictEqual(
      error.message,
      "InsightsApi.create was not sent: inputs.start is missing where a day such as 2024-01-01 is needed; " +
        'inputs.threshold is 2 where at most 1 is needed; inputs.season is "summer" where kharif or rabi is needed; ' +
        "inputs.strat is no input of the block where start, area, image, water, table, season, cube or threshold is needed."
    )
  })

  const failed = new Asset({ ...asset, status: Option.some("failed") })
  const pending = new Asset({ ...asset, status: Option.some("creating") })
  const bare = new Asset({ ...asset, path: Option.none() })
  const both = new RasterData({ value: Option.some("s3://a"), stacUrl: Option.some("https://stac.test/a") })
  const alone = new RasterData({ stacUrl: Option.some("https://stac.test/a") })
  const where = "an asset, an output of an insight or a URL"
  const wrong: ReadonlyArray<[string, DataTypes.Values, string, string]> = [
    ["an asset that has failed", { image: failed }, "an asset that has failed", "one that is ready"],
    ["an asset that is not ready", { image: pending }, "an asset that is not ready", "one that is ready"],
    ["an asset without a path", { image: bare }, "an asset without a path", "{ asset, stacUrl }"],
    ["an asset at no URL", { image: { asset, stacUrl: "a" } }, 'an asset at "a"', "one at a URL"],
    ["a value and a STAC URL", { image: both }, "a value and a STAC URL", "one of them"],
    ["a STAC URL alone", { image: alone }, "an image without its asset", "an asset"],
    ["data without a value", { image: new RasterData({}) }, "raster data without a value", where],
    ["data of another kind", { image: new TextData({ value: Option.some("x") }) }, "text data", where],
    ["a number for an image", { image: 5 }, "5", where],
    ["a name for an image", { image: "asset-1" }, '"asset-1"', where],
    [
      "an insight that has not ended",
      { image: { insight: { ...insight, outcome: "pending" }, output: "result" } },
      "an insight that has not ended",
      "one that has succeeded"
    ],
    [
      "an insight that has failed",
      { image: { insight: { ...insight, outcome: "failed" }, output: "result" } },
      "an insight that has failed",
      "one that has succeeded"
    ],
    ["an unknown output", { image: { insight, output: "reslt" } }, 'no output of the insight: "reslt"', "result"],
    [
      "an open ring",
      { water: { ...square, coordinates: [square.coordinates[0]?.slice(0, 3) ?? []] } },
      "3 positions",
      "4"
    ],
    ["an asset for a shape", { water: asset }, "", ""],
    ["no day", { start: "2024-02-30" }, '"2024-02-30"', "a day such as 2024-01-01"],
    ["a number for a day", { start: 20240101 }, "20240101", "a day such as 2024-01-01"],
    ["no number", { threshold: "many" }, '"many"', "a number"],
    ["the text of an infinite number", { threshold: "1e999" }, '"1e999"', "a number"],
    ["an infinite number", { threshold: Number.POSITIVE_INFINITY }, "Infinity", "a number"],
    ["a number that is too small", { threshold: -1 }, "-1", "at least 0"],
    ["a number for a text", { season: 5 }, "5", "a text"],
    ["an empty text", { season: "" }, "an empty text", "a text"],
    ["a text that is not allowed", { season: "zaid" }, '"zaid"', "rabi or kharif"]
  ]
  it.each(wrong)("are refused with %s", (_, given, found, expected) => {
    const problems = problemsOf({ ...values, ...given })
    assert.lengthOf(problems, 1)
    const [name = ""] = Object.keys(given)
    assert.isTrue(problems[0]?.[0]?.startsWith(`inputs.${name}`))
    assert.include(problems[0]?.[1], found)
    assert.include(problems[0]?.[2], expected)
  })

  it("are refused with an asset of another AOI, if the AOI is known", () => {
    const other = AoiId.make("aoi-2")
    assert.deepStrictEqual(problemsOf(values, { aoiId }), [])
    assert.deepStrictEqual(problemsOf(values, { aoiId: other }), [
      ["inputs.image", 'an asset of AOI "aoi-1"', 'one of AOI "aoi-2"']
    ])
    const unknown = new Asset({ ...asset, aoiId: Option.none() })
    assert.deepStrictEqual(problemsOf({ ...values, image: unknown }, { aoiId: other }), [])
  })

  it("can be sent, however deep the properties of a template are", () => {
    const properties = JSON.parse(`${"[".repeat(20_000)}${"]".repeat(20_000)}`)
    const deep = DataTypes.decode([{ name: "a", format: "string", properties: { deep: properties } }])
    assert.deepInclude(wire({ a: "x" }, deep)[0], { value: "x" })
  })

  it("are checked against the allowed values that are texts or numbers", () => {
    const rules = { allowed_values: [{ toString: "no function" }, 5, null] }
    const of = DataTypes.decode([{ name: "a", format: "string", validation: rules }])
    assert.isTrue(Either.isRight(DataTypes.fill(of, { a: "5" })))
    assert.isTrue(Either.isLeft(DataTypes.fill(of, { a: "null" })))
  })

  it("show neither the user nor the query of a URL, which may give access", () => {
    const secret = "https://me:c0ffee@files.test/a b.tif?signature=c0ffee"
    for (const name of Object.keys(values)) {
      const result = DataTypes.fill(template, { ...values, [name]: secret })
      if (Either.isLeft(result)) assert.notInclude(JSON.stringify(result.left), "c0ffee")
    }
    assert.notInclude(JSON.stringify(wire(values)), "c0ffee")
  })
})

// --- any templates and values ---

/** Nearly any value: JSON, and what a program has at hand. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true }),
  fc.jsonValue(),
  ...Object.values(rightOnes),
  fc.constantFrom(...templates).map((it) => DataTypes.decode([it])[0]),
  fc.constantFrom(
    { asset },
    { asset, stacUrl: 5 },
    { insight: {}, output: "x" },
    { insight: { outputs: [5] }, output: "x" }
  )
)

const oddTemplates = fc.array(
  fc.oneof(
    fc.record(
      {
        name: fc.constantFrom(...names),
        format: fc.constantFrom(...formats),
        value: fc.jsonValue(),
        default: fc.jsonValue(),
        stac_url: fc.jsonValue(),
        asset_source: fc.jsonValue(),
        properties: fc.jsonValue(),
        validation: fc.oneof(
          fc.jsonValue(),
          fc.record({
            min_value: fc.jsonValue(),
            max_value: fc.jsonValue(),
            allowed_values: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue()))
          })
        )
      },
      { requiredKeys: [] }
    ),
    fc.jsonValue()
  )
)

const valueOf = (value: DataTypes.Value): unknown =>
  DateTime.isDateTime(value) ? DateTime.toEpochMillis(value) : Object.is(value, -0) ? 0 : value

describe("any inputs", () => {
  it("are decoded to the values that filled them", () => {
    fc.assert(
      fc.property(filled, (inputs) => {
        const of = DataTypes.decode(inputs.map(({ format, name }) => ({ format, name })))
        const given = recordOf(inputs.map(({ name, value }) => [name, value]))
        const found = DataTypes.decode(JSON.parse(JSON.stringify(wire(given, of))))
        assert.lengthOf(found, inputs.length)
        for (const [index, data] of found.entries()) {
          const { name, value } = inputs[index]!
          assert.deepStrictEqual(data.name, Option.some(name))
          if (typeof value === "string" || typeof value === "number" || DateTime.isDateTime(value)) {
            const read = Option.getOrUndefined<unknown>(data.value)
            const expected = data._tag === "Other" ? String(valueOf(value)) : valueOf(value)
            assert.strictEqual(DateTime.isDateTime(read) ? DateTime.toEpochMillis(read) : read, expected)
          }
        }
      }),
      { numRuns: size(50, 2_000) }
    )
  })

  it("are filled or refused, never a defect, and can be sent", () => {
    fc.assert(
      fc.property(oddTemplates, fc.array(fc.tuple(fc.constantFrom(...names, "other"), odd)), (json, entries) => {
        // as JavaScript may call it
        const result = DataTypes.fill(DataTypes.decode(json), recordOf(entries) as DataTypes.Values)
        if (Either.isLeft(result)) assert.isString(result.left.message)
        else assert.isString(JSON.stringify(result.right.map(DataTypes.encode)))
      }),
      { numRuns: size(100, 5_000) }
    )
  })
})
