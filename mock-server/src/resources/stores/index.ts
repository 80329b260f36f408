/** Stores: buckets of customers that results are delivered to. Their secrets are checked and not kept. */
import { operationsOf, type Resource } from "../Resource.js"
import { newStore, type StoreFixture, storeShape } from "./fixture.js"
import { handlers } from "./routes.js"
import { drawer } from "./state.js"

export const operations = operationsOf(
  { query: [], needs: "change", subject: "store" },
  {
    ListStores: { at: "GET /v0/stores", needs: "view", role: "list", items: "stores" },
    CreateStore: { at: "POST /v0/stores", role: "create", body: newStore },
    DeleteStore: { at: "DELETE /v0/stores/{id}", role: "delete" }
  }
)

export const stores = {
  operations,
  handlers,
  fixtures: {
    stores: {
      shape: storeShape,
      claims: ({ name }: StoreFixture) => [{ path: ["name"], name }]
    }
  },
  drawers: { stores: drawer }
} as const satisfies Resource
