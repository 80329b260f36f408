/** The shapes of `indices/` and of an index to create. */
import { field, fixture, list, name, object, oneOf, plainNumber, type Shaped, sentText } from "../../core/Shape.js"

/** Body of `CreateIndex`. */
export const wanted = {
  name: field(name, "Name of the index; no other index has it.", ["NDVI"]),
  description: field(name, "Description.", ["Vigour of plants."]),
  expression: field(name, "Formula over the bands.", ["(B8 - B4) / (B8 + B4)"]),
  expression_type: field(oneOf("index", "composite", "grayscale"), "Kind of the image.", ["index"]),
  colormap: field(name, "Name of the colours.", ["viridis"]),
  rescale: field(list(plainNumber), "Values of the first and the last colour.", [[-1, 1]]),
  satellite_id: field(name, "Id of the satellite of the bands.", ["sat-firefly-1"])
}

export const shape = fixture("index", "A file of `indices/`: an index, which every token may see.", {
  id: field(name, "Id of the index.", ["index-ndvi"]),
  name: wanted.name,
  description: sentText("Description.", "Vigour of plants."),
  type: field(oneOf("custom", "preset"), "Whether it comes with the platform or is one of the workspace.", ["preset"]),
  expression: wanted.expression,
  expression_type: wanted.expression_type,
  colormap: wanted.colormap,
  rescale: wanted.rescale,
  bands: field(list(name), "Bands in the formula.", [["B4", "B8"]]),
  satellite_id: wanted.satellite_id,
  created_at: field(name, "Time of creation, sent as it is.", ["2025-04-02T08:00:00Z"]),
  updated_at: field(name, "Time of the last change, sent as it is.", ["2025-04-02T08:00:00Z"])
})

export const newIndex = object(wanted, { title: "an index to create", description: "A custom index to create." })

export type NewIndex = Shaped<typeof newIndex>
