/** The order operations. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { call } from "../../internal/call.js"
import { Connection } from "../../internal/connection.js"
import { checkInput } from "../../internal/invalid.js"
import type { PixxelHttpClient } from "../../PixxelHttpClient.js"
import type { OrdersApi } from "../OrdersApi.js"
import { downloadOrderReport } from "./endpoints.js"

const difference = (timeZone: string | undefined) =>
  timeZone === undefined || Option.isSome(DateTime.zoneMakeNamed(timeZone))
    ? []
    : [{ path: "timeZone", found: JSON.stringify(timeZone), expected: "an IANA time zone such as Europe/Paris" }]

export const make: Effect.Effect<OrdersApi.Service, never, PixxelHttpClient> = Effect.map(Connection, (http) => ({
  report: (input = {}) =>
    Effect.zipRight(checkInput(downloadOrderReport, difference(input.timeZone)), call(http, downloadOrderReport, input))
}))
