/** `pixxel search` and `pixxel satellites`: finds images of an area, and lists the satellites that take them. */
import { SatelliteId } from "@effect-pixxel/client/Ids"
import { unknownFilters } from "@effect-pixxel/client/search/internal/filters"
import type { Satellite } from "@effect-pixxel/client/search/Satellite"
import { SearchApi } from "@effect-pixxel/client/search/SearchApi"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { areaIn } from "../area.js"
import { UsageError } from "../failure/errors.js"
import { nameOf } from "../jsonFile.js"
import { Output } from "../Output.js"
import { plain } from "../render/plain.js"
import type { Column } from "../render/table.js"
import type { Common } from "./answer.js"
import { listed, using } from "./calling.js"
import { images, newestFirst } from "./images.js"
import { view, viewed } from "./mapping.js"
import { date, file, id, maybe, percent as share } from "./options.js"

const calling = using(SearchApi, SearchApi.layer)

const satelliteColumns: ReadonlyArray<Column<Satellite>> = [
  { head: "ID", of: ({ id }) => id },
  { head: "NAME", cuts: true, of: ({ name }) => name },
  { head: "COLLECTIONS", of: ({ collections }) => collections.map(({ id }) => id).join(", ") },
  { head: "BANDS", minor: true, of: ({ bands }) => String(bands.length) },
  {
    head: "FILTERS",
    minor: true,
    of: ({ collections }) => [...new Set(collections.flatMap(({ queryables }) => queryables))].join(", ")
  }
]

export const satellites = calling("satellites", "List the satellites whose images can be searched.", {}, (_, api) =>
  Effect.map(api.satellites(), listed("satellites", satelliteColumns))
)

/** The options of a search. */
export const searching = {
  file: file("file", "The area: a GeoJSON file with one polygon; - for stdin."),
  start: date("from", "The beginning of the time range."),
  end: date("to", "The end of the time range."),
  satellite: maybe(id("satellite", SatelliteId.make, "Only images of this satellite. Default: of all.")),
  clouds: maybe(share("clouds", "The largest share of clouds: a whole number."))
}

/** A satellite, or all. */
export const satellitesOf = (satellite: SatelliteId | undefined) =>
  Effect.gen(function* () {
    const all = yield* (yield* SearchApi).satellites()
    const found = all.filter(({ id }) => satellite === undefined || id === satellite)
    if (found.length > 0) return found
    const message = satellite === undefined ? "The API has no satellite." : `There is no satellite ${satellite}.`
    return yield* new UsageError({ message, next: "To list the satellites: pixxel satellites" })
  })

interface Search extends Omit<SearchApi.SearchInput, "satellites" | "filters"> {
  readonly satellites: ReadonlyArray<Satellite>
  readonly clouds: number | undefined
}

/** The collections and the filters of a search. */
const scopeOf = ({ clouds, satellites }: Pick<Search, "clouds" | "satellites">) => ({
  satellites: satellites.flatMap(({ sources }) => sources),
  filters: clouds === undefined ? undefined : { "eo:cloud_cover": { min: 0, max: clouds } }
})

/** Warns of a filter that collections do not know. */
const warned = ({ form, quiet }: Common, scope: ReturnType<typeof scopeOf>) =>
  Effect.flatMap(Output, (output) =>
    Effect.forEach(form === "text" && !quiet ? unknownFilters(scope) : [], (it) => output.note(`pixxel: ${plain(it)}`))
  )

/** All images in all collections of satellites, the newest first. */
export const imagesOf = ({ clouds, satellites, ...search }: Search) =>
  Effect.gen(function* () {
    const { imagesAll } = yield* SearchApi
    const found = yield* Stream.runCollect(imagesAll({ ...search, ...scopeOf({ clouds, satellites }) }))
    return Chunk.toReadonlyArray(Chunk.sort(found, newestFirst))
  })

export const search = calling(
  "search --file field.geojson --from 2025-06-01 --to 2025-07-01 --clouds 20 --map",
  "Search images of an area.",
  { ...searching, view },
  ({ file, satellite, view, ...given }) =>
    Effect.gen(function* () {
      const geometry = yield* areaIn(file, "SearchSatelliteImages", "The search")
      const satellites = yield* satellitesOf(satellite)
      yield* warned(given, scopeOf({ ...given, satellites }))
      const found = yield* imagesOf({ ...given, geometry, satellites })
      return yield* viewed(view, images, { name: `the area in ${nameOf(file)}`, geometry })(found)
    })
)
