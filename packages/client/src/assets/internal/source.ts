/** The source of the download of assets. */
import { call, callDated } from "../../internal/call.js"
import { created, type Source } from "../../internal/packages.js"
import type { AssetDownload } from "../AssetDownload.js"
import type { AssetsApi } from "../AssetsApi.js"
import { AssetsSubject } from "../Subject.js"
import * as endpoints from "./endpoints.js"

/** Creates a download for each URL, and polls it: whether the API signs a URL again is not documented. */
export const packageOf = (ref: AssetsApi.AssetsRef): Source<AssetsSubject, AssetDownload> => ({
  subject: AssetsSubject.make({ aoiId: ref.aoiId, assetIds: ref.assetIds.join(",") }),
  format: "unknown",
  ask: (http) =>
    created(call(http, endpoints.createDownload, ref), (downloadId) =>
      callDated(http, endpoints.getDownload, { aoiId: ref.aoiId, downloadId })
    ),
  advice: "Check the status of the assets, and download them again.",
  done: "The download is done."
})
