/** The operation that answers without a token. */
import type { Operation } from "../Resource.js"

export const operations = {
  ping: { id: "ping", method: "GET", route: "/ping", query: [], needs: "nothing", role: "read", subject: "ping" }
} as const satisfies Record<string, Operation>
