/** The shapes of `aois/` and of an AOI to create, and the quirk of a world that says how its new AOIs end. */
import * as Type from "typebox/type"
import {
  duration,
  exampleOf,
  field,
  fixture,
  name,
  object,
  optional,
  type Shaped,
  sentText,
  someOf,
  text
} from "../../core/Shape.js"

const square = [
  [
    [77.5, 12.9],
    [77.6, 12.9],
    [77.6, 13],
    [77.5, 13],
    [77.5, 12.9]
  ]
]

export const polygon = object(
  {
    type: field(Type.Literal("Polygon"), "Kind of the geometry.", ["Polygon"]),
    coordinates: field(
      someOf(
        Type.Array(Type.Array(Type.Number({ title: "a number of degrees" }), { minItems: 2, title: "a position" }), {
          title: "a ring"
        })
      ),
      "Its rings, of positions in longitude and latitude.",
      [square]
    )
  },
  { title: "a polygon", description: "An area on the ground." }
)

/** Body of `AOICreateAOI`; a check of the geometry itself is not documented. */
const wanted = {
  name: field(name, "Name of the AOI; no other AOI has it.", ["North field"]),
  description: field(text, "Description of the AOI.", ["Wheat, 2025."]),
  satellite_id: field(name, "Id of the satellite that took its images.", ["sat-firefly-1"]),
  provider: field(name, "Provider of the images.", ["pixxel"]),
  project_id: field(name, "Id of its project.", ["project-monsoon-2024"]),
  geometry: field(polygon, "Its area.", [exampleOf(polygon)]),
  item_ids: field(someOf(name), "Ids of its images, each of which becomes an asset.", [
    ["FF01_000321_20250614_L2A_20250616_00501135"]
  ])
}

export const newAoi = object(wanted, { title: "an AOI to create", description: "An AOI to create." })

const course = {
  takes: field(optional(duration, "2m"), "Time until the AOI ends, with a progress in steps of 10 %.", ["10m"]),
  running: field(optional(name, "running"), "Status word from the first step to the end.", ["updating"]),
  ends: field(optional(name, "success"), "Status word of the end.", ["partial_success"])
}

export const aoi = {
  id: field(name, "Id of the AOI, as paths have it.", ["aoi-north-field"]),
  ...wanted,
  user_id: sentText("Id of the user who created the AOI.", "user-4f1c2a"),
  ...course
}

export const aoiShape = fixture("aoi", "A file of `aois/`: an AOI that every world begins with.", {
  ...aoi,
  age: field(duration, "Time before the beginning of the world at which the AOI was created.", ["1h"])
})

export type AoiFixture = Shaped<typeof aoiShape>
export type NewAoi = Shaped<typeof newAoi>

export const quirks = {
  newAois: field(
    optional(object(course, { title: "the course of an AOI", description: "The way of a new AOI to its end." })),
    "Course of AOIs that are created. Default: success after two minutes.",
    [{ ends: "failed" }]
  )
}
