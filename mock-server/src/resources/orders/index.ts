/** Orders of images: captures of satellites, and images of the archive; their items, and the bandsets of captures. */
import { reference } from "../../core/Problem.js"
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
      references: ({ items }: OrderFixture, names: (kind: string) => ReadonlyArray<string>) =>
        items.flatMap(({ bandset, cloud_delivery, item_ids = [] }, nth) => [
          ...reference(
            ["items", nth, "bandset", "bandset_id"],
            bandset?.bandset_id,
            "the id of a bandset",
            names("bandsets")
          ),
          ...reference(
            ["items", nth, "cloud_delivery", "config"],
            cloud_delivery?.config,
            "the id of a store",
            names("stores")
          ),
          ...item_ids.flatMap((id, image) =>
            reference(["items", nth, "item_ids", image], id, "the id of a scene", names("scenes"))
          )
        ])
    }
  },
  drawers,
  quirks
} as const satisfies Resource
