/** The items of an order as a caller gives them: their checks, before anything is sent, and their wire format. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { FeatureCollection, MultiPolygon, Polygon } from "geojson"
import { CalendarDate } from "../../CalendarDate.js"
import type { Difference, PixxelInvalidInput } from "../../InputError.js"
import { areasIn, isDifference } from "../../internal/geometry.js"
import { badIds, badIf, badWhole, checkInput, differ, emptyOnes, given, type Named } from "../../internal/invalid.js"
import type { OrdersApi } from "../OrdersApi.js"

type Collection = FeatureCollection<Polygon | MultiPolygon>

/** An item that has been checked. */
export type Checked = OrdersApi.Item & { readonly geometry: Collection }

/** The input of a quote or a submit, with checked items, of which there is at least one. */
export interface CheckedOrder {
  readonly items: readonly [Checked, ...Array<Checked>]
}

const isDay = Schema.is(CalendarDate)

const beginOf = (day: string) => DateTime.toEpochMillis(DateTime.unsafeMake(day))

const hour = 3_600_000

/** The time from an order to the first day of its window, at least (documented). */
const lead = 24

const window = (
  { end, occurrences, recurrence = "ONCE", start }: OrdersApi.TaskingItem,
  now: number
): ReadonlyArray<Difference> => {
  const days = Object.entries({ start, ...given({ end }) })
  const badDays = days.filter(([, day]) => !isDay(day))
  if (badDays.length > 0) {
    return badDays.map(([path, day]) => differ(path, JSON.stringify(day) ?? "missing", "a day such as 2026-03-01"))
  }
  const ahead = (beginOf(start) - now) / hour
  const isOnce = recurrence === "ONCE"
  const hasCount = occurrences !== undefined
  return [
    ...badIf(
      ahead < lead,
      "start",
      `${start}, which begins ${ahead < 0 ? "in the past" : `in ${Math.floor(ahead)} hours`} (UTC),`,
      `a day that begins ${lead} hours from now or later`
    ),
    ...badIf(
      end !== undefined && end <= start,
      "end",
      `${end}, which is not after the start ${start},`,
      "the day after the last one of the window"
    ),
    ...(hasCount ? badWhole("occurrences", occurrences, 1) : []),
    ...badIf(isOnce && end === undefined, "end", "missing", "the end of a window that recurs ONCE"),
    ...badIf(isOnce && hasCount, "occurrences", "given", "a recurrence other than ONCE"),
    ...badIf(
      !isOnce && hasCount === (end !== undefined),
      "end",
      hasCount ? "given with occurrences" : "missing without occurrences",
      "exactly one of both"
    )
  ]
}

const tasking = (item: OrdersApi.TaskingItem, now: number): ReadonlyArray<Difference> => {
  const { bandsetId, cloudCover = 0, offNadir = 0 } = item
  return [
    ...window(item, now),
    ...emptyOnes({ bandsetId }),
    ...badWhole("cloudCover", cloudCover, 0, 100),
    ...badWhole("offNadir", offNadir, 0, 90)
  ]
}

/** The longest name (documented). */
const longestName = 100

const named = (name: string): ReadonlyArray<Difference> =>
  name.length > longestName
    ? [differ("name", `a text of ${name.length} characters`, `a text of ${longestName} at most`)]
    : emptyOnes({ name })

const differencesOf = (item: OrdersApi.Item, now: number): ReadonlyArray<Difference> => [
  ...emptyOnes({
    projectId: item.projectId,
    usecase: item.usecase,
    ...(item.cloudDelivery === undefined ? {} : { "cloudDelivery.store": item.cloudDelivery.store })
  }),
  ...(item.name === undefined ? [] : named(item.name)),
  ...(item.type === "tasking" ? tasking(item, now) : badIds({ itemIds: item.itemIds }))
]

/** Checks all items at once. */
export const check = (
  row: Named,
  items: ReadonlyArray<OrdersApi.Item>
): Effect.Effect<CheckedOrder["items"], PixxelInvalidInput> =>
  Effect.gen(function* () {
    const now = DateTime.toEpochMillis(yield* DateTime.now)
    const names = items.map(({ name }) => name)
    const found = items.map((item, at) => {
      const path = `items[${at}]`
      const area = areasIn(item.geometry, `${path}.geometry`)
      const differences: ReadonlyArray<Difference> = [
        ...differencesOf(item, now).map((it) => ({ ...it, path: `${path}.${it.path}` })),
        ...(isDifference(area) ? [area] : []),
        ...badIf(
          item.name !== undefined && names.indexOf(item.name) < at,
          `${path}.name`,
          "the name of another item",
          "a name of its own"
        )
      ]
      return { differences, checked: isDifference(area) ? [] : [{ ...item, geometry: area }] }
    })
    yield* checkInput(row, [...emptyOnes({ items }), ...found.flatMap(({ differences }) => differences)])
    // there is an item, and each has an area
    return found.flatMap(({ checked }) => checked) as unknown as CheckedOrder["items"]
  })

const timeOf = (day: string) => `${day}T00:00:00Z`

const taskingFields = (item: OrdersApi.TaskingItem) => ({
  recurrence: item.recurrence ?? "ONCE",
  start_date: timeOf(item.start),
  end_date: item.end === undefined ? undefined : timeOf(item.end),
  no_of_occurrences: item.occurrences,
  cloud_cover: item.cloudCover,
  off_nadir: item.offNadir,
  bandset: { bandset_id: item.bandsetId }
})

/** The wire format of an item. No field has its type: the server infers it from the others (documented). */
export const encode = (item: Checked): Readonly<Record<string, unknown>> => {
  const { cloudDelivery, geometry, name, projectId, usecase } = item
  return given<unknown>({
    project_id: projectId,
    name,
    geometry,
    usecase,
    ...(item.type === "tasking" ? taskingFields(item) : { item_ids: item.itemIds }),
    cloud_delivery:
      cloudDelivery === undefined ? undefined : given({ config: cloudDelivery.store, path: cloudDelivery.path })
  })
}
