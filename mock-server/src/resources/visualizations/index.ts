/** Visualizations: the images of an index over an AOI, which the server makes for half a minute. */
import type { Resource } from "../Resource.js"
import { quirks, visualizationShape } from "./fixture.js"
import { operations } from "./operations.js"
import { handlers } from "./routes.js"
import { drawer } from "./state.js"

export const visualizations = {
  operations,
  handlers,
  fixtures: {
    visualizations: {
      shape: visualizationShape,
      schema: "visualization",
      key: "id",
      references: [
        ["aoi_id", "aois", "the id of an AOI"],
        ["index_id", "indices", "the id of an index"]
      ]
    }
  },
  drawers: { visualizations: drawer },
  quirks
} as const satisfies Resource
