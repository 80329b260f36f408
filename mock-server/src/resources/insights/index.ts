/** Insights: runs of one block on an AOI. */
import type { Resource } from "../Resource.js"
import { insightShape, quirks } from "./fixture.js"
import { operations } from "./operations.js"
import { packages } from "./packages.js"
import { handlers } from "./routes.js"
import { drawer } from "./state.js"

export const insights = {
  operations,
  handlers,
  packages,
  fixtures: {
    insights: {
      shape: insightShape,
      schema: "insight",
      key: "id",
      references: [["aoi_id", "aois", "the id of an AOI"]]
    }
  },
  drawers: { insights: drawer },
  quirks
} as const satisfies Resource
