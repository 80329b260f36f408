/** `pixxel indices`: lists the formulas from bands to images. */
import { Index, IndexId, IndicesApi, SatelliteId } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import type { Column } from "../render/table.js"
import { calling, group, listing } from "./calling.js"
import { id, maybe, text } from "./options.js"

const columns: ReadonlyArray<Column<Index>> = [
  { head: "ID", of: (index) => index.id },
  { head: "NAME", cuts: true, of: (index) => index.name },
  { head: "TYPE", of: (index) => index.type },
  { head: "IMAGE", minor: true, of: (index) => index.expressionType },
  { head: "EXPRESSION", cuts: true, of: (index) => index.expression },
  { head: "SATELLITE", minor: true, of: (index) => index.satelliteId }
]

const list = calling(
  "indices list --satellite sat-firefly-1 --type preset",
  "List all indices.",
  {
    satelliteId: maybe(id("satellite", SatelliteId.make, "Only indices of this satellite.")),
    type: maybe(text("type", "TYPE", "Only preset or custom indices.")),
    expressionType: maybe(text("image", "KIND", "Only indices of this image: index, composite or grayscale.")),
    id: maybe(id("id", IndexId.make, "Only the index with this id."))
  },
  (options) =>
    listing(
      "indices",
      Index,
      columns,
      Effect.map(IndicesApi, (api) => api.listAll(options))
    )
)

export const indices = group("indices", "List the formulas from bands to images.", [list])
