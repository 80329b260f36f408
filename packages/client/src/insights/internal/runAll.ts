/** The batches of insights. */
import type * as Effect from "effect/Effect"
import * as runAll from "../../internal/runAll.js"
import type { SafeCreate } from "../../internal/safeCreate.js"
import type { Insight } from "../Insight.js"
import type { InsightRunError } from "../InsightError.js"
import { Created, type Event, Failed, type Input, Intended, Succeeded } from "../InsightRunAll.js"
import type { InsightsApi } from "../InsightsApi.js"
import type { InsightTarget } from "../Subject.js"
import type { Own } from "./creatable.js"

type Settings = Omit<InsightsApi.RunAllOptions, "keep" | "onOrphan" | "seen" | "concurrency">

interface Batch {
  Input: Input
  Made: Insight
  Target: InsightTarget
  Result: InsightsApi.RunResult
  Own: Own
  Failure: InsightRunError
  Settings: Settings
  Event: Event
}

/** `complete` waits for an item, and polls its package until it is ready; `check` checks the options of both. */
export const make = (
  { create, ...safe }: SafeCreate<InsightsApi.EstimateInput, InsightTarget, Insight, Insight, Own>,
  complete: (
    ref: InsightsApi.InsightRef,
    options: Settings & Pick<InsightsApi.WaitOptions, "createdAt">
  ) => Effect.Effect<InsightsApi.RunResult, InsightRunError>,
  check: (options: Settings) => Effect.Effect<void>
): InsightsApi.Service["runAll"] =>
  runAll.make<Batch>({
    ...safe,
    check,
    // alike twice: the compiler would otherwise mix the ids of events with the optional one of `Failed`
    seen: (event) =>
      event._tag === "Intended"
        ? event
        : event._tag === "Failed"
          ? { ...event, id: event.insightId }
          : { ...event, id: event.insightId },
    intended: (input, intent) => new Intended({ input, intent }),
    created: (input, insightId) => new Created({ input, insightId }),
    succeeded: (input, insightId, result) => new Succeeded({ input, insightId, result }),
    failed: (input, insightId, error) => new Failed({ input, insightId, error }),
    idIn: ({ insightId }) => insightId,
    create: (input, { adopt, grace, maxCost }, hooks) => create({ ...input, adopt, grace, maxCost }, hooks),
    complete: ({ aoiId }, insightId, options) => complete({ aoiId, insightId }, options)
  })
