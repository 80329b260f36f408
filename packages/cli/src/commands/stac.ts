/** The options of searches in the archive and in the catalog. */
import type * as Command from "@effect/cli/Command"
import type { StacSearch } from "@effect-pixxel/client"
import { CollectionId } from "@effect-pixxel/client/Ids"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { areaIn } from "../area.js"
import { UsageError } from "../failure/errors.js"
import { nameOf } from "../jsonFile.js"
import { view } from "./mapping.js"
import { box, count, date, file, ids, maybe, percent } from "./options.js"

export const searching = {
  collections: maybe(ids("collections", CollectionId.make, "Only these collections, with commas between their ids.")),
  file: maybe(file("file", "Only images on this area: a GeoJSON file with one polygon; - for stdin.")),
  bbox: maybe(box("bbox", "Only images in this box, as in --bbox=-1,50,1,52. A west beyond the east crosses 180°.")),
  from: maybe(date("from", "Only images from this time on.")),
  to: maybe(date("to", "Only images up to this time.")),
  clouds: maybe(percent("clouds", "The largest share of clouds: a whole number.")),
  limit: maybe(count("limit", "At most this number of images. Default: all.")),
  view
}

/** The first things of a stream, or all. */
export const first =
  (limit: number | undefined) =>
  <A, E, R>(stream: Stream.Stream<A, E, R>): Stream.Stream<A, E, R> =>
    limit === undefined ? stream : Stream.take(stream, limit)

type Given = Omit<Command.Command.ParseConfig<typeof searching>, "limit" | "view">

/** The outline of a box, also across the antimeridian. A corner in the middle keeps each edge below 180 degrees. */
const outlineOf = ([west, south, east, north]: StacSearch.Box) => {
  const right = west <= east ? east : east + 360
  const across = [west, (west + right) / 2, right]
  const ring = [...across.map((x) => [x, south]), ...across.reverse().map((x) => [x, north]), [west, south]]
  return { type: "Polygon", coordinates: [ring] }
}

/** The place of a search, and its area on a map. */
const placeOf = ({ bbox, file }: Given, operation: string) =>
  Effect.gen(function* () {
    if (file !== undefined && bbox !== undefined) {
      return yield* new UsageError({ message: "--file and --bbox exclude each other." })
    }
    if (bbox !== undefined) {
      const area = { name: `the box ${bbox.join(", ")}`, geometry: outlineOf(bbox) }
      return { place: { bbox }, area }
    }
    if (file === undefined) return { place: {}, area: undefined }
    const geometry = yield* areaIn(file, operation, "The search")
    return { place: { intersects: geometry }, area: { name: `the area in ${nameOf(file)}`, geometry } }
  })

/** The filters of a search, newest images first, and its area on a map. */
export const searchOf = (given: Given, operation: string) =>
  Effect.map(placeOf(given, operation), ({ area, place }) => ({
    area,
    search: {
      ...place,
      collections: given.collections,
      datetime: given.from || given.to ? { start: given.from, end: given.to } : undefined,
      query: given.clouds === undefined ? undefined : { "eo:cloud_cover": { lte: given.clouds } },
      sortBy: [{ field: "datetime", direction: "desc" as const }]
    }
  }))
