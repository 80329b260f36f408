/** Fills the templates of a block's inputs, and finds all that is wrong with their values. */
import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { DataType } from "../DataType.js"
import type { AssetRef, OutputRef, Values } from "../DataTypes.js"
import type { AoiId } from "../Ids.js"
import type { Difference, PixxelInvalidInput } from "../InputError.js"
import { dateText, encode, isData, ofJson } from "./dataTypes.js"
import { areaIn, isDifference } from "./geometry.js"
import { invalidInput } from "./invalid.js"
import { nearestFirst } from "./nearest.js"
import * as times from "./times.js"
import * as wire from "./wire.js"

/** The fields that a value adds to its template. */
type Fields = Readonly<Record<string, unknown>>

type Filled = Either.Either<Fields, Difference>

interface Options {
  readonly aoiId?: AoiId | undefined
}

const differ = (path: string, found: string, expected: string): Filled => Either.left({ path, found, expected })

/** A value in a message. The query of a URL, and its user, may give access. */
const shown = (value: unknown): string => {
  if (typeof value === "number") return String(value)
  if (typeof value !== "string" || value === "")
    return isData(value) ? `${value._tag.toLowerCase()} data` : wire.kindOf(value)
  const text = value.includes("://") ? value.replace(/[?#].*$/s, "").replace(/:\/\/[^/]*@/, "://") : value
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

/** Names in a message, the nearest first. */
const oneOf = (name: string, names: ReadonlyArray<string>): string => {
  const [last, ...others] = nearestFirst(name, names).slice(0, 12).reverse()
  return others.length === 0 ? (last ?? "none") : `${others.reverse().join(", ")} or ${last}`
}

const isUrl = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(text)

// --- what a value refers to ---

const isAsset = (value: unknown): value is AssetRef =>
  wire.isObject(value) &&
  typeof value["id"] === "string" &&
  typeof value["outcome"] === "string" &&
  Option.isOption(value["path"]) &&
  Option.isOption(value["type"]) &&
  Option.isOption(value["aoiId"])

const isOutput = (value: unknown): value is OutputRef => {
  const { insight, output }: Fields = wire.isObject(value) ? value : {}
  return typeof output === "string" && wire.isObject(insight) && Array.isArray(insight["outputs"])
}

const ofAsset = (asset: AssetRef, stacUrl: unknown, path: string, { aoiId }: Options): Filled => {
  const state = asset.outcome === "failed" ? "has failed" : "is not ready"
  if (asset.outcome !== "succeeded") return differ(path, `an asset that ${state}`, "one that is ready")
  if (aoiId !== undefined && Option.isSome(asset.aoiId) && asset.aoiId.value !== aoiId) {
    return differ(path, `an asset of AOI ${shown(asset.aoiId.value)}`, `one of AOI ${shown(aoiId)}`)
  }
  const own = Option.map(asset.path, (it) => Redacted.value(it).replace(/[?#].*$/s, ""))
  const url = stacUrl ?? Option.getOrUndefined(own)
  if (url === undefined) return differ(path, "an asset without a path", "{ asset, stacUrl }")
  if (typeof url !== "string" || !isUrl(url)) return differ(path, `an asset at ${shown(url)}`, "one at a URL")
  const type = Option.map(asset.type, (it) => (it === "mosaic" ? "raw_mosaic" : it))
  return Either.right({
    stac_url: url,
    asset_source: { id: asset.id, ...(Option.isSome(type) && { type: type.value }) }
  })
}

const ofOutput = (template: DataType, { insight, output }: OutputRef, path: string, options: Options): Filled => {
  const outputs = insight.outputs.filter(isData)
  const found = outputs.find(({ name }) => Option.contains(name, output))
  const state = insight.outcome === "failed" ? "has failed" : "has not ended"
  if (insight.outcome !== "succeeded") return differ(path, `an insight that ${state}`, "one that has succeeded")
  if (found === undefined) {
    const names = outputs.flatMap(({ name }) => Option.toArray(name))
    return differ(path, `no output of the insight: ${shown(output)}`, oneOf(output, names))
  }
  return Either.map(filledBy(template, found, path, options), (fields) => ({
    asset_source: { id: insight.id, type: "insight" },
    ...fields
  }))
}

const ofData = (template: DataType, data: DataType, path: string, options: Options): Filled => {
  if (template._tag !== "Other" && data._tag !== template._tag) return differ(path, shown(data), expectedOf(template))
  const isValued = Option.isSome<unknown>(data.value)
  if ("stacUrl" in data && Option.isSome(data.stacUrl)) {
    if (isValued) return differ(path, "a value and a STAC URL", "one of them")
    if (template._tag !== "Raster") return differ(path, "data at a STAC URL", expectedOf(template))
    if (!isUrl(data.stacUrl.value)) return differ(path, `data at ${shown(data.stacUrl.value)}`, "data at a URL")
    const isFromAsset = Option.exists(data.assetSource, ({ id }) => Option.isSome(id))
    return isFromAsset ? Either.right(sourced(data)) : differ(path, "an image without its asset", "an asset")
  }
  if (isValued && !isData(data.value.value)) {
    return Either.map(filledBy(template, data.value.value, path, options), (fields) => ({
      ...sourced(data),
      ...fields
    }))
  }
  return template._tag === "Vector" && data._tag === "Vector" && Option.isSome(data.geometry)
    ? Either.right(withGeometry(template, data.geometry.value))
    : differ(path, `${shown(data)} without a value`, expectedOf(template))
}

/** The place of an image, and the asset that it comes from. */
const sourced = (data: DataType): Fields => {
  const { asset_source, stac_url } = encode(data)
  return { ...(stac_url !== undefined && { stac_url }), ...(asset_source !== undefined && { asset_source }) }
}

const withGeometry = (template: DataType, geometry: unknown): Fields => ({
  properties: { ...Object(Option.getOrUndefined(template.properties)), geometry }
})

// --- kinds ---

const expectations = {
  Raster: "an asset, an output of an insight or a URL",
  Vector: "GeoJSON, an output of an insight or a URL",
  Tabular: "an output of an insight or a URL",
  Date: "a day such as 2024-01-01",
  Number: "a number",
  Text: "a text",
  Other: "a text or a number"
} as const

const expectedOf = ({ _tag }: DataType): string => expectations[_tag]

const numeric = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i

const numberText = (value: unknown): string | undefined => {
  const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : ""
  return numeric.test(text) && Number.isFinite(Number(text)) ? text : undefined
}

const isTime = (millis: number | undefined): millis is number => millis !== undefined && millis !== times.unset

const dayText = (value: unknown): string | undefined => {
  const millis = typeof value === "string" ? times.millisOf(value.trim()) : undefined
  const date = DateTime.isDateTime(value) ? value : isTime(millis) ? DateTime.unsafeMake(millis) : undefined
  const text = date === undefined ? "" : dateText(date)
  // a year beyond 9999 has another form
  return isTime(times.millisOf(text)) ? text : undefined
}

/** The text of a plain value on the wire; undefined for one of another kind. */
const textOf = ({ _tag }: DataType, value: unknown): string | undefined => {
  switch (_tag) {
    case "Date":
      return dayText(value)
    case "Number":
      return numberText(value)
    case "Text":
      return typeof value === "string" && value !== "" ? value.toWellFormed() : undefined
    case "Other":
      return typeof value === "string" && value !== "" ? value.toWellFormed() : numberText(value)
    default:
      return typeof value === "string" && isUrl(value) ? value.toWellFormed() : undefined
  }
}

/** The rule of the template that a text breaks. */
const brokenRule = ({ validation }: DataType, text: string): string | undefined => {
  const { allowed_values: allowed, max_value: max, min_value: min }: Fields = Object(Option.getOrUndefined(validation))
  const words = Array.isArray(allowed) ? allowed.filter((it) => typeof it !== "object").map(String) : undefined
  if (typeof min === "number" && Number(text) < min) return `at least ${min}`
  if (typeof max === "number" && Number(text) > max) return `at most ${max}`
  return words === undefined || words.includes(text) ? undefined : oneOf(text, words)
}

const filledBy = (template: DataType, value: unknown, path: string, options: Options): Filled => {
  const { _tag } = template
  if (isData(value)) return ofData(template, value, path, options)
  if (isOutput(value)) return ofOutput(template, value, path, options)
  if (_tag === "Raster" && isAsset(value)) return ofAsset(value, undefined, path, options)
  if (_tag === "Raster" && wire.isObject(value) && isAsset(value["asset"])) {
    return ofAsset(value["asset"], value["stacUrl"], path, options)
  }
  if (_tag === "Vector" && wire.isObject(value)) {
    const area = areaIn(["Polygon", "MultiPolygon"], value, path)
    return isDifference(area) ? Either.left(area) : Either.right(withGeometry(template, area))
  }
  const text = textOf(template, value)
  if (text === undefined) {
    return differ(path, isAsset(value) ? "an asset" : shown(value), expectedOf(template))
  }
  const rule = brokenRule(template, text)
  return rule === undefined ? Either.right({ value: text }) : differ(path, shown(value), rule)
}

// --- all of them ---

/** A template with a value in the place of another one. */
const apply = (template: DataType, fields: Fields): ReadonlyArray<DataType> => {
  const { asset_source, stac_url, value, ...rest } = encode(template)
  const own = "value" in fields || "stac_url" in fields ? {} : { asset_source, stac_url, value }
  return ofJson({ ...rest, ...own, ...fields })
}

const isFilled = (data: DataType): boolean =>
  Option.isSome(data.value) ||
  Option.isSome<unknown>(data.default) ||
  ("stacUrl" in data && Option.isSome(data.stacUrl)) ||
  (data._tag === "Vector" && Option.isSome(data.geometry))

export const fill = (
  template: ReadonlyArray<DataType>,
  values: Values,
  options: Options = {}
): Either.Either<ReadonlyArray<DataType>, PixxelInvalidInput> => {
  const problems: Array<Difference> = []
  const names = template.flatMap(({ name }) => Option.toArray(name))
  const given = new Map(Object.entries(values).filter(([, value]) => value !== undefined))
  const filled = template.flatMap((data) => {
    const name = Option.getOrUndefined(data.name)
    if (name === undefined || (!given.has(name) && isFilled(data))) return [data]
    const path = `inputs.${name}`
    const fields = given.has(name)
      ? filledBy(data, given.get(name), path, options)
      : differ(path, "missing", expectedOf(data))
    if (Either.isRight(fields)) return apply(data, fields.right)
    problems.push(fields.left)
    return []
  })
  for (const name of given.keys()) {
    if (!names.includes(name)) {
      problems.push({ path: `inputs.${name}`, found: "no input of the block", expected: oneOf(name, names) })
    }
  }
  const [first, ...others] = problems
  return first === undefined
    ? Either.right(filled)
    : Either.left(invalidInput({ name: "InsightsApi.create", operation: "createInsights" }, first, others))
}
