/** The operation that needs no token. */
import { endpoint } from "../../internal/endpoint.js"
import { jsonText } from "../../internal/success.js"

export const ping = endpoint({
  operation: "ping",
  name: "Pixxel.ping",
  method: "GET",
  path: "/ping",
  success: jsonText,
  auth: false,
  cost: "none",
  repeat: "safe"
})
