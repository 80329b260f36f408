/** The call of `Pixxel.ping`, without the services of that module. */
import * as Effect from "effect/Effect"
import { call } from "../../internal/call.js"
import { Connection } from "../../internal/connection.js"
import * as endpoints from "./endpoints.js"

export const ping = Effect.flatMap(Connection, (http) => call(http, endpoints.ping, {}))
