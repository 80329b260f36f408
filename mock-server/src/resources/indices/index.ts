/** Indices: the presets of satellites and custom ones from the fixtures, the same in every world, and those of a world. */
import type { Resource } from "../Resource.js"
import { shape } from "./fixture.js"
import { operations } from "./operations.js"
import { handlers } from "./routes.js"
import { drawer } from "./state.js"

export const indices = {
  operations,
  handlers,
  fixtures: { indices: { shape, schema: "index", key: "id" } },
  drawers: { indices: drawer }
} as const satisfies Resource
