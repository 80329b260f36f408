/** The operations of the assets of an AOI. */
import { operationsOf } from "../Resource.js"
import { newDownload } from "./fixture.js"

const downloads = "/v0/aois/{aoi_id}/downloads"

export const operations = operationsOf(
  { query: [], needs: "view", subject: "download", role: "package" },
  {
    ListAssets: {
      method: "GET",
      route: "/v0/aois/{aoi_id}/assets",
      query: ["offset", "limit"],
      subject: "asset",
      role: "list",
      items: "assets"
    },
    AOICreateDownload: { method: "POST", route: downloads, body: newDownload },
    GetDownloadStatus: { method: "GET", route: `${downloads}/{download_id}`, key: "download_id" }
  }
)
