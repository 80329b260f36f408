/** Stores: buckets of customers that results are delivered to. Their secrets are checked and not kept. */
import type { Resource } from "../Resource.js"
import { type StoreFixture, storeShape } from "./fixture.js"
import { operations } from "./operations.js"
import { handlers } from "./routes.js"
import { drawer } from "./state.js"

export const stores = {
  operations,
  handlers,
  fixtures: {
    stores: {
      shape: storeShape,
      schema: "store",
      key: "id",
      claims: ({ name }: StoreFixture) => [{ path: ["name"], name }]
    }
  },
  drawers: { stores: drawer }
} as const satisfies Resource
