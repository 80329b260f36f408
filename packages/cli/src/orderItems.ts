/** The items of an order, as a file or the options of one item give them. */
import type * as Command from "@effect/cli/Command"
import type { OrdersApi } from "@effect-pixxel/client"
import { areasIn, isDifference } from "@effect-pixxel/client/internal/geometry"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { areaOf } from "./area.js"
import { syntax } from "./commands/command.js"
import type { ordering } from "./commands/orders.js"
import { UsageError } from "./failure/errors.js"
import * as form from "./jsonFile.js"

export type Items = ReadonlyArray<OrdersApi.Item>

/** The options of one item, and the file with all items. */
export type Given = Command.Command.ParseConfig<typeof ordering>

const anyItem = {
  projectId: form.Text,
  geometry: Schema.Unknown,
  usecase: form.Text,
  name: form.maybe(form.Text),
  cloudDelivery: form.maybe(
    Schema.Struct({ store: form.Text, path: form.maybe(form.Text) }).annotations({ title: 'an object with a "store"' })
  )
}

const Tasking = Schema.Struct({
  type: Schema.Literal("tasking"),
  ...anyItem,
  start: form.Text,
  end: form.maybe(form.Text),
  bandsetId: form.Text,
  recurrence: form.maybe(Schema.Literal("ONCE", "MONTHLY", "BIMONTHLY", "QUARTERLY")),
  occurrences: form.maybe(form.Amount),
  cloudCover: form.maybe(form.Amount),
  offNadir: form.maybe(form.Amount)
})

const Archive = Schema.Struct({
  type: Schema.Literal("archive"),
  ...anyItem,
  itemIds: form.list(form.Text, "a list of ids")
})

const Item = Schema.Union(Tasking, Archive).annotations({ title: "an item of an order" })

const Form = Schema.Struct({ items: form.list(Item, "a list of items") }).annotations({
  title: 'an object with "items"'
})

/** Reads the form of an order. The client checks the values. */
const inFile = (path: string) =>
  Effect.map(
    form.readForm(
      path,
      Form,
      (problem) =>
        new UsageError({
          message: `The order was not sent: ${problem}.`,
          next: 'The file has the items as OrdersApi.submit takes them: { "items": [{ "type": "tasking", … }] }.'
        })
    ),
    // the client checks the texts and the areas
    ({ items }) => items as unknown as Items
  )

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
