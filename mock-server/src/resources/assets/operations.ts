/** The operations of the assets of an AOI. */
import { operationsOf } from "../Resource.js"
import { newDownload } from "./fixture.js"

export const operations = operationsOf(
  { query: [], needs: "view", subject: "download", role: "package" },
  {
    ListAssets: {
      at: "GET /v0/aois/{aoi_id}/assets",
      query: ["offset", "limit"],
      subject: "asset",
      role: "list",
      items: "assets"
    },
    AOICreateDownload: { at: "POST /v0/aois/{aoi_id}/downloads", body: newDownload },
    GetDownloadStatus: { at: "GET /v0/aois/{aoi_id}/downloads/{download_id}", key: "download_id" }
  }
)
