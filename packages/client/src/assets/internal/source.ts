/** The source of the download of assets. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { call, callDated } from "../../internal/call.js"
import * as elapsed from "../../internal/elapsed.js"
import { graceOf } from "../../internal/grace.js"
import type { Source } from "../../internal/packages.js"
import type { AssetDownload } from "../AssetDownload.js"
import type { AssetsApi } from "../AssetsApi.js"
import { AssetsSubject } from "../Subject.js"
import * as endpoints from "./endpoints.js"

/** Creates a download for each URL, and polls it: whether the API signs a URL again is not documented. */
export const packageOf = (ref: AssetsApi.AssetsRef): Source<AssetsSubject, AssetDownload> => ({
  subject: AssetsSubject.make({ aoiId: ref.aoiId, assetIds: ref.assetIds.join(",") }),
  format: "unknown",
  ask: (http) =>
    Effect.flatMap(call(http, endpoints.createDownload, ref), ({ id }) =>
      Effect.map(elapsed.now, (created) => ({
        look: callDated(http, endpoints.getDownload, { aoiId: ref.aoiId, downloadId: id }),
        mayBeUnknown: (now) => now < created + Duration.toMillis(graceOf({}))
      }))
    ),
  advice: "Check the status of the assets, and download them again.",
  done: "The download is done."
})
