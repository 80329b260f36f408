/** The list of assets, apart from their downloads: the days of a visualization follow from it too. */
import { AoiId } from "../../Ids.js"
import { read } from "../../internal/endpoint.js"
import { offsets } from "../../internal/paging.js"
import * as query from "../../internal/query.js"
import { page } from "../../internal/success.js"
import { AssetPage } from "../Asset.js"

export const listAssets = read({
  operation: "ListAssets",
  name: "AssetsApi.list",
  path: "/v0/aois/{aoi_id}/assets",
  params: { aoi_id: AoiId },
  query: query.page,
  success: page(AssetPage, "assets", offsets(10))
})
