/** Inputs of a block, and any values of them. */
import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { AoiId, Asset, AssetId, type DataType, DataTypes } from "../src/index.js"

export const [image] = DataTypes.decode([
  {
    name: "result",
    format: "raster",
    type: "url",
    value: "s3://bucket/runs/i-1/result.tif",
    properties: { bands: ["B1", 2], collection: "pixxel-td2", date: "2024-06-14" },
    unknown: { kept: true }
  }
])

export const aoiId = AoiId.make("aoi-1")

export const asset = new Asset({
  id: AssetId.make("asset-1"),
  aoiId: Option.some(aoiId),
  type: Option.some("mosaic"),
  status: Option.some("success"),
  path: Option.some(Redacted.make("https://assets.test/aoi-1/asset-1.tif?signature=c0ffee"))
})

export const insight = { id: "insight-1", outcome: "succeeded", outputs: image === undefined ? [] : [image] } as const

export const square = {
  type: "Polygon" as const,
  coordinates: [
    [
      [77, 12],
      [78, 12],
      [78, 13],
      [77, 12]
    ]
  ]
}

/** The inputs of a request, as JSON. */
export const sent = (
  given: DataTypes.Values,
  of: ReadonlyArray<DataType>
): ReadonlyArray<Readonly<Record<string, unknown>>> =>
  Either.getOrThrowWith(DataTypes.fill(of, given), (error) => new Error(error.message)).map((data) =>
    Object(JSON.parse(JSON.stringify(DataTypes.encode(data))))
  )

/** An object, with `__proto__` as a key of its own. */
export const recordOf = <A>(entries: ReadonlyArray<readonly [string, A]>): Readonly<Record<string, A>> =>
  Object.fromEntries(entries)

export const names = ["image", "start_date", "end", "threshold", "season", "constructor", "__proto__"]
export const formats = ["raster", "vector", "tabular", "date", "number", "string", "datacube"]
const day = fc.integer({ min: 0, max: 25_000 }).map((days) => DateTime.unsafeMake(days * 86_400_000))
const moment = fc.integer({ min: -1e12, max: 4e12 }).map((millis) => DateTime.unsafeMake(millis))
const url = fc.webUrl({ validSchemes: ["s3", "https"] })
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))

/** Values of each format. */
export const rightOnes: Readonly<Record<string, fc.Arbitrary<DataTypes.Value>>> = {
  raster: fc.oneof(url, fc.constant(asset), fc.constant({ insight, output: "result" })),
  vector: fc.oneof(url, fc.constant(square)),
  tabular: url,
  date: fc.oneof(day, moment),
  number,
  string: fc.string({ minLength: 1, unit: "grapheme" }),
  datacube: fc.oneof(fc.string({ minLength: 1 }), number)
}

/** A block, and a value for each of its inputs. */
export const filled = fc
  .uniqueArray(fc.constantFrom(...names), { minLength: 1 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc
          .constantFrom(...formats)
          .chain((format) =>
            fc.record({ name: fc.constant(name), format: fc.constant(format), value: rightOnes[format]! })
          )
      )
    )
  )
