/** The insight operations, and the operations composed of them. */
import * as Effect from "effect/Effect"
import { call } from "../../internal/call.js"
import { Connection } from "../../internal/connection.js"
import { badTimes, checkInput, emptyOnes, given } from "../../internal/invalid.js"
import { make as safeCreate } from "../../internal/safeCreate.js"
import * as span from "../../internal/span.js"
import type { YoungOptions } from "../../internal/waits.js"
import type { PixxelHttpClient } from "../../PixxelHttpClient.js"
import type { Insight } from "../Insight.js"
import type { InsightsApi } from "../InsightsApi.js"
import * as creatable from "./creatable.js"
import { createInsights, deleteInsights, downloadInsights, listInsights } from "./endpoints.js"
import { make as makeRunAll } from "./runAll.js"
import { packageOf } from "./source.js"
import { look, make as makeWaits, subjectOf } from "./waits.js"

const check = ({ block, name = "-", projectId }: InsightsApi.EstimateInput) =>
  checkInput(createInsights, emptyOnes({ "block.name": block.name, "block.version": block.version, projectId, name }))

export const make: Effect.Effect<InsightsApi.Service, never, PixxelHttpClient> = Effect.gen(function* () {
  const http = yield* Connection
  const waits = yield* makeWaits(http)
  const safe = safeCreate(creatable.make(http, waits.record), http)

  const complete = (ref: InsightsApi.InsightRef, options: YoungOptions<Insight>, created?: Insight) =>
    Effect.map(waits.complete(ref, packageOf(ref, subjectOf(ref)), options, created), ({ item, ready }) => ({
      insight: item,
      download: ready
    }))

  const create: InsightsApi.Service["create"] = (input) => Effect.zipRight(check(input), safe.create(input))

  return {
    estimate: (input) =>
      Effect.zipRight(check(input), creatable.estimate(http, input)).pipe(span.within("InsightsApi.estimate")),
    create,
    resolve: (target) => span.within("InsightsApi.resolve")(safe.resolve(target)),
    list: (input) =>
      Effect.zipRight(
        checkInput(listInsights, badTimes({ createdOn: input.createdOn })),
        Effect.map(look(http, input), ({ value }) => value.items)
      ),
    get: waits.get,
    watch: waits.watch,
    wait: waits.wait,
    download: (input) =>
      Effect.zipRight(
        checkInput(downloadInsights, emptyOnes(given({ inputs: input.inputs, outputs: input.outputs }))),
        call(http, downloadInsights, input)
      ),
    run: (input) =>
      Effect.flatMap(Effect.zipRight(waits.check(input), create(input)), (created) =>
        complete({ aoiId: input.aoiId, insightId: created.id }, input, created)
      ).pipe(span.within("InsightsApi.run")),
    runAll: makeRunAll(safe, complete, waits.check),
    delete: (input) => call(http, deleteInsights, input)
  }
})
