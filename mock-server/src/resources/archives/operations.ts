/** The operations of the archive. */
import { operationsOf } from "../Resource.js"
import { search } from "./fixture.js"

export const operations = operationsOf(
  { query: [], needs: "view", role: "read", subject: "item" },
  {
    ListCollections: {
      at: "GET /v0/archives/collections",
      query: ["ids"],
      role: "list",
      subject: "collection",
      items: "collections"
    },
    GetCollectionById: { at: "GET /v0/archives/collections/{cid}", subject: "collection", key: "cid" },
    ListItemInCollection: {
      at: "GET /v0/archives/collections/{cid}/items",
      query: ["limit", "offset"],
      role: "list",
      items: "features"
    },
    GetCollectionItemById: { at: "GET /v0/archives/collections/{cid}/items/{id}", key: "id" },
    SearchItemInArchive: { at: "POST /v0/archives/search", body: search }
  }
)
