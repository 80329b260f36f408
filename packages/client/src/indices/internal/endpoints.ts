/** The index operations. */
import type { SatelliteId } from "../../Ids.js"
import { read } from "../../internal/endpoint.js"
import { offsets } from "../../internal/paging.js"
import * as query from "../../internal/query.js"
import { page } from "../../internal/success.js"
import { type IndexId, IndexPage } from "../Index.js"

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
  success: page(IndexPage, "indices"),
  paging: offsets(10)
})
