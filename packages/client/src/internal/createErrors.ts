/** Classifies the errors of a create: certainly nothing started, or outcome unknown. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import { type Candidate, CostLimitExceeded, CreateNotSent, CreateOutcomeUnknown } from "../CreateError.js"
import type { CreateIntent } from "../CreateIntent.js"
import { type HttpError, type NotCreated, PixxelRequestTimeout } from "../HttpError.js"
import { certain } from "./certain.js"
import type { Creatable, Entry } from "./creatable.js"
import type { Scrub } from "./redact.js"
import type { Tagged } from "./tagged.js"

export type SendError<Target extends Tagged> = NotCreated | CreateOutcomeUnknown<Target>

export type PrepareError<Target extends Tagged> = NotCreated | CreateNotSent<Target>

/** The status of the answer behind an error. */
export const statusOf = (error: HttpError): Option.Option<number> => {
  if (!("status" in error)) return Option.none()
  return typeof error.status === "number" ? Option.some(error.status) : error.status
}

/** An item as errors name it: the server's texts might contain a secret. */
export const candidateOf =
  ({ id, text }: Scrub) =>
  ({ createdAt, createdBy, id: itemId, status }: Entry): Candidate => ({
    id: id(itemId),
    createdAt,
    createdBy: Option.map(createdBy, text),
    status: Option.map(status, text)
  })

export const make = <Target extends Tagged>({
  call,
  words: { noun, nouns, place }
}: Pick<Creatable<never, Target, never, never>, "call" | "words">) => {
  type Known = Pick<CreateOutcomeUnknown, "operation" | "method" | "route"> &
    Partial<Pick<CreateOutcomeUnknown, "attempts" | "status" | "requestId">>

  const outcomeUnknown = (
    intent: CreateIntent<Target>,
    reason: string,
    { attempts = [], method, operation, requestId = Option.none(), route, status = Option.none() }: Known,
    candidates: ReadonlyArray<Candidate> = [],
    more: ReadonlyArray<string> = []
  ) =>
    new CreateOutcomeUnknown<Target>({
      operation,
      method,
      route,
      attempts,
      status,
      requestId,
      reason,
      candidates,
      target: intent.target,
      intent,
      message: [
        `${/^[aeiou]/.test(noun) ? "An" : "A"} ${noun} may have been created, and may be costing money: ${reason}`,
        ...more,
        `List the ${nouns} of ${place(intent.target)} before creating another.`
      ].join(" ")
    })

  return {
    ofCreate:
      (intent: CreateIntent<Target>) =>
      (error: HttpError): SendError<Target> => {
        const requestId = "requestId" in error ? error.requestId : Option.none()
        return certain(error) ?? outcomeUnknown(intent, error.message, { ...error, status: statusOf(error), requestId })
      },

    /** Classifies an error of a call before the create, which fetches `what`. */
    ofPreparation:
      (what: string, target: Target) =>
      (failure: HttpError): PrepareError<Target> => {
        const message = `The ${what} of ${place(target)} could not be fetched before the create, so the create was not sent and nothing was started: ${failure.message}`
        return certain(failure) ?? new CreateNotSent<Target>({ target, failure, message })
      },

    tooExpensive: (target: Target, maxCost: number, estimate: Option.Option<number>) => {
      const what = Option.match(estimate, {
        onNone: () => "its estimate has no readable cost",
        onSome: (cost) => `it is estimated to cost ${cost} tokens, and the limit is ${maxCost}`
      })
      const message = `No ${noun} of ${place(target)} was started: ${what}.`
      return new CostLimitExceeded<Target>({ target, maxCost, estimate, message })
    },

    /** The unknown outcome of a create from its record alone. */
    unrecorded: (intent: CreateIntent<Target>, reason: string) => outcomeUnknown(intent, reason, call),

    /** The error of a create that was not sent because its record was stored after the deadline of the call. */
    keptTooLate: ({ target, timeout }: CreateIntent<Target>) => {
      const message = `The record of a create was not stored within ${Duration.format(timeout)}: the request was not sent.`
      const failure = new PixxelRequestTimeout({ ...call, sent: false, timeout, message })
      return new CreateNotSent<Target>({ target, failure, message })
    },

    /** An unknown outcome after an inconclusive search, with the candidates and the reason. */
    lookedInto: (
      error: CreateOutcomeUnknown,
      intent: CreateIntent<Target>,
      candidates: ReadonlyArray<Candidate>,
      why: string
    ) => {
      const found = candidates.length === 0 ? [] : [`New ${nouns}: ${candidates.map(({ id }) => id).join(", ")}.`]
      return outcomeUnknown(intent, error.reason, error, candidates, [why, ...found])
    }
  }
}
