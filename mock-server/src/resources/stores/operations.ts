/** The operations of stores. */
import { operationsOf } from "../Resource.js"
import { newStore } from "./fixture.js"

const stores = "/v0/stores"

export const operations = operationsOf(
  { query: [], subject: "store", key: "id" },
  {
    ListStores: { method: "GET", route: stores, needs: "view", role: "list", items: "stores" },
    CreateStore: { method: "POST", route: stores, needs: "change", role: "create", body: newStore },
    DeleteStore: { method: "DELETE", route: `${stores}/{id}`, needs: "change", role: "delete" }
  }
)
