/** The catalog: the images of orders, which are delivered to stores or downloaded. */
import type { Resource } from "../Resource.js"
import { quirks } from "./fixture.js"
import { operations } from "./operations.js"
import { handlers, packages } from "./routes.js"
import { drawers } from "./state.js"

export const catalog = { operations, handlers, packages, drawers, quirks } as const satisfies Resource
