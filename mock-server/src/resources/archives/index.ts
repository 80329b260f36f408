/** The archive of images: collections and scenes of the fixtures, the same in every world. */
import type { Resource } from "../Resource.js"
import { collection, quirks } from "./fixture.js"
import { operations } from "./operations.js"
import { handlers } from "./routes.js"

export const archives = {
  operations,
  handlers,
  fixtures: { collections: { shape: collection, schema: "collection", key: "id" } },
  quirks
} as const satisfies Resource
