/** Maps outcomes to errors: by status first, then by the body, without assumptions about the body. */
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
import * as httpDate from "./httpDate.js"
import { branchesOf, isLasting, neverLeft } from "./neverLeft.js"
import type { Scrub } from "./redact.js"
import { requestIdOf } from "./requestId.js"
import type { Note } from "./wire.js"

/** The facts that every error states about its call and earlier attempts. */
export interface Facts {
  readonly operation: string
  readonly name: string
  readonly method: string
  readonly route: string
  /** The earlier, failed attempts. */
  readonly before: ReadonlyArray<Attempt>
  /** The delay after the last of them. */
  readonly delay: Duration.Duration
}

/** The head of an answer. */
export interface Head {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** The common fields of all errors: the call, all attempts, ending with `attempt` if any, and the message. */
const failed = (facts: Facts, attempt: Partial<Attempt> | undefined, what: string) => {
  const { before, delay, method, operation, route } = facts
  const missing = { status: Option.none(), reason: Option.none(), requestId: Option.none() }
  const attempts = attempt === undefined ? before : [...before, { ...missing, ...attempt, delay }]
  const message = attempts.length > 1 ? `${what} Attempts: ${attempts.length}.` : what
  return { operation, method, route, attempts, message }
}

const answered = (facts: Facts, head: Head, scrub: Scrub, what: string) => {
  const requestId = requestIdOf(head.headers, scrub)
  return {
    ...failed(facts, { status: Option.some(head.status), requestId }, what),
    status: head.status,
    requestId
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

export const parseJson = (text: string): Option.Option<unknown> => {
  try {
    return Option.some(JSON.parse(text))
  } catch {
    return Option.none()
  }
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {}

const textOf = (value: unknown, scrub: Scrub): Option.Option<string> =>
  typeof value === "string" && value !== ""
    ? Option.some(scrub.text(value))
    : typeof value === "number"
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
  const understood = Option.isSome(code) || Option.isSome(serverMessage) || Option.isSome(details)
  return {
    code,
    serverMessage,
    details,
    body: understood || text.trim() === "" ? Option.none() : Option.some(snippet(text, scrub))
  }
}

const hints: Readonly<Record<number, string>> = {
  400: "A parameter is missing or malformed, or the workflow or job does not exist. Check the call.",
  401: "The API does not recognize the form of this token. Check PIXXEL_API_KEY, and try the other auth scheme.",
  403: "The token lacks the permission, or is missing, expired or revoked: the API answers 403 in all these cases.",
  404: "Not found, or not visible to this token. Check the ids and the base URL.",
  409: "The call conflicts with the current state.",
  429: "Too many calls. Wait before the next one."
}

const hintOf = (status: number) =>
  hints[status] ??
  (status >= 500
    ? "The server failed."
    : status === 0 || (status >= 300 && status < 400)
      ? "API calls follow no redirects. Check the base URL."
      : "Unexpected status.")

/** The error of an answer that is no success. `text` is empty if the body could not be read. */
export const refusal = (facts: Facts, head: Head, text: string, scrub: Scrub, now: number): HttpError => {
  const said = refusalOf(text, scrub)
  const what = [
    `${facts.name} was answered ${head.status}`,
    Option.match(said.serverMessage, {
      onNone: () => "",
      onSome: (server) => `: ${server.slice(0, 512).replace(/\.$/, "")}`
    }),
    ". ",
    hintOf(head.status)
  ].join("")
  const props = { ...answered(facts, head, scrub, what), ...said, retryAfter: retryAfterOf(head, now) }
  switch (head.status) {
    case 400:
      return new PixxelBadRequest(props)
    case 401:
      return new PixxelUnauthorized(props)
    case 403:
      return new PixxelForbidden(props)
    case 404:
      return new PixxelNotFound(props)
    case 409:
      return new PixxelConflict(props)
    case 429:
      return new PixxelRateLimited(props)
    default:
      return head.status >= 500 && head.status < 600 ? new PixxelServerError(props) : new PixxelUnexpectedStatus(props)
  }
}

/** The note for a body that is not JSON. */
export const notJson = { path: "", expected: "JSON" } as const

/** The error of an unusable success. */
export const unreadable = (facts: Facts, head: Head, text: string, note: Note, scrub: Scrub): HttpError => {
  const path = note.path === "" ? "the body" : note.path
  const [expected, found] = [scrub.text(note.expected), scrub.text(note.found)]
  const what = `${facts.name} was answered ${head.status}, but ${path} is ${found} where ${expected} is needed.`
  return new PixxelDecodeError({
    ...answered(facts, head, scrub, what),
    path: note.path,
    expected,
    found,
    body: snippet(text, scrub)
  })
}

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

/** The error of a failed or broken connection, with the head of the answer if any. */
export const broken = (facts: Facts, cause: unknown, head: Option.Option<Head>, scrub: Scrub): PixxelTransportError => {
  const causes = causesOf(cause, scrub)
  const codes = causes.flatMap((link) => Option.toArray(link.code))
  const sent = Option.isNone(head) && neverLeft(cause) ? false : "unknown"
  const status = Option.map(head, (answer) => answer.status)
  const requestId = Option.flatMap(head, (answer) => requestIdOf(answer.headers, scrub))
  const deepest = causes[causes.length - 1]
  const reason = codes[codes.length - 1] ?? deepest?.message ?? "no reason given"
  const what =
    sent === false
      ? `${facts.name} could not connect (${reason}): the request was not sent.`
      : Option.isSome(status)
        ? `${facts.name} was answered ${status.value}, but the connection broke within the body (${reason}).`
        : `${facts.name} lost its connection (${reason}): the request may have arrived.`
  return new PixxelTransportError({
    ...failed(facts, { status, requestId, reason: Option.some(reason) }, what),
    sent,
    status,
    requestId,
    causes
  })
}

/** The error of an attempt stopped before the `HttpClient` itself repeated the request. */
export const stopped = (facts: Facts, reason: string): PixxelTransportError => {
  const what = `${facts.name} was stopped, because ${reason}: the first request may have arrived. Provide an HttpClient that neither retries nor follows redirects.`
  return new PixxelTransportError({ ...failed(facts, { reason: Option.some(reason) }, what), sent: "unknown" })
}

/** Whether the next connection would fail in the same way, so that a retry is useless. */
export const isLastingFailure = (error: HttpError): boolean =>
  error._tag === "PixxelTransportError" &&
  error.sent === false &&
  error.causes.some(({ code, message }) => isLasting(Option.getOrUndefined(code), message))

/** The error of a deadline, of an attempt or of the whole call, that passed during an attempt. */
export const tooSlow = (facts: Facts, timeout: Duration.Duration): PixxelRequestTimeout => {
  const what = `${facts.name} had no complete answer within ${Duration.format(timeout)}.`
  return new PixxelRequestTimeout({
    ...failed(facts, { reason: Option.some("RequestTimeout") }, what),
    sent: "unknown",
    timeout
  })
}

/** The error of a deadline that passed before the call got its turn. */
export const noTurn = (facts: Facts, timeout: Duration.Duration): PixxelRequestTimeout => {
  const what = `${facts.name} did not get its turn within ${Duration.format(timeout)}: the request was not sent.`
  return new PixxelRequestTimeout({ ...failed(facts, undefined, what), sent: false, timeout })
}

/**
 * Whether an unusable success was JSON, so that a repeat would bring the same. The errors of all other bodies, also too
 * long or undecodable ones, expected JSON.
 */
export const isJson = (error: HttpError): boolean =>
  error._tag === "PixxelDecodeError" && !error.expected.startsWith(notJson.expected)
