/**
 * Assets of AOIs: files of their images, which are downloaded together.
 */
import type { Opening, Resource } from "../Resource.js"
import { operations } from "./operations.js"
import { handlers, packages } from "./routes.js"
import { DownloadDrawer, savedDownloads } from "./state.js"

export const assets = {
  operations,
  handlers,
  packages,
  drawers: {
    downloads: { subject: "download", shape: savedDownloads, open: (opening: Opening) => new DownloadDrawer(opening) }
  }
} as const satisfies Resource
