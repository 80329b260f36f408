/** The shape of `satellites/`. */
import { field, fixture, list, name, object, plainNumber, text } from "../../core/Shape.js"

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
  { title: "a collection", description: "A collection of the satellite's images." }
)

const composite = object(
  { blue: field(text, "Band.", ["B2"]), green: field(text, "Band.", ["B3"]), red: field(text, "Band.", ["B4"]) },
  { title: "the bands of natural colours", description: "The bands of an image of natural colours." }
)

export const satellite = fixture("satellite", "A file of `satellites/`: a satellite, which every token may see.", {
  id: field(name, "Id of the satellite.", ["sat-firefly-1"]),
  name: field(name, "Name of the satellite.", ["Firefly-1"]),
  bands: field(list(band), "Its bands.", [
    [{ name: "B4", offset: 0, scale: 0.0001, spatial_resolution: 5, wavelength: 665 }]
  ]),
  collections: field(list(collection), "Its collections.", [
    [
      {
        id: "pixxel-ff-l2a",
        name: "Firefly L2A",
        provider: "pixxel",
        queryables: ["eo:cloud_cover"],
        rescale: [0, 3000]
      }
    ]
  ]),
  rgb_composite: field(composite, "Its bands of natural colours.", [{ blue: "B2", green: "B3", red: "B4" }])
})
