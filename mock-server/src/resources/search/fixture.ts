/** The shapes of `satellites/`, of `scenes/` and of a search, and the quirks of its answer. */
import {
  choice,
  exampleOf,
  field,
  fixture,
  list,
  name,
  numberOf,
  object,
  optional,
  plainNumber,
  type Shaped,
  someOf,
  text,
  yes
} from "../../core/Shape.js"
import { polygon } from "../aois/fixture.js"

const band = object(
  {
    name: field(name, "Name of the band in expressions.", ["B4"]),
    offset: field(plainNumber, "Amount added after `scale`.", [0]),
    scale: field(plainNumber, "Factor from a stored value to a physical one.", [0.0001]),
    spatial_resolution: field(plainNumber, "Metres of a pixel on the ground.", [5]),
    wavelength: field(plainNumber, "Wavelength in nanometres.", [665])
  },
  { title: "a band", description: "A band of the satellite." }
)

const collection = object(
  {
    id: field(name, "Id of the collection.", ["pixxel-ff-l2a"]),
    name: field(name, "Name of the collection.", ["Firefly L2A"]),
    provider: field(name, "Provider of the images.", ["pixxel"]),
    queryables: field(list(name), "Properties that filters may use.", [["eo:cloud_cover"]]),
    rescale: field(list(plainNumber), "Values of the first and the last colour.", [[0, 3000]])
  },
  { title: "a satellite's collection", description: "A collection of the satellite's images." }
)

const composite = object(
  { blue: field(text, "Band.", ["B2"]), green: field(text, "Band.", ["B3"]), red: field(text, "Band.", ["B4"]) },
  { title: "the bands of natural colours", description: "The bands of an image of natural colours." }
)

export const satellite = fixture("satellite", "A file of `satellites/`: a satellite, which every token may see.", {
  id: field(name, "Id of the satellite.", ["sat-firefly-1"]),
  name: field(name, "Name of the satellite.", ["Firefly-1"]),
  bands: field(list(band), "Its bands.", [[exampleOf(band)]]),
  collections: field(list(collection), "Its collections.", [[exampleOf(collection)]]),
  rgb_composite: field(composite, "Its bands of natural colours.", [exampleOf(composite)])
})

export const scene = fixture("scene", "A file of `scenes/`: an image, which every token may find.", {
  id: field(name, "Id of the image.", ["FF01_000321_20250614_L2A_20250616_00501135"]),
  satellite_id: field(name, "Id of the satellite that took it.", ["sat-firefly-1"]),
  collection: field(name, "Id of its collection.", ["pixxel-ff-l2a"]),
  datetime: field(name, "Time of the image, sent as it is.", ["2025-06-14T05:21:07.415Z"]),
  cloud_cover: field(plainNumber, "Clouds in percent.", [4]),
  off_nadir: field(plainNumber, "Angle of the view in degrees.", [7]),
  gsd: field(plainNumber, "Metres of a pixel on the ground.", [5]),
  geometry: field(polygon, "Its outline.", [exampleOf(polygon)])
})

export type Scene = Shaped<typeof scene>

const source = object(
  {
    satellite_id: field(name, "Id of a satellite.", ["sat-firefly-1"]),
    collection_id: field(name, "Id of one of its collections.", ["pixxel-ff-l2a"])
  },
  { title: "a collection of a satellite", description: "Where to search." }
)

const filter = object(
  {
    id: field(name, "Property, one of the collection's queryables.", ["eo:cloud_cover"]),
    min: field(plainNumber, "Smallest value, a whole number.", [0]),
    max: field(plainNumber, "Largest value, a whole number.", [20])
  },
  { title: "a filter", description: "A range of a property." }
)

/** Body of `SearchSatelliteImages`; `next_token` is announced, but documented nowhere. */
export const query = object(
  {
    start_date: field(name, "Beginning of the time range.", ["2025-06-01T00:00:00.000Z"]),
    end_date: field(name, "End of the time range.", ["2025-07-01T00:00:00.000Z"]),
    satellites: field(someOf(source), "Where to search.", [[exampleOf(source)]]),
    filters: field(optional(list(filter), []), "Ranges of properties.", [[exampleOf(filter)]]),
    geometry: field(polygon, "The area.", [exampleOf(polygon)]),
    limit: field(optional(numberOf("images", 1, 10_000), 10), "Largest number of images.", [10]),
    next_token: field(optional(text), "Token of an earlier answer. Default: none.", ["after-10"])
  },
  { title: "a search", description: "A search of images." }
)

export type Query = Shaped<typeof query>

export const quirks = {
  searchItems: choice(
    ["map", "list"],
    "Form of the images that a search finds. `map`: by their ids (documented). `list`: a list (inferred)."
  ),
  nextToken: field(
    optional(yes),
    "Whether a search that finds more than its limit answers with a `next_token`, as its description announces. " +
      "Default: never.",
    [true]
  )
}
