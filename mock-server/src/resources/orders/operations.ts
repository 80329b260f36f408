/** The operations of orders. */
import { operationsOf } from "../Resource.js"

export const operations = operationsOf(
  { query: [], needs: "view" },
  { DownloadOrderReport: { method: "GET", route: "/v0/reports", query: ["tz"], role: "read", subject: "report" } }
)
