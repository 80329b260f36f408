/** The shapes of `visualizations/` and of a visualization to create. */
import * as Type from "typebox/type"
import {
  type DeepReadonly,
  duration,
  field,
  fixture,
  name,
  object,
  oneOf,
  optional,
  plainNumber,
  sentText,
  someOf
} from "../../core/Shape.js"

/** Body of `CreateVisualization`. */
export const wanted = {
  index_id: field(name, "Id of its index.", ["index-ndvi"]),
  src_asset_ids: field(optional(someOf(name)), "Ids of the assets that it shows. Default: all assets of the AOI.", [
    ["asset-FF01_000321_20250614_L2A_20250616_00501135"]
  ]),
  resolution: field(optional(plainNumber), "Resolution; its unit is not documented. Default: 5.", [5])
}

export const course = {
  takes: field(optional(duration, "30s"), "Time until the visualization ends.", ["10m"]),
  ends: field(optional(name, "success"), "Status word of the end.", ["partial_success"])
}

export const visualization = {
  id: field(name, "Id of the visualization, as paths have it.", ["visualization-ndvi"]),
  aoi_id: field(name, "Id of its AOI.", ["aoi-north-field"]),
  ...wanted,
  user_id: sentText("Id of the user who created the visualization.", "user-4f1c2a"),
  ...course
}

export const visualizationShape = fixture(
  "visualization",
  "A file of `visualizations/`: a visualization that every world begins with.",
  {
    ...visualization,
    age: field(duration, "Time before the beginning of the world at which the visualization was created.", ["1h"])
  }
)

export type VisualizationFixture = DeepReadonly<Type.Static<typeof visualizationShape>>

export const newVisualization = object(wanted, {
  title: "a visualization to create",
  description: "A visualization to create."
})

export type NewVisualization = DeepReadonly<Type.Static<typeof newVisualization>>

const mode = field(oneOf("dynamic", "theoretical"), "Mode of the legend.", ["dynamic"])

const day = Type.String({ pattern: "^\\d{4}_\\d{2}_\\d{2}$", title: "a day such as 2025_06_14" })

/** Body of `GenerateIndexPng`. */
export const newPng = object(
  {
    index_id: field(name, "Id of the index of the visualization.", ["index-ndvi"]),
    date: field(day, "Day of the image.", ["2025_06_14"]),
    visualization_mode: mode
  },
  { title: "an image to draw", description: "An image of a visualization." }
)

export type NewPng = DeepReadonly<Type.Static<typeof newPng>>

/** Body of `GenerateVisualizationSLD`. */
export const newSld = object(
  {
    dates: field(someOf(day), "Days of the images.", [["2025_06_14"]]),
    visualization_modes: field(someOf(mode), "Modes of the legends.", [["dynamic"]])
  },
  { title: "styles to make", description: "Styles of a visualization." }
)

export type NewSld = DeepReadonly<Type.Static<typeof newSld>>

export const quirks = {
  newVisualizations: field(
    optional(object(course, { title: "the course of a visualization", description: "Its way to its end." })),
    "Course of visualizations that are created. Default: success after 30 seconds.",
    [{ ends: "failed" }]
  )
}
