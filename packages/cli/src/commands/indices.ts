/** `pixxel indices`: lists and creates the formulas from bands to images. */
import { IndexId, SatelliteId } from "@effect-pixxel/client/Ids"
import type { Index } from "@effect-pixxel/client/indices/Index"
import { IndicesApi } from "@effect-pixxel/client/indices/IndicesApi"
import * as Effect from "effect/Effect"
import * as results from "../render/results.js"
import type { Column } from "../render/table.js"
import { group, listing, shown, using } from "./calling.js"
import { id, maybe, range, text } from "./options.js"

const calling = using(IndicesApi, IndicesApi.layer)

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
  (options, api) => listing("indices", columns)(api.listAll(options))
)

const create = calling(
  "indices create --name Leaf-water --description Drought --satellite sat-firefly-1 --expression B8/B4 --image index --colormap viridis --rescale=-1,1",
  "Create a custom index.",
  {
    name: text("name", "NAME", "The name, which no other index has."),
    description: text("description", "TEXT", "The description."),
    satelliteId: id("satellite", SatelliteId.make, "The satellite of the bands."),
    expression: text("expression", "FORMULA", "The formula over the bands, such as (B8 - B4) / (B8 + B4)."),
    expressionType: text("image", "KIND", "The kind of the image: index, composite or grayscale."),
    colormap: text("colormap", "NAME", "The name of the colours."),
    rescale: range("rescale", "The values of the first and the last colour, as in --rescale=-1,1.")
  },
  (options, api) => Effect.map(api.create(options), shown(results.index))
)

export const indices = group("indices", "List and create the formulas from bands to images.", [list, create])
