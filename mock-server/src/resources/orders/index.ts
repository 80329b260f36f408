/** The report of orders. Orders themselves are not served. */
import type { Resource } from "../Resource.js"
import { operations } from "./operations.js"
import { handlers } from "./routes.js"

export const orders = { operations, handlers } as const satisfies Resource
