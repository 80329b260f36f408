/** The insight operations, and the operations composed of them. */
import * as Effect from "effect/Effect"
import { call } from "../../internal/call.js"
import { Connection } from "../../internal/connection.js"
import { badTimes, checkInput, emptyOnes, given } from "../../internal/invalid.js"
import * as runAll from "../../internal/runAll.js"
import { make as safeCreate } from "../../internal/safeCreate.js"
import * as span from "../../internal/span.js"
import type { YoungOptions } from "../../internal/waits.js"
import type { PixxelHttpClient } from "../../PixxelHttpClient.js"
import type { Insight } from "../Insight.js"
import type { InsightRunError } from "../InsightError.js"
import * as RunAll from "../InsightRunAll.js"
import type { InsightsApi } from "../InsightsApi.js"
import * as creatable from "./creatable.js"
import { createInsights, deleteInsights, downloadInsights, listInsights } from "./endpoints.js"
import { packageOf } from "./source.js"
import { look, make as makeWaits, subjectOf } from "./waits.js"

interface Batch {
  Input: RunAll.Input
  Made: Insight
  Result: InsightsApi.RunResult
  Failure: InsightRunError
  Settings: Omit<InsightsApi.RunAllOptions, "keep" | "onOrphan" | "seen" | "concurrency">
  Event: RunAll.Event
}

const check = ({ block, name = "-", projectId }: InsightsApi.EstimateInput) =>
  checkInput(createInsights, emptyOnes({ "block.name": block.name, "block.version": block.version, projectId, name }))

export const make: Effect.Effect<InsightsApi.Service, never, PixxelHttpClient> = Effect.gen(function* () {
  const http = yield* Connection
  const waits = yield* makeWaits(http)
  const safe = safeCreate(creatable.make(http), http, ({ aoiId }, insightId, grace) =>
    waits.record({ aoiId, insightId }, grace)
  )

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
    runAll: runAll.make<Batch>({
      ...safe,
      check: waits.check,
      intended: (input, intent) => new RunAll.Intended({ input, intent }),
      created: (input, insightId) => new RunAll.Created({ input, insightId }),
      succeeded: (input, insightId, result) => new RunAll.Succeeded({ input, insightId, result }),
      failed: (input, insightId, error) => new RunAll.Failed({ input, insightId, error }),
      idIn: (from) => ("insightId" in from ? from.insightId : undefined),
      create: (input, { adopt, grace, maxCost }, hooks) => safe.create({ ...input, adopt, grace, maxCost }, hooks),
      complete: ({ aoiId }, insightId, options) => complete({ aoiId, insightId }, options)
    }),
    delete: (input) => call(http, deleteInsights, input)
  }
})
