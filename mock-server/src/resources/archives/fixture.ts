/** The shapes of `collections/` and of a search of the archive, and the quirk of its items. */
import * as Type from "typebox/type"
import {
  choice,
  field,
  fixture,
  list,
  name,
  numberOf,
  object,
  optional,
  plainNumber,
  type Shaped,
  sent,
  someOf
} from "../../core/Shape.js"

const wavelengths = Type.Record(Type.String(), plainNumber, { title: "an object of wavelengths in nanometres" })

export const collection = fixture(
  "collection",
  "A file of `collections/`: a collection of the archive, which every token may see. Its items are the images of `scenes/` with its id.",
  {
    id: field(name, "Id of the collection.", ["pixxel-td-l2a"]),
    title: field(name, "Title.", ["Pixxel TD L2A"]),
    description: field(name, "Description.", ["Surface reflectance."]),
    license: field(name, "License of the images.", ["proprietary"]),
    bbox: field(list(plainNumber), "West, south, east and north in degrees.", [[77.3, 12.7, 79.6, 21.5]]),
    start: field(name, "Beginning of its interval, sent as it is.", ["2023-04-04T00:00:00Z"]),
    end: field(optional(name), "End of its interval. Default: `null`, since the collection grows.", [
      "2023-12-31T00:00:00Z"
    ]),
    bands: field(wavelengths, "Bands, and the nanometres of their centres.", [{ B013: 493 }]),
    created_at: field(name, "Time of creation, sent as it is.", ["2023-08-06T20:46:56.815552Z"])
  }
)

export type Collection = Shaped<typeof collection>

const anyGeometry = field(sent, "Geometry of GeoJSON. Default: anywhere.", [{ type: "Point", coordinates: [77.6, 13] }])

/** The filters that the archive and the catalog have in common. */
export const filters = {
  bbox: field(optional(list(plainNumber)), "West, south, east and north. Default: anywhere.", [[77, 12, 78, 13]]),
  collections: field(optional(someOf(name)), "Ids of collections. Default: all.", [["pixxel-td-l2a"]]),
  datetime: field(optional(name), "Time or interval. Default: any.", ["2023-04-01T00:00:00Z/.."]),
  ids: field(optional(someOf(name)), "Ids. Default: all.", [["TD2_000650_20230404_L2A_20240405_01001067"]]),
  intersects: optional(anyGeometry),
  query: field(optional(sent), "Tests of properties by operators. Default: none.", [{ "eo:cloud_cover": { lt: 10 } }]),
  offset: field(optional(numberOf("items", 0), 0), "Number of items to skip.", [10])
}

export const limit = (most: number) => field(optional(numberOf("items", 1), most), "Largest number of items.", [most])

const sort = object(
  {
    field: field(name, "Property.", ["properties->>'datetime'"]),
    direction: choice(["asc", "desc"], "Direction.")
  },
  { title: "an order", description: "An order by a property." }
)

/** Body of `SearchItemInArchive`. */
export const search = object(
  {
    ...filters,
    limit: limit(10),
    sortby: field(optional(list(sort)), "Order. Default: the newest first.", [
      [{ field: "properties->>'datetime'", direction: "desc" }]
    ])
  },
  { title: "a search of the archive", description: "A search of images in the archive." }
)

export type Search = Shaped<typeof search>

export const quirks = {
  bbox: choice(
    ["texts", "numbers"],
    "Form of the bounds of an item in the archive. `texts`: as documented. `numbers`: as in STAC (inferred)."
  )
}
