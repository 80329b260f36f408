/** The items of an order, as a file or the options of one item give them. */
import type * as Command from "@effect/cli/Command"
import type { OrdersApi } from "@effect-pixxel/client"
import { areasIn, isDifference } from "@effect-pixxel/client/internal/geometry"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { areaOf } from "./area.js"
import { syntax } from "./commands/command.js"
import type { ordering } from "./commands/orders.js"
import { UsageError } from "./failure/errors.js"
import { fileError } from "./files.js"
import { nameOf, readJson } from "./jsonFile.js"

export type Items = ReadonlyArray<OrdersApi.Item>

/** The options of one item, and the file with all items. */
export type Given = Command.Command.ParseConfig<typeof ordering>

const anyItem = {
  projectId: Schema.String,
  geometry: Schema.Unknown,
  usecase: Schema.String,
  name: Schema.optional(Schema.String),
  cloudDelivery: Schema.optional(Schema.Struct({ store: Schema.String, path: Schema.optional(Schema.String) }))
}

const Tasking = Schema.Struct({
  type: Schema.Literal("tasking"),
  ...anyItem,
  start: Schema.String,
  end: Schema.optional(Schema.String),
  bandsetId: Schema.String,
  recurrence: Schema.optional(Schema.Literal("ONCE", "MONTHLY", "BIMONTHLY", "QUARTERLY")),
  occurrences: Schema.optional(Schema.Number),
  cloudCover: Schema.optional(Schema.Number),
  offNadir: Schema.optional(Schema.Number)
})

const Archive = Schema.Struct({ type: Schema.Literal("archive"), ...anyItem, itemIds: Schema.Array(Schema.String) })

const decode = Schema.decodeUnknownEither(Schema.Struct({ items: Schema.Array(Schema.Union(Tasking, Archive)) }), {
  errors: "all",
  onExcessProperty: "error"
})

const placeOf = (path: ReadonlyArray<PropertyKey>) =>
  path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .slice(1)

const sentence = ({ message, path }: ParseResult.ArrayFormatterIssue) =>
  [placeOf(path) || "the file", message.replace(/^(?!is )/, "has a mistake: ")].join(" ")

/** Reads the form of an order. The client checks the values. */
const inFile = (path: string) =>
  Effect.gen(function* () {
    const invalid = (problem: string) =>
      new UsageError({
        message: `The order was not sent: in ${nameOf(path)}, ${problem}.`,
        next: 'The file has the items as OrdersApi.submit takes them: { "items": [{ "type": "tasking", … }] }.'
      })
    const json = yield* readJson(path, {
      onFile: (cause) => fileError(`${path} could not be read`, cause),
      onText: () => invalid("there is no JSON")
    })
    const { items } = yield* Either.mapLeft(decode(json), (error) =>
      invalid(ParseResult.ArrayFormatter.formatErrorSync(error).map(sentence).join("; "))
    )
    // the client checks the texts and the areas
    return items as unknown as Items
  })

const ofCapture = ["start", "end", "bandsetId", "recurrence", "occurrences", "cloudCover", "offNadir"] as const

/** The inputs of one item. */
const ofItem = ["area", "projectId", "usecase", "name", ...ofCapture, "itemIds", "store", "path"] as const

type Input = (typeof ofItem)[number]

const optionOf = (input: Input): string =>
  `--${Option.getOrUndefined(syntax("orders submit"))?.optionOf.get(input) ?? input}`

const optionsIn = (given: Given, inputs: ReadonlyArray<Input>) =>
  inputs.filter((it) => given[it] !== undefined).map(optionOf)

const refuse = (message: string) =>
  Effect.fail(new UsageError({ message, next: "To see an example: pixxel orders submit --help" }))

/** Requires options. */
const required = <K extends Input>(given: Given, keys: ReadonlyArray<K>) => {
  const missing = keys.filter((key) => given[key] === undefined).map(optionOf)
  return missing.length > 0
    ? refuse(`An order needs ${missing.join(", ")}; or --file with all of its items.`)
    : // none is undefined
      Effect.succeed(Struct.pick(given, ...keys) as { readonly [Key in K]-?: NonNullable<Given[Key]> })
}

/** The areas of an item, of which there may be several. */
const areas = (json: unknown) => {
  const found = areasIn(json, "geometry")
  return isDifference(found) ? Either.left(found) : Either.right(found)
}

const one = (given: Given) =>
  Effect.gen(function* () {
    const { area, projectId, usecase } = yield* required(given, ["area", "projectId", "usecase"])
    const { itemIds, name, path, store } = given
    if (path !== undefined && store === undefined) return yield* refuse("--path is a folder in a store: add --store.")
    const [unfit] = itemIds === undefined ? [] : optionsIn(given, ofCapture)
    if (unfit !== undefined) return yield* refuse(`--item orders images of the archive, which have no ${unfit}.`)
    const own =
      itemIds === undefined
        ? {
            type: "tasking" as const,
            ...(yield* required(given, ["start", "bandsetId"])),
            end: given.end,
            recurrence: given.recurrence,
            occurrences: given.occurrences,
            cloudCover: given.cloudCover,
            offNadir: given.offNadir
          }
        : { type: "archive" as const, itemIds }
    const item: OrdersApi.Item = {
      ...own,
      projectId,
      usecase,
      name,
      geometry: yield* areaOf(areas, area, "SubmitOrder", "The order"),
      cloudDelivery: store && { store, path }
    }
    return [item]
  })

/** The items that a command line gives. */
export const itemsOf = (given: Given) => {
  const [first] = optionsIn(given, ofItem)
  if (given.file === undefined) return one(given)
  return first === undefined
    ? inFile(given.file)
    : refuse(`--file has all items of an order, so ${first} has no effect.`)
}
