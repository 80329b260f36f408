/** The source of the download of entries. */
import { call, callDated } from "../../internal/call.js"
import { created, type Source } from "../../internal/packages.js"
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
    created(call(http, endpoints.createDownload, listsOf(contents)), (catalogDownloadId) =>
      callDated(http, endpoints.getDownload, { catalogDownloadId })
    ),
  advice: "Check that the order item has entries, and download them again.",
  done: "The download is done."
})
