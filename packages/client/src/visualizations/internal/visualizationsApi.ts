/** The operations composed of those of visualizations. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { listAssets } from "../../assets/internal/listAssets.js"
import { CalendarDate } from "../../CalendarDate.js"
import type { HttpError } from "../../HttpError.js"
import type { Difference, PixxelInvalidInput } from "../../InputError.js"
import { callAll } from "../../internal/call.js"
import { Connection } from "../../internal/connection.js"
import { badIds, badIf, badWhole, checkInput, emptyOnes, given } from "../../internal/invalid.js"
import { inList } from "../../internal/listed.js"
import { collected } from "../../internal/paging.js"
import { checked, type Method } from "../../internal/service.js"
import * as span from "../../internal/span.js"
import * as unique from "../../internal/unique.js"
import { make as makeWaits } from "../../internal/waits.js"
import { VisualizationSubject } from "../Subject.js"
import { type Mode, Visualization, type VisualizationMetadata } from "../Visualization.js"
import { type VisualizationCreateError, VisualizationFailed } from "../VisualizationError.js"
import type { VisualizationsApi } from "../VisualizationsApi.js"
import * as endpoints from "./endpoints.js"

const isDay = Schema.is(CalendarDate)

/** The difference of a date that is no calendar day. */
const differencesOfDay = (path: string, date: string): ReadonlyArray<Difference> => {
  const day = /^\d{4}(_\d{2}){2}$/.test(date) ? date.replaceAll("_", "-") : date
  return badIf(!isDay(day), path, "no day", "a calendar day such as 2025-06-14")
}

export const png = checked(endpoints.generatePng, ({ date }) => differencesOfDay("date", date))

const differencesOfDays = (dates: ReadonlyArray<string>) =>
  dates.flatMap((date, index) => differencesOfDay(`dates[${index}]`, date))

export const sld = checked(endpoints.generateSld, ({ dates, modes }) => [
  ...emptyOnes({ dates, modes }),
  ...differencesOfDays(dates)
])

/** The first difference of the items of a legend whose values are known. */
const differencesOfItems = (path: string, items: ReadonlyArray<VisualizationsApi.DynamicItem>, mode: Mode) =>
  items.flatMap(({ max, min }, index): ReadonlyArray<Difference> => {
    const before = items[index - 1]?.max ?? -Infinity
    const at = `${path}[${index}]`
    if (min == null || max == null) return badIf(mode !== "dynamic", at, "without values", "min and max")
    const found = min < max ? "below the item before" : `${min} to ${max}`
    return badIf(!(min < max && before <= min), at, found, "a range above the item before")
  })

export const setLegend: Method<
  (input: VisualizationsApi.SetLegendInput) => Effect.Effect<VisualizationMetadata, HttpError | PixxelInvalidInput>
> = checked(endpoints.updateMetadata, ({ bins, legend, mode }) => [
  ...emptyOnes({ legend: Object.keys(legend) }),
  ...differencesOfDays(Object.keys(legend)),
  ...Object.entries(legend).flatMap(([date, items]) => [
    ...emptyOnes({ [`legend.${date}`]: items }),
    ...differencesOfItems(`legend.${date}`, items, mode)
  ]),
  ...(mode === "dynamic"
    ? badWhole("bins", bins, 1, 15)
    : badIf(bins !== undefined, "bins", String(bins), "nothing for a theoretical legend"))
])

export const resetLegend = checked(endpoints.rollbackMetadata, ({ dates }) => [
  ...emptyOnes({ dates }),
  ...differencesOfDays(dates)
])

/** The visualizations of one client: what its creates and its waits share. */
export const make = Effect.gen(function* () {
  const http = yield* Connection
  const waits = yield* makeWaits(http, {
    name: "VisualizationsApi.wait",
    subjectOf: ({ aoiId, visualizationId }: VisualizationsApi.VisualizationRef) =>
      VisualizationSubject.make({ aoiId, visualizationId }),
    get: ({ aoiId, visualizationId }) =>
      inList(http, endpoints.listVisualizations, { aoiId, id: visualizationId }, "visualization", visualizationId),
    failed: ({ what, ...ended }) =>
      new VisualizationFailed({ ...ended, message: `${what}: no reason given. Check its assets, and create another.` })
  })

  const create = (input: VisualizationsApi.CreateInput): Effect.Effect<Visualization, VisualizationCreateError> =>
    Effect.gen(function* () {
      const { aoiId, assetIds, indexId } = input
      yield* checkInput(endpoints.createVisualization, badIds(given({ assetIds })))
      const found = callAll(http, endpoints.listVisualizations, { aoiId, indexId }).pipe(
        Stream.filter((it) => Option.contains(it.indexId, indexId)),
        Stream.map((it) => new Visualization({ ...it }))
      )
      const made = yield* unique.createBy(http, endpoints.createVisualization, input, {
        target: { _tag: "Visualization", aoiId, indexId },
        find: collected(found),
        // a list shows no assets: the only new one of the index is the one that was sent
        equals: () => true
      })
      yield* waits.record({ aoiId, visualizationId: made.id })
      return made
    })

  return { waits, create }
})

/** The kind of an asset that is an image of a visualization. */
const picture = "visualization"

/** The days of a visualization, by the assets of its AOI, since no operation shows it whole. */
export const dates: Method<
  (ref: VisualizationsApi.VisualizationRef) => Effect.Effect<ReadonlyArray<CalendarDate>, HttpError>
> =
  (http) =>
  ({ aoiId, visualizationId }) =>
    callAll(http, listAssets, { aoiId }).pipe(
      Stream.filter(
        (asset) =>
          Option.contains(asset.visualizationId, visualizationId) &&
          Option.getOrElse(asset.type, () => picture) === picture &&
          asset.outcome !== "failed"
      ),
      Stream.filterMap(({ date }) => date),
      Stream.map((date) => CalendarDate.make(DateTime.formatIsoDateUtc(date))),
      collected,
      Effect.map((dates) => [...new Set(dates)].sort()),
      span.within("VisualizationsApi.dates")
    )
