/** The archive of images: collections and scenes of the fixtures, the same in every world. */
import { operationsOf, type Resource } from "../Resource.js"
import { collection, quirks, search } from "./fixture.js"
import { handlers } from "./routes.js"

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
    GetCollectionItemById: { at: "GET /v0/archives/collections/{cid}/items/{id}" },
    SearchItemInArchive: { at: "POST /v0/archives/search", body: search }
  }
)

export const archives = {
  operations,
  handlers,
  fixtures: { collections: { shape: collection } },
  quirks
} as const satisfies Resource
