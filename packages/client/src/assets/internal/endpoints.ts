/** The operations of assets. */
import { type Endpoint, endpoint, read } from "../../internal/endpoint.js"
import * as payload from "../../internal/payload.js"
import { json } from "../../internal/success.js"
import { AssetDownload } from "../AssetDownload.js"
import type { AssetsApi } from "../AssetsApi.js"

export { listAssets } from "./listAssets.js"

export const createDownload: Endpoint<AssetDownload, AssetsApi.AssetsRef, "none", "harmless"> = endpoint({
  operation: "AOICreateDownload",
  name: "AssetsApi.requestDownload",
  method: "POST",
  path: "/v0/aois/{aoi_id}/downloads",
  body: { assetIds: payload.texts("asset_ids") },
  success: json(AssetDownload),
  repeat: "harmless"
})

export const getDownload: Endpoint<AssetDownload, AssetsApi.DownloadRef, "none", "safe"> = read({
  operation: "GetDownloadStatus",
  name: "AssetsApi.getDownload",
  path: "/v0/aois/{aoi_id}/downloads/{download_id}",
  success: json(AssetDownload)
})
