/** Assets of AOIs: files of their images, which are downloaded together. */
import type { Resource } from "../Resource.js"
import { operations } from "./operations.js"
import { handlers, packages } from "./routes.js"
import { drawer } from "./state.js"

export const assets = { operations, handlers, packages, drawers: { downloads: drawer } } as const satisfies Resource
