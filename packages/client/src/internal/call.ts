/**
 * The interpreter of all operations: encodes the path, authorizes, sends, classifies by status, reads the body,
 * decodes, and retries by the policy, under one deadline.
 */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { constVoid, identity } from "effect/Function"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { CreateError } from "../CreateError.js"
import type { HttpError } from "../HttpError.js"
import type { PixxelHttpClient } from "../PixxelHttpClient.js"
import * as Body from "./body.js"
import * as classify from "./classify.js"
import * as elapsed from "./elapsed.js"
import type { Endpoint, Input } from "./endpoint.js"
import { fill } from "./path.js"
import * as redact from "./redact.js"
import * as requestInit from "./requestInit.js"
import { repeating } from "./retry.js"
import type { SendGuard } from "./sendGuard.js"
import * as sendGuard from "./sendGuard.js"
import type { Note, Reader } from "./wire.js"

/** Sends one request, and returns any answer. */
export const execute = (
  http: PixxelHttpClient.Service,
  request: HttpClientRequest.HttpClientRequest,
  complete: requestInit.Complete,
  guard?: SendGuard
) =>
  requestInit
    .send(
      http.client,
      guard === undefined ? request : guard.mark(request),
      guard === undefined
        ? { complete, onSend: constVoid }
        : { complete: (init) => guard.complete(complete(init)), onSend: guard.onAsk },
      http.fetchContext
    )
    .pipe(
      // A client that fails on a status still has the answer.
      Effect.catchTag("ResponseError", (error) => Effect.succeed(error.response))
    )

const isSuccess = (response: HttpClientResponse.HttpClientResponse) => response.status >= 200 && response.status < 300

/** A success, with the times in its headers. */
export interface Dated<A> {
  readonly value: A
  /** The time of the answer by the server's clock, in milliseconds; none without a readable `Date`. */
  readonly date: Option.Option<number>
  /** The delay requested by the server. */
  readonly retryAfter: Option.Option<Duration.Duration>
}

interface Success<A> extends Dated<A> {
  readonly status: number
  readonly notes: ReadonlyArray<Note>
}

/** The longest wait for the body of a refusal, in milliseconds. */
const refusalPatience = 2_000

/**
 * The body of a refusal, or an empty text if the body breaks or does not end in time. Status and headers decide, so
 * that a body never turns a certain refusal into an unknown outcome: reading takes at most half of the rest of the
 * attempt, and at most 2 s.
 */
const refusalText = (body: ReturnType<typeof Body.read>, left: number) =>
  Effect.catchAll(body, (error) => Effect.succeed(error._tag === "Unreadable" ? error.begin : "")).pipe(
    Effect.timeoutTo({
      duration: Math.min(refusalPatience, Math.max(0, Math.floor(left / 2))),
      onSuccess: identity,
      onTimeout: () => ""
    })
  )

/** How often a request may leave within one attempt, and whether the sends are watched. */
type Sends = "once" | "watched" | "free"

const guardOf = (sends: Sends): SendGuard | undefined =>
  sends === "free" ? undefined : sendGuard.make(sends === "once" ? 1 : Number.POSITIVE_INFINITY)

/** Readers never throw. If one does, the value counts as unreadable. */
const readSafely = <A>(read: Reader<A>, value: unknown, notes: Array<Note>): Option.Option<A> => {
  try {
    return read(value, "", notes)
  } catch {
    notes.push({ path: "", expected: "a success", found: "an unreadable value" })
    return Option.none()
  }
}

const attempt =
  <A, Path extends string>(
    http: PixxelHttpClient.Service,
    endpoint: Endpoint<A, Path, boolean>,
    input: Input<Path>,
    sends: Sends
  ) =>
  (
    authorization: Redacted.Redacted,
    facts: classify.Facts,
    timeLeft: () => number
  ): Effect.Effect<Success<A>, HttpError> =>
    Effect.gen(function* () {
      const scrub = redact.make(authorization)
      const end = (yield* elapsed.now) + timeLeft()
      const guard = guardOf(sends)
      // Otherwise the first request over a client might follow a redirect, which would deliver a billable request
      // twice.
      if (sends === "once") yield* requestInit.learn(http.client, HttpClientRequest.get(`${http.baseUrl}/ping`))
      const sending = execute(
        http,
        HttpClientRequest.make(endpoint.method)(http.baseUrl + fill(endpoint.path, input.params), {
          urlParams: input.query,
          headers: {
            ...Option.match(http.userAgent, { onNone: () => ({}), onSome: (it) => ({ "user-agent": it }) }),
            authorization: Redacted.value(authorization),
            accept: "application/json",
            // Every platform decompresses these.
            "accept-encoding": "gzip, deflate"
          }
        }),
        requestInit.forApi,
        guard
      )
      const response = yield* (guard === undefined ? sending : guard.stopping(sending)).pipe(
        Effect.mapError((error) =>
          error._tag === "StoppedSend"
            ? classify.stopped(facts, error.message)
            : classify.broken(facts, error.cause, Option.none(), scrub)
        )
      )
      if (guard?.isSeen() === false) yield* sendGuard.warnOfHidden(http.client)

      const now = yield* Clock.currentTimeMillis
      const body = Body.read(response, { limit: http.maxResponseBytes, decompression: http.decompression })
      if (!isSuccess(response)) {
        const text = yield* refusalText(body, end - (yield* elapsed.now))
        return yield* classify.refusal(facts, response, text, scrub, now)
      }
      const text = yield* Effect.mapError(body, (error) =>
        error._tag === "Unreadable"
          ? classify.unreadable(facts, response, error.begin, { path: "", ...error }, scrub)
          : classify.broken(facts, error.cause, Option.some(response), scrub)
      )
      const json = classify.parseJson(text)
      if (Option.isNone(json)) {
        const note = { ...classify.notJson, found: text.trim() === "" ? "empty" : "something else" }
        return yield* classify.unreadable(facts, response, text, note, scrub)
      }
      const notes: Array<Note> = []
      const value = readSafely(endpoint.success, json.value, notes)
      if (Option.isNone(value)) {
        const last = notes[notes.length - 1] ?? { path: "", expected: "a success", found: "something else" }
        return yield* classify.unreadable(facts, response, text, last, scrub)
      }
      return {
        notes,
        value: value.value,
        date: classify.dateOf(response, now),
        retryAfter: classify.retryAfterOf(response, now),
        status: response.status
      }
    })

/** Annotates the span with the status of the last attempt, if any. */
const annotateStatus = (status: Option.Option<number>) =>
  Option.match(status, {
    onNone: () => Effect.void,
    onSome: (code) => Effect.annotateCurrentSpan("http.response.status_code", code)
  })

const perform = <A, Path extends string>(
  http: PixxelHttpClient.Service,
  endpoint: Endpoint<A, Path, boolean>,
  input: Input<Path>,
  sends: Sends
): Effect.Effect<Dated<A>, HttpError> => {
  const { method, name, operation, path, repeatable } = endpoint
  const called = repeating(
    http,
    { operation, name, method, route: path, repeatable },
    attempt(http, endpoint, input, sends)
  ).pipe(
    Effect.tapBoth({
      onSuccess: ({ notes, status }) =>
        Effect.zipRight(
          annotateStatus(Option.some(status)),
          Effect.forEach(notes, (note) => http.onDrift({ operation, ...note }), { discard: true })
        ),
      onFailure: ({ attempts }) =>
        annotateStatus(Option.flatMap(Option.fromNullable(attempts[attempts.length - 1]), (last) => last.status))
    })
  )
  // An id comes from the server and might repeat the token.
  return Effect.flatMap(redact.now(http.auth), (scrub) =>
    Effect.withSpan(called, name, {
      captureStackTrace: false,
      attributes: {
        "http.request.method": method,
        "http.route": path,
        ...Object.fromEntries(
          Object.entries(input.params).map(([name, id]) => [`pixxel.${name}`, scrub.id(String(id))])
        )
      }
    })
  )
}

const valueOf = <A>({ value }: Dated<A>) => value

/** Makes a call that costs nothing. */
export const call = <A, Path extends string>(
  http: PixxelHttpClient.Service,
  endpoint: Endpoint<A, Path, false>,
  input: Input<Path>
): Effect.Effect<A, HttpError> => Effect.map(perform(http, endpoint, input, "free"), valueOf)

/** Like `call`, with the times in the response's headers. */
export const callDated = <A, Path extends string>(
  http: PixxelHttpClient.Service,
  endpoint: Endpoint<A, Path, false>,
  input: Input<Path>
): Effect.Effect<Dated<A>, HttpError> => perform(http, endpoint, input, "free")

/** Like `callDated`, for a call before a create: detects whether the sends of the `HttpClient` are visible. */
export const callWatched = <A, Path extends string>(
  http: PixxelHttpClient.Service,
  endpoint: Endpoint<A, Path, false>,
  input: Input<Path>
): Effect.Effect<Dated<A>, HttpError> => perform(http, endpoint, input, "watched")

/**
 * Makes a call that costs money. Each attempt leaves at most once; no error is retryable if its request may have
 * arrived.
 */
export const callBillable = <A, Path extends string, E extends CreateError>(
  http: PixxelHttpClient.Service,
  endpoint: Endpoint<A, Path, true>,
  input: Input<Path>,
  onError: (error: HttpError) => E
): Effect.Effect<A, E> =>
  Effect.mapBoth(perform(http, endpoint, input, "once"), { onSuccess: valueOf, onFailure: onError })
