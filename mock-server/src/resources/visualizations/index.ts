/** Visualizations: the images of an index over an AOI, which the server makes for half a minute. */
import { reference } from "../../core/Problem.js"
import type { Resource } from "../Resource.js"
import { quirks, type VisualizationFixture, visualizationShape } from "./fixture.js"
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
      references: ({ aoi_id, index_id }: VisualizationFixture, names: (kind: string) => ReadonlyArray<string>) => [
        ...reference(["aoi_id"], aoi_id, "the id of an AOI", names("aois")),
        ...reference(["index_id"], index_id, "the id of an index", names("indices"))
      ]
    }
  },
  drawers: { visualizations: drawer },
  quirks
} as const satisfies Resource
