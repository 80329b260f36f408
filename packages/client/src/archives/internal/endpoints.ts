/** The operations of the archive. */
import { CollectionId } from "../../Ids.js"
import { read } from "../../internal/endpoint.js"
import { offsets } from "../../internal/paging.js"
import * as payload from "../../internal/payload.js"
import * as query from "../../internal/query.js"
import { body } from "../../internal/stacSearch.js"
import { json, list, page } from "../../internal/success.js"
import { StacItem, StacItemId } from "../../StacItem.js"
import type * as StacSearch from "../../StacSearch.js"
import { ArchivePage } from "../ArchivePage.js"
import { Collection } from "../Collection.js"

/** The client's limit of a page of a stream: the documentation names no largest one. */
const paging = offsets(100)

/** The documented form of a property in `sortby`. */
const sortsOf = (sorts: ReadonlyArray<StacSearch.Sort>) =>
  sorts.map(({ direction = "asc", field }) => ({ field: `properties->>'${field}'`, direction }))

export const listCollections = read({
  operation: "ListCollections",
  name: "ArchivesApi.collections",
  path: "/v0/archives/collections",
  query: { ids: query.commas<CollectionId>("ids") },
  success: list("collections", Collection)
})

export const getCollection = read({
  operation: "GetCollectionById",
  name: "ArchivesApi.collection",
  path: "/v0/archives/collections/{cid}",
  params: { cid: CollectionId },
  success: json(Collection)
})

export const listItems = read({
  operation: "ListItemInCollection",
  name: "ArchivesApi.items",
  path: "/v0/archives/collections/{cid}/items",
  params: { cid: CollectionId },
  query: query.page,
  success: page(ArchivePage, "items", paging)
})

export const getItem = read({
  operation: "GetCollectionItemById",
  name: "ArchivesApi.item",
  path: "/v0/archives/collections/{cid}/items/{id}",
  params: { cid: CollectionId, id: StacItemId },
  success: json(StacItem)
})

export const searchItems = read({
  operation: "SearchItemInArchive",
  name: "ArchivesApi.search",
  method: "POST",
  path: "/v0/archives/search",
  body: {
    ...body,
    sortBy: payload.optional(payload.from(payload.json<ReturnType<typeof sortsOf>>("sortby"), sortsOf))
  },
  success: page(ArchivePage, "items", paging)
})
