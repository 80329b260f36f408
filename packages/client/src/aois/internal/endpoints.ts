/** The AOI operations. */
import type { Polygon } from "geojson"
import type { AoiId, ProjectId } from "../../Ids.js"
import { endpoint, read } from "../../internal/endpoint.js"
import { offsets } from "../../internal/paging.js"
import * as payload from "../../internal/payload.js"
import * as query from "../../internal/query.js"
import { json, page } from "../../internal/success.js"
import { Aoi, AoiPage } from "../Aoi.js"

export const listAois = read({
  operation: "ListAOIs",
  name: "AoisApi.list",
  path: "/v0/aois",
  query: {
    projectIds: query.commas<ProjectId>("project_ids"),
    id: query.id<AoiId>("aoi_id"),
    name: query.text("aoi_name"),
    createdAt: query.time("created_at"),
    updatedAt: query.time("updated_at"),
    ...query.page
  },
  success: page(AoiPage, "aois", offsets(10))
})

export const createAoi = endpoint({
  operation: "AOICreateAOI",
  name: "AoisApi.create",
  method: "POST",
  path: "/v0/aois",
  body: {
    name: payload.text("name"),
    description: payload.text("description"),
    satelliteId: payload.text("satellite_id"),
    provider: payload.text("provider"),
    projectId: payload.text("project_id"),
    geometry: payload.json<Polygon>("geometry"),
    itemIds: payload.texts("item_ids")
  },
  success: json(Aoi),
  repeat: "unique"
})

export const getAoi = read({
  operation: "GetAoiById",
  name: "AoisApi.get",
  path: "/v0/aoi/{aoi_id}",
  success: json(Aoi)
})
