/** The shapes of `insights/` and of an insight to create, and the quirks of insights. */
import {
  choice,
  credits,
  duration,
  field,
  fixture,
  json,
  list,
  name,
  object,
  optional,
  type Shaped,
  sent,
  sentText,
  text,
  texts,
  toggle
} from "../../core/Shape.js"
import { download } from "../jobs/fixture.js"

const block = object(
  {
    name: field(name, "Name of the block.", ["cropclassification"]),
    version: field(name, "Version of the block.", ["1.0.0"]),
    string: field(optional(name), "Id of the block, under its documented name. Default: none.", ["block-1"])
  },
  { title: "a block", description: "A block to run." }
)

const image = { name: "input_image", format: "raster", type: "url", asset_source: { id: "a-1", type: "raw_mosaic" } }

const wanted = {
  name: field(optional(text), "Name of the insight. Default: empty.", ["North field, June"]),
  block: field(block, "Block that it runs.", [{ name: "cropclassification", version: "1.0.0" }]),
  input: field(list(sent), "Inputs of the block, data types.", [[image]]),
  metadata: field(optional(texts), "Texts of the creator. Default: none.", [{ season: "2025" }])
}

const { rebuilt: _, ...store } = download.properties

const packages = object(store, { title: "the packages of an insight", description: "The packages of an insight." })

const course = {
  waits: field(optional(duration, "5s"), "Time until the block begins.", ["1m"]),
  takes: field(optional(duration, "1m"), "Time that the block takes.", ["10m"]),
  outcome: choice(["completed", "failed"], "End of the insight."),
  err_msg: field(optional(text), "Message of a failure, sent after the end. Default: empty.", ["no clear image"]),
  cost: field(optional(credits, 12), "Cost of the insight, and its estimate.", [42]),
  output: field(
    optional(json),
    "Results, any JSON, sent after a success. The items of a list become files of the package, as those of a job do. " +
      "Default: null.",
    [[{ format: "tabular", name: "areas", properties: { file_schema: { headers: ["crop", "hectares"] } } }]]
  ),
  download: field(optional(packages, {}), "Its packages.", [{ pending: "1m", size: "500kB" }])
}

export const insight = {
  id: field(name, "Id of the insight, as paths have it.", ["insight-north-crops"]),
  aoi_id: field(name, "Id of its AOI.", ["aoi-north-field"]),
  ...wanted,
  project_id: field(name, "Id of its project.", ["project-monsoon-2024"]),
  created_by: sentText("Id of the user who created the insight.", "user-4f1c2a"),
  ...course
}

export const insightShape = fixture("insight", "A file of `insights/`: an insight that every world begins with.", {
  ...insight,
  age: field(duration, "Time before the beginning of the world at which the insight was created.", ["1h"])
})

/** Body of `createInsights`. */
export const newInsight = object(
  {
    ...wanted,
    project_id: field(optional(name), "Id of its project. Default: the project of its AOI.", ["project-monsoon-2024"]),
    estimate: toggle(false, "Whether only the cost is estimated, and nothing started.")
  },
  { title: "an insight to create", description: "An insight to create, or to estimate." }
)

export type NewInsight = Shaped<typeof newInsight>

/** Body of `downloadInsights`. */
export const selection = object(
  {
    inputs: field(optional(list(name)), "Names of the inputs to download. Default: all.", [["input_image"]]),
    outputs: field(optional(list(name)), "Names of the outputs to download. Default: all.", [["result"]])
  },
  { title: "a selection of data", description: "Data of an insight to download." }
)

export type Selection = Shaped<typeof selection>

export const quirks = {
  newInsights: field(
    optional(
      object(course, { title: "the course of an insight", description: "The way of a new insight to its end." })
    ),
    "Course of insights that are created. Default: success after a minute, for 12 tokens.",
    [{ outcome: "failed", err_msg: "bad_request: the raster has no band B8." }]
  ),
  metadataEcho: toggle(
    true,
    "Whether a list shows the metadata that a create gave to an insight (documented). A block may replace it while it " +
      "runs (inferred): `false` shows none."
  ),
  estimateIgnored: toggle(
    false,
    "Whether the flag of an estimate is ignored, so that the insight runs and is billed (made up)."
  )
}
