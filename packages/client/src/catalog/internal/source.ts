/** The source of the download of entries. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { call, callDated } from "../../internal/call.js"
import * as elapsed from "../../internal/elapsed.js"
import { graceOf } from "../../internal/grace.js"
import type { Source } from "../../internal/packages.js"
import type { CatalogApi } from "../CatalogApi.js"
import type { CatalogDownload } from "../CatalogDownload.js"
import { CatalogEntriesSubject, OrderItemsSubject } from "../Subject.js"
import * as endpoints from "./endpoints.js"

/** Both lists of ids, as the API requires them. */
export const listsOf = ({ catalogIds = [], orderItemIds = [] }: CatalogApi.Contents) => ({ catalogIds, orderItemIds })

/** Creates a download for each URL, and polls it: whether the API signs a URL again is not documented. */
export const packageOf = (
  contents: CatalogApi.Contents
): Source<CatalogEntriesSubject | OrderItemsSubject, CatalogDownload> => ({
  subject:
    contents.catalogIds === undefined
      ? OrderItemsSubject.make({ orderItemIds: contents.orderItemIds.join(",") })
      : CatalogEntriesSubject.make({ catalogIds: contents.catalogIds.join(",") }),
  format: "unknown",
  ask: (http) =>
    Effect.flatMap(call(http, endpoints.createDownload, listsOf(contents)), ({ id }) =>
      Effect.map(elapsed.now, (created) => ({
        look: callDated(http, endpoints.getDownload, { catalogDownloadId: id }),
        mayBeUnknown: (now) => now < created + Duration.toMillis(graceOf({}))
      }))
    ),
  advice: "Check that the order item has entries, and download them again.",
  done: "The download is done."
})
