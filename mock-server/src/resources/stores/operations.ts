/** The operations of stores. */
import type { Operation } from "../Resource.js"
import { newStore } from "./fixture.js"

const stores = "/v0/stores"

const common = { query: [], subject: "store", key: "id" } as const

export const operations = {
  ListStores: {
    ...common,
    id: "ListStores",
    method: "GET",
    route: stores,
    needs: "view",
    role: "list",
    items: "stores"
  },
  CreateStore: {
    ...common,
    id: "CreateStore",
    method: "POST",
    route: stores,
    needs: "change",
    role: "create",
    body: newStore
  },
  DeleteStore: {
    ...common,
    id: "DeleteStore",
    method: "DELETE",
    route: `${stores}/{id}`,
    needs: "change",
    role: "delete"
  }
} as const satisfies Record<string, Operation>
