/** AOIs: areas with images of a satellite, which the server prepares for some minutes. */
import type { Resource } from "../Resource.js"
import { type AoiFixture, aoiShape, quirks } from "./fixture.js"
import { operations } from "./operations.js"
import { handlers } from "./routes.js"
import { drawer } from "./state.js"

export const aois = {
  operations,
  handlers,
  fixtures: {
    aois: { shape: aoiShape, schema: "aoi", key: "id", claims: ({ name }: AoiFixture) => [{ path: ["name"], name }] }
  },
  drawers: { aois: drawer },
  quirks
} as const satisfies Resource
