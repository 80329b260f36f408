/** The order operations. */
import { read } from "../../internal/endpoint.js"
import * as query from "../../internal/query.js"
import { text } from "../../internal/success.js"

export const downloadOrderReport = read({
  operation: "DownloadOrderReport",
  name: "OrdersApi.report",
  path: "/v0/reports",
  query: { timeZone: query.text("tz") },
  success: text("text/csv")
})
