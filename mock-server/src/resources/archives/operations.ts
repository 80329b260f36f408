/** The operations of the archive. */
import { operationsOf } from "../Resource.js"
import { search } from "./fixture.js"

const collections = "/v0/archives/collections"

export const operations = operationsOf(
  { method: "GET", query: [], needs: "view", role: "read", subject: "item" },
  {
    ListCollections: { route: collections, query: ["ids"], role: "list", subject: "collection", items: "collections" },
    GetCollectionById: { route: `${collections}/{cid}`, subject: "collection", key: "cid" },
    ListItemInCollection: {
      route: `${collections}/{cid}/items`,
      query: ["limit", "offset"],
      role: "list",
      items: "features"
    },
    GetCollectionItemById: { route: `${collections}/{cid}/items/{id}`, key: "id" },
    SearchItemInArchive: { method: "POST", route: "/v0/archives/search", body: search }
  }
)
