/** The operations of orders. */
import type { Operation } from "../Resource.js"

export const operations = {
  DownloadOrderReport: {
    id: "DownloadOrderReport",
    method: "GET",
    route: "/v0/reports",
    query: ["tz"],
    needs: "view",
    role: "read",
    subject: "report"
  }
} as const satisfies Record<string, Operation>
