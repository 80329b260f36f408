/** The order operations. */
import { endpoint } from "../../internal/endpoint.js"
import * as query from "../../internal/query.js"
import { text } from "../../internal/success.js"

export const downloadOrderReport = endpoint({
  operation: "DownloadOrderReport",
  name: "OrdersApi.report",
  method: "GET",
  path: "/v0/reports",
  query: { timeZone: query.text("tz") },
  success: text("text/csv"),
  cost: "none",
  repeat: "safe"
})
