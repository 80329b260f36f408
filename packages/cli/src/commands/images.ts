/** Images as lists show them. */
import type { StacItem } from "@effect-pixxel/client/StacItem"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Order from "effect/Order"
import type { Column } from "../render/table.js"
import { percent, time } from "../render/words.js"

const imageColumns: ReadonlyArray<Column<StacItem>> = [
  { head: "ID", of: ({ id }) => id },
  { head: "TIME", of: ({ datetime }) => time(datetime) },
  { head: "CLOUDS", of: ({ clouds }) => percent(clouds) },
  { head: "SATELLITE", cuts: true, minor: true, of: ({ platform }) => platform }
]

export const images = {
  things: "images",
  columns: imageColumns,
  geometryOf: ({ geometry }: StacItem) => geometry,
  feature: (image: StacItem) => image.toGeoJson()
}

/** Images without a time come last. */
export const newestFirst = Order.reverse(
  Order.mapInput(Option.getOrder(DateTime.Order), ({ datetime }: StacItem) => datetime)
)
