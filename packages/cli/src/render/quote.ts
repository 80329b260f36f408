/** The price of an order before it is placed: billed area, tier, captures, uplifts and total. */
import type { Bandset, OrderQuote, OrdersApi } from "@effect-pixxel/client"
import * as Geometry from "@effect-pixxel/client/Geometry"
import { areasIn, isDifference } from "@effect-pixxel/client/internal/geometry"
import * as CaptureTier from "@effect-pixxel/client/orders/CaptureTier"
import { costOf } from "@effect-pixxel/client/orders/internal/quote"
import type * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { upliftColumns } from "./orders.js"
import { part } from "./results.js"
import type { Style } from "./style.js"
import { type Fields, fields, sections } from "./table.js"
import { tokens } from "./words.js"

type Item = OrdersApi.Item

/** A quote, and the facts that explain it. */
export interface Quoted {
  readonly items: ReadonlyArray<Item>
  readonly quote: OrderQuote
  /** The bandsets, if they could be read. */
  readonly bandsets: ReadonlyArray<Bandset>
  /** The time of the quote. */
  readonly at: DateTime.DateTime
}

/** The tier of an item that is captured once. */
export const tierOf = (item: Item, at: DateTime.DateTime): Option.Option<CaptureTier.CaptureTier> =>
  item.type === "tasking" && (item.recurrence ?? "ONCE") === "ONCE" && item.end !== undefined
    ? Option.some(CaptureTier.of({ start: item.start, end: item.end }, at))
    : Option.none()

/** The tier in words, with its effects on the price. */
const tierText = (tier: CaptureTier.CaptureTier): string => {
  const name = tier.charAt(0).toUpperCase() + tier.slice(1)
  return CaptureTier.isChargedDespiteClouds(tier)
    ? `${name}: +${CaptureTier.uplifts[tier]} %, charged despite clouds`
    : `${name}: no uplift`
}

/** The area in square kilometres: that of the quote, or that of the input. */
const areaOf = (item: Item, quoted: Option.Option<number>): number => {
  const found = areasIn(item.geometry, "geometry")
  const own = isDifference(found) ? 0 : found.features.reduce((sum, { geometry }) => sum + Geometry.area(geometry), 0)
  return Option.getOrElse(quoted, () => Math.ceil(own / 1e6))
}

const areaText = (item: Item, quoted: Option.Option<number>): string => {
  const area = areaOf(item, quoted)
  const billed = item.type === "tasking" ? CaptureTier.billedArea(area) : area
  return billed > area ? `${area} km², billed as ${billed} km²` : `${area} km²`
}

const captures = (amount: number) => `${amount} ${amount === 1 ? "capture" : "captures"}`

const bandsetText = ({ bandsetId }: OrdersApi.TaskingItem, bandsets: ReadonlyArray<Bandset>): string =>
  Option.match(
    Option.flatMap(Option.fromNullable(bandsets.find(({ id }) => id === bandsetId)), (it) => it.captures),
    {
      onNone: () => bandsetId,
      onSome: (amount) =>
        amount === 1 ? `${bandsetId}, 1 capture` : `${bandsetId}, ${captures(amount)}, which multiply the price`
    }
  )

const windowText = ({ end, occurrences, recurrence = "ONCE", start }: OrdersApi.TaskingItem): string =>
  [
    recurrence === "ONCE" ? "once" : recurrence.toLowerCase(),
    `from ${start}`,
    ...(end === undefined ? [] : [`to ${end}`]),
    ...(occurrences === undefined ? [] : [`${occurrences} times`])
  ].join(" ")

const itemFields = (item: Item, at: number, { at: time, bandsets, quote }: Quoted): Fields => {
  const quoted = Option.fromNullable(quote.items[at])
  const of = <A>(read: (it: OrderQuote["items"][number]) => Option.Option<A>) => Option.flatMap(quoted, read)
  return [
    ["item", item.name ?? `${item.type} ${at + 1}`],
    ["project", item.projectId],
    ...(item.type === "tasking"
      ? ([
          ["window", windowText(item)],
          ["tier", Option.map(tierOf(item, time), tierText)],
          ["bandset", bandsetText(item, bandsets)]
        ] as const)
      : ([["images", item.itemIds.join(", ")]] as const)),
    [
      "area",
      areaText(
        item,
        of((it) => it.squareKilometres)
      )
    ],
    ["feasibility", of((it) => it.feasibility)],
    ["base price", tokens(of((it) => it.baseAmount))],
    ["price", tokens(of((it) => it.finalAmount))]
  ]
}

/** The total in words. */
export const totalText = (quote: OrderQuote): string =>
  Option.match(tokens(costOf(quote)), {
    onNone: () => "The server sent no readable total.",
    onSome: (amount) => `The total is ${amount}.`
  })

/** All items with their prices, and the total. */
export const quotation = (it: Quoted, style: Style): string =>
  sections(
    ...it.items.flatMap((item, at) => [
      fields(itemFields(item, at, it), style),
      part(upliftColumns, it.quote.items[at]?.uplifts ?? [], style)
    ]),
    totalText(it.quote)
  )

/** Price of a quote in tokens, if it is readable. */
export { costOf }
