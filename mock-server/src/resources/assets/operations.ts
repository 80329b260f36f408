/**
 * The operations of the assets of an AOI.
 */
import type { Operation } from "../Resource.js"
import { newDownload } from "./fixture.js"

const downloads = "/v0/aois/{aoi_id}/downloads"
const common = { query: [], needs: "view", subject: "download", role: "package" } as const

export const operations = {
  AOICreateDownload: {
    ...common,
    id: "AOICreateDownload",
    method: "POST",
    route: downloads,
    body: newDownload
  },
  GetDownloadStatus: {
    ...common,
    id: "GetDownloadStatus",
    method: "GET",
    route: `${downloads}/{download_id}`,
    key: "download_id"
  }
} as const satisfies Record<string, Operation>
