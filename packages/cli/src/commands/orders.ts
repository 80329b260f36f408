/** `pixxel orders`: the report of orders. */
import { OrdersApi } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import { Output } from "../Output.js"
import { plainLines } from "../render/plain.js"
import { calling, group, savedAs } from "./calling.js"
import { file, maybe, text } from "./options.js"

const report = calling(
  "orders report --time-zone Europe/Paris",
  "Download the report of all orders as CSV.",
  {
    timeZone: maybe(text("time-zone", "ZONE", "The time zone of its times, such as Europe/Paris.")),
    out: maybe(file("out", "Write the report to this file, and replace it. Default: stdout."))
  },
  ({ out, timeZone }) =>
    Effect.gen(function* () {
      const csv = yield* Effect.flatMap(OrdersApi, (api) => api.report({ timeZone }))
      const { isTerminal } = (yield* Output).results
      if (out === undefined) {
        return { json: () => ({ report: csv }), text: () => (isTerminal ? plainLines(csv) : csv) }
      }
      return yield* savedAs(out, csv)
    })
)

export const orders = group("orders", "Download the report of orders.", [report])
