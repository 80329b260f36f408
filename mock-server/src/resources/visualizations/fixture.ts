/** The shapes of `visualizations/` and of a visualization to create. */
import * as Type from "typebox/type"
import {
  duration,
  field,
  fixture,
  json,
  name,
  numberOf,
  object,
  oneOf,
  optional,
  plainNumber,
  type Shaped,
  sentText,
  someOf,
  text
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

export const newVisualization = object(wanted, {
  title: "a visualization to create",
  description: "A visualization to create."
})

export type NewVisualization = Shaped<typeof newVisualization>

const index_id = field(name, "Id of the index of the visualization.", ["index-ndvi"])

const mode = field(oneOf("dynamic", "theoretical"), "Mode of the legend.", ["dynamic"])

const day = Type.String({ pattern: "^\\d{4}_\\d{2}_\\d{2}$", title: "a day such as 2025_06_14" })

const dates = field(someOf(day), "Days of the images.", [["2025_06_14"]])

/** Body of `GenerateIndexPng`. */
export const newPng = object(
  { index_id, date: field(day, "Day of the image.", ["2025_06_14"]), visualization_mode: mode },
  { title: "an image to draw", description: "An image of a visualization." }
)

export type NewPng = Shaped<typeof newPng>

/** Body of `GenerateVisualizationSLD`. */
export const newSld = object(
  {
    dates,
    visualization_modes: field(someOf(mode), "Modes of the legends.", [["dynamic"]])
  },
  { title: "styles to make", description: "Styles of a visualization." }
)

export type NewSld = Shaped<typeof newSld>

const item = object(
  {
    color: field(optional(text), "Colour. Default: none.", ["#1a9850"]),
    label: field(optional(text), "Text beside the colour. Default: none.", ["Dense"]),
    min: field(optional(json), "Smallest value; may be null in a dynamic legend. Default: null.", [0.6]),
    max: field(optional(json), "Largest value; may be null in a dynamic legend. Default: null.", [1])
  },
  { title: "an item of a legend" }
)

/** Body of `UpdateVisualizationMetadata`. */
export const newLegend = object(
  {
    visualization_mode: mode,
    legend: field(
      Type.Record(Type.String(), someOf(item), { title: "an object of legends by day", minProperties: 1 }),
      "Legends by the days of their images.",
      [{ "2025_06_14": [{ color: "#1a9850", label: "Dense", min: 0.6, max: 1 }] }]
    ),
    dynamic_bins: field(
      optional(numberOf("bins", 1, 15)),
      "Number of the values of a dynamic legend, which needs it. Default: none.",
      [5]
    )
  },
  { title: "a legend to set", description: "Legends of a visualization." }
)

export type NewLegend = Shaped<typeof newLegend>

/** Body of `RollbackVisualizationMetadata`. */
export const oldLegend = object(
  { index_id, dates, visualization_mode: mode },
  { title: "a legend to reset", description: "Legends of a visualization to compute again." }
)

export type OldLegend = Shaped<typeof oldLegend>

/** The legend of a day that was set in place of the computed one. */
export const setLegend = object(
  {
    day: field(day, "Day of the image.", ["2025_06_14"]),
    mode,
    items: field(
      someOf(
        object(
          {
            color: field(text, "Colour.", ["#1a9850"]),
            label: field(text, "Text beside the colour.", ["Dense"]),
            min: field(plainNumber, "Smallest value.", [0.6]),
            max: field(plainNumber, "Largest value.", [1])
          },
          { title: "an item of a legend" }
        )
      ),
      "Its items.",
      [[{ color: "#1a9850", label: "Dense", min: 0.6, max: 1 }]]
    )
  },
  { title: "a legend that was set" }
)

export const quirks = {
  newVisualizations: field(
    optional(object(course, { title: "the course of a visualization", description: "Its way to its end." })),
    "Course of visualizations that are created. Default: success after 30 seconds.",
    [{ ends: "failed" }]
  )
}
