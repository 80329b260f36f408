/** The operations of stores. */
import { operationsOf } from "../Resource.js"
import { newStore } from "./fixture.js"

export const operations = operationsOf(
  { query: [], needs: "change", subject: "store", key: "id" },
  {
    ListStores: { at: "GET /v0/stores", needs: "view", role: "list", items: "stores" },
    CreateStore: { at: "POST /v0/stores", role: "create", body: newStore },
    DeleteStore: { at: "DELETE /v0/stores/{id}", role: "delete" }
  }
)
