/** Looks at insights and waits for them, by their lists. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { callDated } from "../../internal/call.js"
import type { Connection } from "../../internal/connection.js"
import { inList } from "../../internal/listed.js"
import type { Scrub } from "../../internal/redact.js"
import { keyOf } from "../../internal/subject.js"
import { type Ended, make as makeWaits } from "../../internal/waits.js"
import type { Insight } from "../Insight.js"
import { InsightFailed } from "../InsightError.js"
import type { InsightsApi } from "../InsightsApi.js"
import { InsightSubject } from "../Subject.js"
import * as endpoints from "./endpoints.js"

export const subjectOf = ({ aoiId, insightId }: InsightsApi.InsightRef): InsightSubject =>
  InsightSubject.make({ aoiId, insightId })

/** Lists insights, and records that they were shown. */
export const look = (http: Connection, input: InsightsApi.ListInput) =>
  Effect.map(callDated(http, endpoints.listInsights, input), (answer) => {
    const { items } = answer.value
    http.recent.saw(() => items.map(({ id }) => keyOf(subjectOf({ aoiId: input.aoiId, insightId: id }))))
    return answer
  })

const failed = ({ what, ...ended }: Ended<InsightSubject>, insight: Insight, { text }: Scrub): InsightFailed => {
  const errMsg = Option.map(insight.errMsg, text)
  const wasDeleted = Option.isSome(insight.deletedAt)
  const reason = Option.getOrElse(errMsg, () => (wasDeleted ? "it was deleted" : "no reason given"))
  return new InsightFailed({ ...ended, errMsg, message: `${what}: ${reason.replace(/\.$/, "")}.` })
}

export const make = (http: Connection) =>
  makeWaits(http, {
    name: "InsightsApi.wait",
    subjectOf,
    get: ({ aoiId, insightId }: InsightsApi.InsightRef) =>
      inList(http, endpoints.listInsights, { aoiId, id: insightId }, "insight", insightId),
    shared: {
      groupOf: ({ aoiId }) => aoiId,
      idOf: ({ insightId }) => insightId,
      list: ({ aoiId }) => Effect.map(look(http, { aoiId }), (answer) => answer.with(answer.value.items))
    },
    absences: 3,
    exists: "exists and is billed",
    failed
  })
