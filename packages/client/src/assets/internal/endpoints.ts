/** The operations of assets. */
import { AoiId } from "../../Ids.js"
import { type Endpoint, endpoint, read } from "../../internal/endpoint.js"
import { offsets } from "../../internal/paging.js"
import * as payload from "../../internal/payload.js"
import * as query from "../../internal/query.js"
import { json, page } from "../../internal/success.js"
import { AssetDownload, AssetPage } from "../Asset.js"
import type { AssetsApi } from "../AssetsApi.js"

export const listAssets = read({
  operation: "ListAssets",
  name: "AssetsApi.list",
  path: "/v0/aois/{aoi_id}/assets",
  params: { aoi_id: AoiId },
  query: query.page,
  success: page(AssetPage, "assets"),
  paging: offsets(10)
})

export const createDownload: Endpoint<AssetDownload, AssetsApi.AssetsRef, "none", "harmless"> = endpoint({
  operation: "AOICreateDownload",
  name: "AssetsApi.requestDownload",
  method: "POST",
  path: "/v0/aois/{aoi_id}/downloads",
  body: { assetIds: payload.texts("asset_ids") },
  success: json(AssetDownload),
  cost: "none",
  repeat: "harmless"
})

export const getDownload: Endpoint<AssetDownload, AssetsApi.DownloadRef, "none", "safe"> = read({
  operation: "GetDownloadStatus",
  name: "AssetsApi.getDownload",
  path: "/v0/aois/{aoi_id}/downloads/{download_id}",
  success: json(AssetDownload)
})
