/** Insights: runs of one block on an AOI. */
import { reference } from "../../core/Problem.js"
import type { Resource } from "../Resource.js"
import { type InsightFixture, insightShape, quirks } from "./fixture.js"
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
      references: ({ aoi_id }: InsightFixture, names: (kind: string) => ReadonlyArray<string>) =>
        reference(["aoi_id"], aoi_id, "the id of an AOI", names("aois"))
    }
  },
  drawers: { insights: drawer },
  quirks
} as const satisfies Resource
