/** The insight operations, and the operations composed of them. */
import * as Effect from "effect/Effect"
import { Connection } from "../../internal/connection.js"
import { checkInput, emptyOnes } from "../../internal/invalid.js"
import * as policies from "../../internal/policy.js"
import * as redact from "../../internal/redact.js"
import { make as safeCreate } from "../../internal/safeCreate.js"
import * as span from "../../internal/span.js"
import type { PixxelHttpClient } from "../../PixxelHttpClient.js"
import type { InsightsApi } from "../InsightsApi.js"
import * as creatable from "./creatable.js"
import { createInsights } from "./endpoints.js"
import { look, make as makeWaits } from "./waits.js"

const check = ({ block, name = "-", projectId }: InsightsApi.EstimateInput) =>
  checkInput(createInsights, emptyOnes({ "block.name": block.name, "block.version": block.version, projectId, name }))

export const make: Effect.Effect<InsightsApi.Service, never, PixxelHttpClient> = Effect.gen(function* () {
  const http = yield* Connection
  const waits = yield* makeWaits(http)
  const kind = creatable.make(http, waits.record)
  const safe = safeCreate(kind, { scrub: redact.now(http.auth), policy: policies.inForce(http.retry) })

  return {
    estimate: (input) =>
      Effect.zipRight(check(input), creatable.estimate(http, input)).pipe(span.within("InsightsApi.estimate")),
    create: (input) => Effect.zipRight(check(input), safe.create(input)),
    resolve: (target) => span.within("InsightsApi.resolve")(safe.resolve(target)),
    list: (input) => Effect.map(look(http, input), ({ value }) => value.items),
    get: waits.get,
    watch: (input) => waits.watch(input, input),
    wait: (input) => waits.wait(input, input).pipe(span.within("InsightsApi.wait"))
  }
})
