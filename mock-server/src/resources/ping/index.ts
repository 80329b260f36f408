/** The operation that answers without a token. */
import type { Resource } from "../Resource.js"
import { operations } from "./operations.js"
import { handlers } from "./routes.js"

export const ping = { operations, handlers } as const satisfies Resource
