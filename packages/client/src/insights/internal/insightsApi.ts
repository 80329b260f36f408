/** The insight operations, and the operations composed of them. */
import * as Effect from "effect/Effect"
import { Connection } from "../../internal/connection.js"
import * as span from "../../internal/span.js"
import type { PixxelHttpClient } from "../../PixxelHttpClient.js"
import type { InsightsApi } from "../InsightsApi.js"
import { look, make as makeWaits } from "./waits.js"

export const make: Effect.Effect<InsightsApi.Service, never, PixxelHttpClient> = Effect.gen(function* () {
  const http = yield* Connection
  const waits = yield* makeWaits(http)

  return {
    list: (input) => Effect.map(look(http, input), ({ value }) => value.items),
    get: waits.get,
    watch: (input) => waits.watch(input, input),
    wait: (input) => waits.wait(input, input).pipe(span.within("InsightsApi.wait"))
  }
})
