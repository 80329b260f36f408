/** The shapes of `blocks/` and of the data that blocks take and give, and the quirk of the form of blocks. */
import * as Type from "typebox/type"
import {
  choice,
  count,
  field,
  fixture,
  list,
  name,
  object,
  oneOf,
  optional,
  plainNumber,
  type Shaped,
  sent,
  sentText,
  someOf,
  texts,
  yes
} from "../../core/Shape.js"

export const modes = ["insight", "workflow"] as const

const notSent = "Default: not sent."

/** A template of data in a block, or data in a task or an insight. */
export const dataType = object(
  {
    name: field(name, "Name, by which the block knows it.", ["input_image"]),
    format: field(
      name,
      "Kind of the data: `raster`, `vector`, `tabular`, `date`, `number`, `string`, or an undocumented word.",
      ["raster"]
    ),
    type: field(name, "How to read the value: `url`, `string`, `number`, or another word.", ["url"]),
    display_name: sentText("Name for people.", "Image"),
    description: sentText("Description.", "Input satellite imagery"),
    group: sentText("Group of values that it belongs to.", "imagery"),
    version: sentText("Version of this form.", "v2"),
    is_artifact: field(optional(yes), `Whether it is a file. ${notSent}`, [true]),
    metadata: field(optional(texts), `Texts by name. ${notSent}`, [{ "block-name": "cropclassification" }]),
    properties: field(optional(sent), `More about the data; the fields depend on the format. ${notSent}`, [
      { bands: ["B02", "B03", "B04", "B08"] }
    ]),
    validation: field(
      optional(sent),
      `Rules for the value: \`min_value\`, \`max_value\`, \`allowed_values\`. Others are sent and not checked. ${notSent}`,
      [{ min_value: 0 }]
    ),
    default: sentText("Value of an input that a request leaves out.", "0.5"),
    value: sentText("Value, always a text.", "2024-01-01"),
    stac_url: sentText(
      "URL of an item of the STAC catalogue, instead of a value.",
      "https://stac.pixxel.space/items/a"
    ),
    asset_source: field(optional(sent), `Asset that it comes from. ${notSent}`, [{ id: "asset-1", type: "raw_mosaic" }])
  },
  { title: "data of a block" }
)

export const shape = fixture("block", "A file of `blocks/`: a version of a block, which every token may see.", {
  id: field(name, "Id of the block, the same for all of its versions.", ["block-cropclassification"]),
  version_id: field(name, "Id of this version.", ["block-cropclassification-1"]),
  name: field(name, "Canonical name of the block.", ["cropclassification"]),
  version: field(
    Type.String({ pattern: "^[0-9]+\\.[0-9]+\\.[0-9]+$", title: "a semantic version such as 1.0.0" }),
    "Version; only one file has it for a name.",
    ["1.0.0"]
  ),
  modes: field(someOf(oneOf(...modes)), "Where the block runs.", [["insight", "workflow"]]),
  title: field(name, "Name for people.", ["Crop classification"]),
  description: sentText("Description.", "Which crop grows on which field."),
  type: field(oneOf("processing", "source"), "Function of the block.", ["processing"]),
  block_status: field(name, "Status word.", ["released"]),
  status: field(count, "Status as a number, whose meanings are not documented.", [1]),
  supported_collections_id: field(list(name), "Ids of the collections whose images it takes.", [["pixxel-td2"]]),
  inputs: field(list(dataType), "Templates of the inputs.", [
    [{ name: "start_date", format: "date", type: "string", description: "Analysis start date" }]
  ]),
  outputs: field(list(dataType), "Templates of the outputs.", [[{ name: "result", format: "raster", type: "url" }]]),
  price: field(plainNumber, "Tokens for a unit of work, only in the form of the guide.", [12]),
  created_at: field(name, "Time of creation, sent as it is.", ["2025-03-04T10:00:00Z"])
})

export type BlockFixture = Shaped<typeof shape>

export type DataType = Shaped<typeof dataType>

export const quirks = {
  blocks: choice(
    ["reference", "guide"],
    "Form of blocks. `reference`: the paths of the official description alone. `guide`: `/v0/blocks/insights` and " +
      "`/v0/blocks/workflows` too, which hide blocks of these names; blocks have a price and further information, and " +
      "their collections are one text. Both are documented."
  )
}
