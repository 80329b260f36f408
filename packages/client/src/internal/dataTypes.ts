/** Tells the kinds of data apart by their format, and reads and writes data. */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import {
  DataType,
  DateData,
  NumberData,
  OtherData,
  RasterData,
  TabularData,
  TextData,
  VectorData
} from "../DataType.js"
import { parseJson } from "./body.js"
import { manyOf } from "./field.js"
import type { AnyModel } from "./model.js"
import * as Raw from "./raw.js"
import * as wire from "./wire.js"

/** By the words of the documentation. */
const models: ReadonlyMap<string, AnyModel<DataType>> = new Map<string, AnyModel<DataType>>([
  ["raster", RasterData],
  ["vector", VectorData],
  ["tabular", TabularData],
  ["date", DateData],
  ["number", NumberData],
  ["string", TextData]
])

const all = [...models.values(), OtherData]

/** The model of some JSON: any object is data. */
const modelOf = (json: unknown): AnyModel<DataType> => {
  const format = wire.isObject(json) ? json["format"] : undefined
  return (typeof format === "string" ? models.get(format.toLowerCase()) : undefined) ?? OtherData
}

/** A list of data. */
export const dataTypes = (name: string, ...others: ReadonlyArray<string>) =>
  manyOf(DataType, all, modelOf, name, ...others)

export const isData = (value: unknown): value is DataType => DataType.members.some((Model) => value instanceof Model)

// --- reading ---

const parsed = (text: string): unknown => Option.getOrUndefined(parseJson(text))

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

const ofBase64 = (text: string): unknown => {
  try {
    return parsed(textOf(Uint8Array.from(atob(text), (character) => character.charCodeAt(0))))
  } catch {
    return undefined
  }
}

const isByte = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 256

/** The JSON that Go writes for raw JSON: itself, or its bytes, which may be in base64. */
const contentOf = (json: unknown): unknown =>
  typeof json === "string"
    ? (parsed(json) ?? ofBase64(json))
    : Array.isArray(json) && json.length > 0 && json.every(isByte)
      ? parsed(textOf(Uint8Array.from(json)))
      : json

const { read } = dataTypes("data")

export const decode = (json: unknown): ReadonlyArray<DataType> => {
  const content = contentOf(Option.isOption(json) ? Option.getOrUndefined(json) : json)
  // the reader of the field gives data
  const found = read(wire.isObject(content) ? [content] : content, "data", []) as Option.Option<ReadonlyArray<DataType>>
  return Option.getOrElse(found, () => [])
}

// --- writing ---

/** A day, or a time in UTC. */
export const dateText = (value: DateTime.DateTime): string => {
  const { hours, millis, minutes, seconds } = DateTime.toParts(value)
  return hours === 0 && minutes === 0 && seconds === 0 && millis === 0
    ? DateTime.formatIsoDate(value)
    : DateTime.formatIso(value)
}

/** The format and the type of data that has none. */
const words = {
  Raster: { format: "raster", type: "url" },
  Vector: { format: "vector", type: "url" },
  Tabular: { format: "tabular", type: "url" },
  Date: { format: "date", type: "string" },
  Number: { format: "number", type: "number" },
  Text: { format: "string", type: "string" },
  Other: {}
} as const

const textValue = (value: unknown): unknown =>
  DateTime.isDateTime(value) ? dateText(value) : typeof value === "number" ? String(value) : value

/** Writes the fields of data that does not come from JSON. */
const written = (data: DataType): Readonly<Record<string, unknown>> => {
  const { area, description, displayName, format, group, isArtifact, metadata, name, properties, type } = data
  const source = "assetSource" in data ? data.assetSource : Option.none()
  const fields = {
    name,
    display_name: displayName,
    description,
    format,
    type,
    group,
    version: data.version,
    is_artifact: isArtifact,
    area,
    validation: data.validation,
    properties,
    default: Option.map<unknown, unknown>(data.default, textValue),
    value: Option.map<unknown, unknown>(data.value, textValue),
    stac_url: "stacUrl" in data ? data.stacUrl : Option.none(),
    asset_source: Option.map(source, ({ id, layerName, type }) =>
      Record.getSomes<string, string>({ id, type, layer_name: layerName })
    )
  }
  return {
    ...words[data._tag],
    ...Record.getSomes<string, unknown>(fields),
    ...(Object.keys(metadata).length > 0 && { metadata })
  }
}

/** The wire format: the JSON of the data, if any, to a depth that can be sent. */
export const encode = (data: DataType): Readonly<Record<string, unknown>> =>
  Option.match(Raw.of(data), {
    onNone: () => written(data),
    onSome: (json) => Object(Option.getOrUndefined(wire.json(json, "", [])))
  })

/** Reads data from its wire format. */
export const ofJson = (json: Readonly<Record<string, unknown>>): ReadonlyArray<DataType> => decode([json])
