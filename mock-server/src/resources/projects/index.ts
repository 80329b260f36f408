/** Projects. They are those of the fixtures, and the same in every world: no operation changes them. */
import type { Resource } from "../Resource.js"
import { projectShape, quirks } from "./fixture.js"
import { operations } from "./operations.js"
import { handlers } from "./routes.js"

export const projects = {
  operations,
  handlers,
  fixtures: { projects: { shape: projectShape, schema: "project", key: "id" } },
  quirks
} as const satisfies Resource
