/**
 * The description of insights for the safe create, and their estimate. Both are one request that differs by a flag, and
 * both carry a mark: in the metadata, which a block may replace while it runs (inferred), and in the name, unless the
 * caller gave one. A name that the caller chose proves nothing, since another writer may have chosen it too.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { CreateIntent } from "../../CreateIntent.js"
import type { HttpError, NotCreated } from "../../HttpError.js"
import { type Answer, callOnceDated } from "../../internal/call.js"
import { certain } from "../../internal/certain.js"
import type { Connection } from "../../internal/connection.js"
import type { Creatable } from "../../internal/creatable.js"
import * as dryRun from "../../internal/dryRun.js"
import { markIn } from "../../internal/intent.js"
import * as orphan from "../../internal/orphan.js"
import * as redact from "../../internal/redact.js"
import { Insight, type InsightAnswer, InsightId } from "../Insight.js"
import { EstimateCreated, EstimateUnknown, NotStarted } from "../InsightError.js"
import type { InsightsApi } from "../InsightsApi.js"
import { InsightTarget } from "../Subject.js"
import { createInsights } from "./endpoints.js"
import { look } from "./waits.js"

/** The key of the mark in the metadata. */
const key = "effect-pixxel"

const markOf = ({ metadata, name }: Insight): Option.Option<string> =>
  Option.orElse(Option.fromNullable(metadata[key] || undefined), () => markIn(name))

export const targetOf = ({ aoiId, block, name = "", projectId }: InsightsApi.EstimateInput): InsightTarget =>
  InsightTarget.make({ aoiId, projectId, block: `${block.name}@${block.version}`, name })

/** The arguments of a request, with the mark of its record. */
const marked = (input: InsightsApi.EstimateInput, { mark }: CreateIntent, estimate?: true) => {
  const { aoiId, block, inputs, metadata, name, projectId } = input
  const own = { aoiId, block, inputs, projectId, estimate }
  return Option.match(mark, {
    onNone: () => ({ ...own, name, metadata }),
    onSome: (it) => ({ ...own, name: name ?? `${block.name} ${it}`, metadata: { ...metadata, [key]: it } })
  })
}

const name = "InsightsApi.estimate"

type EstimateFailure = NotCreated | EstimateCreated | EstimateUnknown

/**
 * Estimates the cost. An insight that the server created instead, or may have created, is an error. An interruption
 * waits for the answer, since only this call learns of such an insight.
 */
export const estimate = (
  http: Connection,
  input: InsightsApi.EstimateInput
): Effect.Effect<Option.Option<number>, EstimateFailure> =>
  orphan.untilAnswered(
    Effect.gen(function* () {
      const target = targetOf(input)
      const intent = yield* dryRun.intentOf(http, target)
      const unknown = (error: HttpError) => {
        const facts = dryRun.unknown(createInsights.call, name, error)
        const message = `An insight of AOI ${target.aoiId} may have been created by an estimate, and may be costing money: ${facts.reason} List the insights before you estimate again.`
        return new EstimateUnknown({ ...facts, target, intent, message })
      }
      const answer = yield* callOnceDated(
        http,
        createInsights,
        marked(input, intent, true),
        (error) => certain(error) ?? unknown(error)
      )
      const { estimate, id, message } = answer.value
      const { id: idOf, text } = yield* redact.now(http.auth)
      if (Option.isSome(id)) {
        return yield* new EstimateCreated({
          target,
          insightId: InsightId.make(idOf(id.value)),
          serverMessage: Option.map(message, text),
          message: `${name} was answered with the insight ${idOf(id.value)} of AOI ${target.aoiId}: it runs and is billed. Do not repeat the estimate: wait for the insight.`
        })
      }
      return answer.head.status === 201 ? yield* unknown(dryRun.withoutId(answer)) : estimate
    }),
    orphan.reporting(`An estimate on AOI ${input.aoiId}`, "an insight may have been created", [
      EstimateCreated,
      EstimateUnknown
    ])
  )

/** The errors of a create of an insight alone. */
export type Own = NotStarted | EstimateCreated | EstimateUnknown

/** The new insight, or the error of an answer without one. */
const madeOf = (
  answer: Answer<InsightAnswer>,
  input: ReturnType<typeof marked>,
  target: InsightTarget
): Insight | NotStarted | undefined => {
  const { estimate, id } = answer.value
  if (Option.isSome(id)) {
    const { aoiId, metadata = {}, name } = input
    return new Insight({ id: id.value, aoiId: Option.some(aoiId), name: Option.fromNullable(name), metadata })
  }
  if (answer.head.status !== 200 || Option.isNone(estimate)) return undefined
  const message = `${createInsights.call.name} was answered 200 with an estimate of ${estimate.value} tokens: no insight of AOI ${target.aoiId} was started.`
  return new NotStarted({ target, estimate, message })
}

export const make = (http: Connection): Creatable<InsightsApi.EstimateInput, InsightTarget, Insight, Insight, Own> => ({
  words: { noun: "insight", nouns: "insights", payer: "project", place: ({ aoiId }) => `AOI ${aoiId}` },
  call: createInsights.call,
  isTarget: Schema.is(InsightTarget),
  targetOf,
  groupOf: ({ aoiId }) => aoiId,
  send: (given, intent, onError) => {
    const input = marked(given, intent)
    return Effect.flatMap(callOnceDated(http, createInsights, input, onError), (answer) => {
      const made = madeOf(answer, input, targetOf(given))
      return made instanceof Insight ? Effect.succeed(made) : Effect.fail(made ?? onError(dryRun.withoutId(answer)))
    })
  },
  list: ({ aoiId }) => look(http, { aoiId }),
  mark: markOf,
  resembles: ({ name }, target) => target.name === "" || Option.contains(name, target.name),
  adopt: Effect.succeed,
  estimate: (input) => estimate(http, input)
})
