/** The batches of insights. */
import type * as Effect from "effect/Effect"
import * as runAll from "../../internal/runAll.js"
import type { SafeCreate } from "../../internal/safeCreate.js"
import type { Insight, InsightId } from "../Insight.js"
import type { EstimateCreated, EstimateUnknown, InsightRunError, NotStarted } from "../InsightError.js"
import { Created, type Event, Failed, type Input, Intended, Succeeded } from "../InsightRunAll.js"
import type { InsightsApi } from "../InsightsApi.js"
import type { InsightTarget } from "../Subject.js"
import { targetOf } from "./creatable.js"

type Own = NotStarted | EstimateCreated | EstimateUnknown

type Settings = Omit<InsightsApi.RunAllOptions, "keep" | "onOrphan" | "seen" | "concurrency">

export interface Parts
  extends Pick<
    SafeCreate<InsightsApi.EstimateInput, InsightTarget, Insight, Insight, Own>,
    "create" | "resolveAll" | "remember" | "logOrphan"
  > {
  /** Waits for an insight, and polls its package until it is ready. */
  readonly complete: (
    ref: InsightsApi.InsightRef,
    options: Settings & Pick<InsightsApi.WaitOptions, "createdAt">
  ) => Effect.Effect<InsightsApi.RunResult, InsightRunError>
}

interface Batch {
  Input: Input
  Id: InsightId
  Made: Insight
  Target: InsightTarget
  Result: InsightsApi.RunResult
  Own: Own
  Failure: InsightRunError
  Settings: Settings
  Event: Event
  Intended: Intended
  Created: Created
  Succeeded: Succeeded
  Failed: Failed
}

export const make = ({ complete, create, ...safe }: Parts): InsightsApi.Service["runAll"] =>
  runAll.make<Batch>({
    ...safe,
    seen: (event) => {
      switch (event._tag) {
        case "Intended":
          return event
        case "Failed":
          return { _tag: event._tag, input: event.input, id: event.insightId, error: event.error }
        default:
          return { _tag: event._tag, input: event.input, id: event.insightId }
      }
    },
    intended: (input, intent) => new Intended({ input, intent }),
    created: (input, insightId) => new Created({ input, insightId }),
    succeeded: (input, insightId, result) => new Succeeded({ input, insightId, result }),
    failed: (input, insightId, error) => new Failed({ input, insightId, error }),
    idIn: ({ insightId }) => insightId,
    groupOf: ({ aoiId }) => aoiId,
    targetOf,
    create: (input, { adopt, grace, maxCost }, hooks) => create({ ...input, adopt, grace, maxCost }, hooks),
    complete: ({ aoiId }, insightId, options) => complete({ aoiId, insightId }, options)
  })
