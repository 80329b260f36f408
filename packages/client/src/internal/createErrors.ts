/** Classifies the errors of a create: certainly nothing started, or outcome unknown. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import { type Candidate, CostLimitExceeded, CreateNotSent, CreateOutcomeUnknown } from "../CreateError.js"
import type { CreateIntent } from "../CreateIntent.js"
import { type HttpError, type NotSent, PixxelRequestTimeout, type PixxelTransportError } from "../HttpError.js"
import type { Creatable } from "./creatable.js"
import type { Tagged } from "./tagged.js"

const isNotSent = (error: PixxelTransportError | PixxelRequestTimeout): error is NotSent => error.sent === false

/**
 * The statuses that prove that a create made nothing, with or without a body. The API checks them before it makes
 * anything (documented for 400, 401, 403 and 429, inferred for the others), and no gateway answers them to a request
 * that it has passed on. All other statuses prove nothing: gateways answer 408, 425, 444, 460 and 499 when they or the
 * client gave up waiting, 421 may answer the second of two requests, 409 may refer to an existing item, 406, 410, 418
 * and 451 do not come from the API, and a redirect may follow the creation.
 */
const refusals = new Set([
  400, // a parameter is missing, malformed or unknown
  401, // the form of the token is unknown
  402, // the project cannot pay
  403, // the token lacks the permission
  404, // the workflow, project or route does not exist
  422, // the workflow cannot run in its current state
  429 // the rate limit applies before the work
])

/** Returns the error if it proves that the create started nothing. */
const certain = (error: HttpError) => {
  switch (error._tag) {
    case "PixxelBadRequest":
    case "PixxelUnauthorized":
    case "PixxelForbidden":
    case "PixxelNotFound":
    case "PixxelRateLimited":
    case "PixxelUnexpectedStatus":
      return refusals.has(error.status) ? error : undefined
    case "PixxelTransportError":
    case "PixxelRequestTimeout":
      return isNotSent(error) ? error : undefined
    default:
      return undefined
  }
}

type Refusal = NonNullable<ReturnType<typeof certain>>

/** An error of the create request. */
export type SendError<Target extends Tagged> = Refusal | CreateOutcomeUnknown<Target>

const statusOf = (error: HttpError): Option.Option<number> => {
  if (!("status" in error)) return Option.none()
  return typeof error.status === "number" ? Option.some(error.status) : error.status
}

/** The errors of the creates of one resource. */
export const make = <Target extends Tagged>({
  call,
  words: { noun, nouns, place }
}: Pick<Creatable<never, Target, never, never>, "call" | "words">) => {
  /** Classifies an error of a call before the create: an error that a create has too, or `CreateNotSent`. */
  const ofPreparation =
    (subject: string) =>
    (target: Target) =>
    (failure: HttpError): Refusal | CreateNotSent<Target> =>
      certain(failure) ??
      notSent(
        target,
        failure,
        `The ${subject} of ${place(target)} could not be fetched before the create, so the create was not sent and nothing was started: ${failure.message}`
      )

  const notSent = (target: Target, failure: HttpError, message: string) =>
    new CreateNotSent<Target>({ target, failure, message })

  const messageOfUnknown = (target: Target, reason: string, more: ReadonlyArray<string>) =>
    [
      `${/^[aeiou]/.test(noun) ? "An" : "A"} ${noun} may have been created, and may be costing money: ${reason}`,
      ...more,
      `List the ${nouns} of ${place(target)} before creating another.`
    ].join(" ")

  type Known = Pick<CreateOutcomeUnknown, "operation" | "method" | "route" | "attempts" | "status" | "requestId">

  const outcomeUnknown = (
    intent: CreateIntent<Target>,
    reason: string,
    known: Known,
    candidates: ReadonlyArray<Candidate> = [],
    more: ReadonlyArray<string> = []
  ): CreateOutcomeUnknown<Target> => {
    const { target } = intent
    const { attempts, method, operation, requestId, route, status } = known
    const facts = { operation, method, route, attempts, status, requestId, reason, candidates }
    const message = messageOfUnknown(target, reason, more)
    return new CreateOutcomeUnknown({ ...facts, target, intent, message })
  }

  return {
    /** Classifies an error of the create request. */
    ofCreate:
      (intent: CreateIntent<Target>) =>
      (error: HttpError): SendError<Target> => {
        const requestId = "requestId" in error ? error.requestId : Option.none()
        return certain(error) ?? outcomeUnknown(intent, error.message, { ...error, status: statusOf(error), requestId })
      },

    /** Classifies an error of the list before a create. */
    ofBaseline: ofPreparation(nouns),

    /** Classifies an error of the estimate before a create. */
    ofEstimate: ofPreparation("estimate"),

    tooExpensive: (target: Target, maxCost: number, estimate: Option.Option<number>) => {
      const what = Option.match(estimate, {
        onNone: () => "its estimate has no readable cost",
        onSome: (cost) => `it is estimated to cost ${cost} tokens, and the limit is ${maxCost}`
      })
      const message = `No ${noun} of ${place(target)} was started: ${what}.`
      return new CostLimitExceeded<Target>({ target, maxCost, estimate, message })
    },

    /** The unknown outcome of a create from its record alone. */
    unrecorded: (intent: CreateIntent<Target>, reason: string) =>
      outcomeUnknown(intent, reason, { ...call, attempts: [], status: Option.none(), requestId: Option.none() }),

    /** The error of a create that was not sent because its record was stored after the deadline of the call. */
    keptTooLate: ({ target, timeout }: CreateIntent<Target>) => {
      const message = `The record of a create was not stored within ${Duration.format(timeout)}: the request was not sent.`
      return notSent(target, new PixxelRequestTimeout({ ...call, sent: false, timeout, message }), message)
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
