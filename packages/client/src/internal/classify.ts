/**
 * Maps the outcome of an attempt to an error: by status first, then by the body, without assumptions about the body. An
 * attempt fails with a small value; its error is built once, at the end of the call.
 */
import { findFirst } from "effect/Array"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { Attempt, CauseFact } from "../Attempt.js"
import {
  type HttpError,
  PixxelBadRequest,
  PixxelConflict,
  PixxelDecodeError,
  PixxelForbidden,
  PixxelNotFound,
  PixxelRateLimited,
  PixxelRequestTimeout,
  PixxelServerError,
  PixxelTransportError,
  PixxelUnauthorized,
  PixxelUnexpectedStatus
} from "../HttpError.js"
import { parseJson } from "./body.js"
import { httpAdviceOf } from "./httpAdvice.js"
import * as httpDate from "./httpDate.js"
import { branchesOf, isLasting, neverLeft } from "./neverLeft.js"
import type { Scrub } from "./redact.js"
import { isObject, type Note } from "./wire.js"

/** The constants of a call, as every error states them. */
export interface Call {
  readonly operation: string
  readonly name: string
  readonly method: string
  readonly route: string
}

/** The head of an answer. */
export interface Head {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** The reason why an attempt failed. */
export type Reason =
  /** An answer that is no success. The text is empty if the body could not be read. */
  | { readonly _tag: "Refused"; readonly head: Head; readonly text: string; readonly now: number }
  /** An unusable success, and the beginning of its body. */
  | {
      readonly _tag: "Unusable"
      readonly head: Head
      readonly text: string
      readonly note: Note
      /** The local time of the answer; none for a package. */
      readonly now?: number
    }
  /** A failed or broken connection, with the head of the answer if any. */
  | { readonly _tag: "Broken"; readonly cause: unknown; readonly head: Head | undefined }
  /** Stopped before the `HttpClient` itself repeated the request. */
  | { readonly _tag: "Stopped"; readonly why: string }
  /** A deadline, of the attempt or of the whole call, passed during the attempt. */
  | { readonly _tag: "TooSlow"; readonly timeout: Duration.Duration }
  /** The deadline passed before the call got its turn. */
  | { readonly _tag: "NoTurn"; readonly timeout: Duration.Duration }

/**
 * The failure of one attempt: all that an error needs apart from the call and the earlier attempts. The reason holds
 * the server's words before they are scrubbed, and Effect may log the failure of a fiber, so the fields are private.
 */
export class Failure {
  readonly #reason: Reason
  readonly #scrub: Scrub

  constructor(reason: Reason, scrub: Scrub) {
    this.#reason = reason
    this.#scrub = scrub
  }

  get reason(): Reason {
    return this.#reason
  }

  get scrub(): Scrub {
    return this.#scrub
  }
}

/** The time of an answer by the server's clock, in milliseconds. `now` is the local clock. */
export const dateOf = ({ headers }: Head, now: number): Option.Option<number> =>
  Option.filter(Option.some(httpDate.first(headers["date"], now)), (millis) => !Number.isNaN(millis))

/** The delay requested by an answer. `now` is the local clock, for an answer without a `Date`. */
export const retryAfterOf = (head: Head, now: number): Option.Option<Duration.Duration> => {
  const sentAt = Option.getOrElse(dateOf(head, now), () => now)
  const millis = httpDate.retryAfter(head.headers["retry-after"], sentAt)
  return Number.isNaN(millis) ? Option.none() : Option.some(Duration.millis(millis))
}

const snippet = (text: string, scrub: Scrub) => scrub.text(text).slice(0, 256)

const idHeaders = ["x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "x-amz-request-id"]

/** Reads the id of the request from the headers of an answer, without the secrets that a server echoes. */
export const requestIdOf = (
  headers: Readonly<Record<string, string | undefined>>,
  scrub: Scrub
): Option.Option<string> =>
  Option.map(
    findFirst(idHeaders, (name) => Option.fromNullable(headers[name])),
    (value) => snippet(value, scrub)
  )

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {})

const textOf = (value: unknown, scrub: Scrub): Option.Option<string> =>
  (typeof value === "string" && value !== "") || typeof value === "number"
    ? Option.some(scrub.text(String(value)))
    : Option.none()

/** Reads the documented envelope, or its fields without the envelope, or else the beginning of the text. */
const refusalOf = (text: string, scrub: Scrub) => {
  const body = fieldsOf(Option.getOrUndefined(parseJson(text)))
  const error = "error" in body ? body["error"] : body
  const fields = fieldsOf(error)
  const code = textOf(fields["code"], scrub)
  const serverMessage = Option.orElse(textOf(fields["message"], scrub), () => textOf(error, scrub))
  const details = Option.map(Option.fromNullable(fields["details"]), scrub.json)
  const isUnderstood = [code, serverMessage, details].some(Option.isSome)
  return {
    code,
    serverMessage,
    details,
    body: isUnderstood || text.trim() === "" ? Option.none() : Option.some(snippet(text, scrub))
  }
}

const isServerError = (status: number) => status >= 500 && status < 600

const classes = {
  400: PixxelBadRequest,
  401: PixxelUnauthorized,
  403: PixxelForbidden,
  404: PixxelNotFound,
  409: PixxelConflict,
  429: PixxelRateLimited
}

const hasClass = (status: number): status is keyof typeof classes => status in classes

const classOf = ({ status }: Head) =>
  hasClass(status) ? classes[status] : isServerError(status) ? PixxelServerError : PixxelUnexpectedStatus

/** The note for a body that is not JSON. */
export const notJson = { path: "", expected: "JSON" } as const

/** The chain of causes; the branches of an aggregate precede its own cause. */
const causesOf = (cause: unknown, scrub: Scrub): ReadonlyArray<CauseFact> => {
  const out: Array<CauseFact> = []
  const seen = new Set<unknown>()
  const add = (link: unknown): void => {
    if (!(link instanceof Error) || seen.has(link) || out.length >= 10) return
    seen.add(link)
    out.push({
      name: link.name,
      code: "code" in link && typeof link.code === "string" ? Option.some(scrub.text(link.code)) : Option.none(),
      message: snippet(link.message, scrub)
    })
    branchesOf(link).forEach(add)
    add(link.cause)
  }
  add(cause)
  return out
}

// --- a failure without its error ---

/** Whether the request provably never left. */
export const isNotSent = ({ reason }: Failure): boolean =>
  reason._tag === "NoTurn" || (reason._tag === "Broken" && reason.head === undefined && neverLeft(reason.cause))

/** The literal `isRetryable` of the error. */
const isRetryable = ({ reason }: Failure): boolean =>
  reason._tag === "Refused"
    ? reason.head.status === 429 || isServerError(reason.head.status)
    : reason._tag !== "Unusable"

export const isRefusedBy = (failure: Failure, ...statuses: ReadonlyArray<number>): boolean =>
  failure.reason._tag === "Refused" && statuses.includes(failure.reason.head.status)

/** Whether the server may have accepted the request. */
export const mayHaveArrived = (failure: Failure): boolean => !isNotSent(failure) && !isRefusedBy(failure, 401, 403, 429)

/** Whether a repeat is harmless, for an operation that is `repeatable` or not. */
export const mayRepeat = (failure: Failure, repeatable: boolean): boolean =>
  isRetryable(failure) && (repeatable || isRefusedBy(failure, 429) || isNotSent(failure))

/** The delay requested by the server, in milliseconds; 0 if none. */
export const askedFor = ({ reason }: Failure): number =>
  reason._tag === "Refused"
    ? Duration.toMillis(Option.getOrElse(retryAfterOf(reason.head, reason.now), () => Duration.zero))
    : 0

/** Whether the next connection would fail in the same way, so that a retry is useless. */
export const isLastingFailure = (failure: Failure): boolean =>
  failure.reason._tag === "Broken" &&
  isNotSent(failure) &&
  causesOf(failure.reason.cause, failure.scrub).some(({ code, message }) =>
    isLasting(Option.getOrUndefined(code), message)
  )

/** The reason of a broken connection. */
const brokenBy = ({ reason, scrub }: Failure) => {
  const causes = reason._tag === "Broken" ? causesOf(reason.cause, scrub) : []
  const codes = causes.flatMap((link) => Option.toArray(link.code))
  return { causes, why: codes.at(-1) ?? causes.at(-1)?.message ?? "no reason given" }
}

/** The facts about a failed attempt; none if nothing was attempted. */
export const attemptOf = (failure: Failure): Omit<Attempt, "delay"> | undefined => {
  const { reason } = failure
  if (reason._tag === "NoTurn") return undefined
  return {
    ...answerOf(failure),
    reason: Option.fromNullable(
      reason._tag === "Broken"
        ? brokenBy(failure).why
        : reason._tag === "Stopped"
          ? reason.why
          : reason._tag === "TooSlow"
            ? "RequestTimeout"
            : undefined
    )
  }
}

/** The status and the request id of the answer, if any. */
const answerOf = ({ reason, scrub }: Failure) => {
  const head = "head" in reason ? Option.fromNullable(reason.head) : Option.none()
  return {
    status: Option.map(head, ({ status }) => status),
    requestId: Option.flatMap(head, ({ headers }) => requestIdOf(headers, scrub))
  }
}

// --- the error ---

/** The error of a call after its last attempt. `attempts` are all of them. */
export const errorOf = (call: Call, attempts: ReadonlyArray<Attempt>, failure: Failure): HttpError => {
  const { reason, scrub } = failure
  const { method, name, operation, route } = call
  const facts = (what: string) => ({
    operation,
    method,
    route,
    attempts,
    message: `${name} ${what}${attempts.length > 1 ? ` Attempts: ${attempts.length}.` : ""}`
  })
  const answer = answerOf(failure)
  switch (reason._tag) {
    case "Refused": {
      const { head, now, text } = reason
      const said = refusalOf(text, scrub)
      const Class = classOf(head)
      const message = Option.match(said.serverMessage, {
        onNone: () => "",
        onSome: (server) => `: ${server.slice(0, 512).replace(/\.$/, "")}`
      })
      return new Class({
        ...facts(`was answered ${head.status}${message}. ${httpAdviceOf(Class._tag, head.status)}`),
        ...said,
        status: head.status,
        requestId: answer.requestId,
        retryAfter: retryAfterOf(head, now)
      })
    }
    case "Unusable": {
      const { head, note, now, text } = reason
      const path = note.path === "" ? "the body" : note.path
      const [expected, found] = [scrub.text(note.expected), scrub.text(note.found)]
      return new PixxelDecodeError({
        ...facts(`was answered ${head.status}, but ${path} is ${found} where ${expected} is needed.`),
        status: head.status,
        requestId: answer.requestId,
        retryAfter: now === undefined ? Option.none() : retryAfterOf(head, now),
        path: note.path,
        expected,
        found,
        body: snippet(text, scrub)
      })
    }
    case "Broken": {
      const { causes, why } = brokenBy(failure)
      const sent = isNotSent(failure) ? false : "unknown"
      const what =
        sent === false
          ? `could not connect (${why}): the request was not sent.`
          : reason.head !== undefined
            ? `was answered ${reason.head.status}, but the connection broke within the body (${why}).`
            : `lost its connection (${why}): the request may have arrived.`
      return new PixxelTransportError({ ...facts(what), ...answer, sent, causes })
    }
    case "Stopped": {
      const what = `was stopped, because ${reason.why}: the first request may have arrived. Provide an HttpClient that neither retries nor follows redirects.`
      return new PixxelTransportError({ ...facts(what), sent: "unknown" })
    }
    default: {
      const { timeout } = reason
      const within = `within ${Duration.format(timeout)}`
      return new PixxelRequestTimeout(
        reason._tag === "TooSlow"
          ? { ...facts(`had no complete answer ${within}.`), sent: "unknown", timeout }
          : { ...facts(`did not get its turn ${within}: the request was not sent.`), sent: false, timeout }
      )
    }
  }
}

/** The tag of the error. */
export const tagOf = ({ reason }: Failure): HttpError["_tag"] =>
  reason._tag === "Refused"
    ? classOf(reason.head)._tag
    : reason._tag === "Unusable"
      ? "PixxelDecodeError"
      : reason._tag === "Broken" || reason._tag === "Stopped"
        ? "PixxelTransportError"
        : "PixxelRequestTimeout"

/**
 * Whether an unusable success was JSON, so that a repeat would bring the same. The errors of all other bodies, also too
 * long or undecodable ones, expected JSON.
 */
export const isJson = (error: HttpError): boolean =>
  error._tag === "PixxelDecodeError" && !error.expected.startsWith(notJson.expected)
