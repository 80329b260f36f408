/** The operation that needs no token. */
import { read } from "../../internal/endpoint.js"
import { jsonText } from "../../internal/success.js"

export const ping = read({
  operation: "ping",
  name: "Pixxel.ping",
  path: "/ping",
  success: jsonText,
  auth: false
})
