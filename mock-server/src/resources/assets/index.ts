/** Assets of AOIs: files of their images, which are downloaded together. */
import { operationsOf, type Resource } from "../Resource.js"
import { handlers, packages } from "./routes.js"
import { drawer, newDownload } from "./state.js"

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

export const assets = { operations, handlers, packages, drawers: { downloads: drawer } } as const satisfies Resource
