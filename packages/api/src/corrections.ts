/**
 * The places where the official description is wrong: it refuses what the API documents or certainly sends. The
 * description of this project has the corrected form there, marked with `x-pixxel-correction`.
 */
import { formOf, type JsonSchema, schemaOf } from "./official.js"

/** A correction of one property, in every official form that has the same mistake. */
export interface Correction {
  /** Official forms and their property, as `dexter.ListJobsItem.progress`. */
  readonly places: readonly [string, ...Array<string>]
  /** The form that this project believes in. */
  readonly corrected: JsonSchema
  /** A value that the API documents or sends, and that the official form refuses. */
  readonly refused: unknown
  /** The official form where the short facts cannot express it. */
  readonly official?: JsonSchema
  readonly why: string
}

const anyJson: JsonSchema = {}
const position = { type: "array", items: { type: "number" }, minItems: 2 }
const ring = { type: "array", items: position }
const polygon = { type: "array", items: ring }
const multiPolygon = { type: "array", items: polygon }
const text = { type: "string" }
/** An open list of words: further words count as unknown, never as an error. */
const words = (...known: ReadonlyArray<string>): JsonSchema => ({ type: "string", "x-known-values": known })

const square = [
  [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 0]
  ]
]

export const corrections: ReadonlyArray<Correction> = [
  {
    places: [
      "dexter.GetWorkflowsByIdTransformerResponse.spec",
      "dexter.GetJobByIdTransformerResponse.spec",
      "dexter.PostWorkflowRunTransformerResponse.spec"
    ],
    corrected: anyJson,
    refused: { nodes: [] },
    why: "The generator of the description prints raw JSON of Go as a list of integers."
  },
  {
    places: [
      "dexter.PostWorkflowTaskGet.inputs",
      "dexter.PostWorkflowTaskGet.result",
      "dexter.PostWorkflowTaskGet.info_logs"
    ],
    corrected: anyJson,
    refused: [{ name: "start_date", type: "string", format: "date", value: "2024-01-01" }],
    why: "Raw JSON of Go: the guides show lists of data types."
  },
  {
    places: [
      "dexter.BlockSpec.inputs",
      "dexter.BlockSpec.outputs",
      "dexter.CreateInsightsWildcardTransformerRequest.input",
      "dexter.ListInsightItem.input",
      "dexter.ListInsightItem.output"
    ],
    corrected: { type: "array", items: { type: "object" } },
    refused: [{ name: "input_image", type: "url", format: "raster" }],
    why: "The inputs and outputs of a block are data types, as the guides show."
  },
  {
    places: ["dexter.BlockSpec.supported_collections_id"],
    corrected: { type: ["array", "string"], items: text },
    refused: "pixxel-td2",
    why: "The guide to blocks has one text."
  },
  {
    places: ["dexter.PostWorkflowTaskGet.disclaimer"],
    corrected: { type: ["array", "object"], items: text, additionalProperties: text },
    refused: { cropclassification: "Trained on fields of more than 1 ha." },
    why: "The callback of a block posts a map of texts."
  },
  {
    places: ["clerk.Catalog.delivery_status", "clerk.Delivery.status"],
    corrected: words("UNSPECIFIED", "CREATED", "PENDING", "IN_PROGRESS", "SUCCESS", "SUCCESSFUL", "FAILED"),
    refused: "SUCCESSFUL",
    why: "The example of the property is a word that its enumeration lacks."
  },
  {
    places: ["clerk.Task.delivery_status"],
    official: {
      allOf: [
        { type: "string", enum: ["UNSPECIFIED", "CREATED", "FAILED", "IN_PROGRESS", "SUCCESS"] },
        { type: "string", enum: ["PENDING", "SUCCESSFUL", "FAILED", "NOT_APPLICABLE"] }
      ]
    },
    corrected: words(
      "UNSPECIFIED",
      "CREATED",
      "PENDING",
      "IN_PROGRESS",
      "SUCCESS",
      "SUCCESSFUL",
      "FAILED",
      "NOT_APPLICABLE"
    ),
    refused: "SUCCESS",
    why: "The property has two enumerations, of which only FAILED is in both."
  },
  {
    places: [
      "clerk.OrderItem.recurrence",
      "clerk.OrderItemResponse.recurrence",
      "clerk.docOriginalOrderItem.recurrence"
    ],
    corrected: words("ONCE", "WEEKLY", "MONTHLY", "BIMONTHLY", "QUARTERLY", "NOT_APPLICABLE"),
    refused: "WEEKLY",
    why: "The guide to tasking has WEEKLY."
  },
  {
    places: [
      "clerk.OrderItem.delivery_speed",
      "clerk.OrderItemResponse.delivery_speed",
      "clerk.docOriginalOrderItem.delivery_speed"
    ],
    corrected: words("STANDARD", "EXPEDITED", "NOT_APPLICABLE"),
    refused: "EXPEDITED",
    why: "The guide to tasking has EXPEDITED."
  },
  {
    places: ["clerk.OrderItem.status", "clerk.OrderItemResponse.status"],
    corrected: words("DRAFT", "ACTIVE", "FULFILLED", "PARTIALLY_FULFILLED", "CANCELLED", "FAILED"),
    refused: "PARTIALLY_COMPLETED",
    why: "Older pages have COMPLETED and PARTIALLY_COMPLETED."
  },
  {
    places: ["clerk.Task.status"],
    corrected: words(
      "DRAFT",
      "SUBMITTED",
      "IN_PROGRESS",
      "FULFILLED",
      "PARTIALLY_FULFILLED",
      "FAILED",
      "CANCELLED",
      "EXPIRED"
    ),
    refused: "COMPLETED",
    why: "Older pages have COMPLETED for items, so probably for tasks."
  },
  {
    places: ["clerk.OrderItemBandset.custom"],
    corrected: anyJson,
    refused: { B013: 493 },
    why: "Raw JSON of Go, as the specification of a workflow: its form is not documented."
  },
  {
    places: ["clerk.Geometry.coordinates"],
    corrected: { anyOf: [polygon, multiPolygon] },
    refused: [square],
    why: "A geometry may be a MultiPolygon, which has one level more."
  },
  {
    places: ["clerk.docOriginalOrderItem.geometry"],
    corrected: { type: "object", properties: { type: text, features: { type: "array" } } },
    refused: {
      type: "FeatureCollection",
      features: [{ type: "Feature", geometry: { type: "MultiPolygon", coordinates: [square] } }]
    },
    why: "MultiPolygon is in the enumeration of types, but its coordinates are refused."
  },
  {
    places: ["cosmos.Item.bbox"],
    corrected: { type: "array", items: { type: ["string", "number"] } },
    refused: [77.5, 12.9, 77.6, 13],
    why: "The bounds of an item are numbers in the examples and in STAC."
  },
  {
    places: ["clerk.originalCatalogFilter.query"],
    corrected: { type: "object" },
    refused: { project_id: "p1" },
    why: "The guide to the catalog queries with texts."
  },
  {
    places: ["clerk.originalCatalogFilter.sort_by"],
    corrected: { type: "array", items: { type: "object" } },
    refused: [{ field: "created_at", direction: "desc" }],
    why: "The description of the property shows a field and a direction in lower case."
  },
  {
    places: [
      "atlas.IndexEntity.rescale",
      "atlas.IndexCreateRequest.rescale",
      "atlas.IndexCreateResponse.rescale",
      "atlas.VisualizationDetailResponse.rescale",
      "lens.originalSuccessResponse.collections.rescale"
    ],
    corrected: { type: "array", items: { type: "number" } },
    refused: [0.2, 0.8],
    why: "The values of an index are fractions."
  },
  {
    places: ["atlas.LegendItemUpdateRequest.min", "atlas.LegendItemUpdateRequest.max"],
    corrected: { type: ["number", "null"] },
    refused: null,
    why: "The description of the property says that the values of a dynamic legend can be null."
  },
  {
    places: ["cosmos.originalCollectionSuccessResponse.extent"],
    corrected: { type: "object" },
    refused: { temporal: { interval: [["2024-01-01T00:00:00Z", null]] } },
    why: "The interval of a collection that grows has no end."
  }
]

const split = (place: string): readonly [form: string, property: string] => {
  const dot = place.lastIndexOf(".")
  return [place.slice(0, dot), place.slice(dot + 1)]
}

/** The official form of a place as JSON Schema. */
export const officialOf = ({ official }: Correction, place: string): JsonSchema =>
  official ?? schemaOf(formOf(...split(place)))
