/** The index operations. */
import type { IndexId, SatelliteId } from "../../Ids.js"
import { endpoint, read } from "../../internal/endpoint.js"
import { offsets } from "../../internal/paging.js"
import * as payload from "../../internal/payload.js"
import * as query from "../../internal/query.js"
import { json, page } from "../../internal/success.js"
import { Index, IndexPage } from "../Index.js"

export const listIndices = read({
  operation: "ListIndices",
  name: "IndicesApi.list",
  path: "/v0/indices",
  query: {
    satelliteId: query.id<SatelliteId>("satellite_id"),
    type: query.text("type"),
    expressionType: query.text("expression_type"),
    id: query.id<IndexId>("index_id"),
    ...query.page
  },
  success: page(IndexPage, "indices", offsets(10))
})

export const createIndex = endpoint({
  operation: "CreateIndex",
  name: "IndicesApi.create",
  method: "POST",
  path: "/v0/indices",
  body: {
    name: payload.text("name"),
    description: payload.text("description"),
    satelliteId: payload.text("satellite_id"),
    expression: payload.text("expression"),
    expressionType: payload.text("expression_type"),
    colormap: payload.text("colormap"),
    rescale: payload.numbers("rescale")
  },
  success: json(Index),
  repeat: "unique"
})
