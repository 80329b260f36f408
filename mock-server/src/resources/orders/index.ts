/** Orders of images: captures of satellites, and images of the archive; their items, and the bandsets of captures. */
import type { Resource } from "../Resource.js"
import { bandset, type OrderFixture, orderShape, quirks } from "./fixture.js"
import { operations } from "./operations.js"
import { handlers } from "./routes.js"
import { drawers } from "./state.js"

export const orders = {
  operations,
  handlers,
  fixtures: {
    bandsets: { shape: bandset, schema: "bandset", key: "id" },
    orders: {
      shape: orderShape,
      schema: "order",
      key: "id",
      claims: ({ items }: OrderFixture) => items.map(({ id }, nth) => ({ path: ["items", nth, "id"], name: id })),
      references: [
        ["items.bandset.bandset_id", "bandsets", "the id of a bandset"],
        ["items.cloud_delivery.config", "stores", "the id of a store"],
        ["items.item_ids", "scenes", "the id of a scene"]
      ]
    }
  },
  drawers,
  quirks
} as const satisfies Resource
