/**
 * The one interpreter that every operation goes through: encode the path, authorize, send, classify by status, read
 * the body, decode, again if the policy says so, all under one deadline.
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { CreateError, HttpError } from "../PixxelError.js"
import type { PixxelHttpClient } from "../PixxelHttpClient.js"
import * as classify from "./classify.js"
import * as elapsed from "./elapsed.js"
import type { Endpoint, Input } from "./endpoints.js"
import { fill } from "./path.js"
import * as redact from "./redact.js"
import { repeating } from "./retry.js"
import type { SendGuard } from "./sendGuard.js"
import * as sendGuard from "./sendGuard.js"
import type { Note } from "./wire.js"

export const execute = (
  http: PixxelHttpClient.Service,
  request: HttpClientRequest.HttpClientRequest,
  guard?: SendGuard
) =>
  Effect.flatMap(Effect.serviceOption(FetchHttpClient.RequestInit), (given) => {
    const init: RequestInit = { ...Option.getOrUndefined(given), redirect: "manual" }
    // The platform's own span would hold the whole URL, and put tracing headers on a request to another company.
    return HttpClient.withTracerDisabledWhen(http.client, () => {
      guard?.onAsk()
      Object.assign(init, guard?.complete(init))
      return true
    })
      .execute(guard === undefined ? request : guard.mark(request))
      .pipe(
        Effect.provideService(FetchHttpClient.RequestInit, init),
        // A client that fails for a status has the answer all the same.
        Effect.catchTag("ResponseError", (error) => Effect.succeed(error.response))
      )
  })

const isSuccess = (response: HttpClientResponse.HttpClientResponse) => response.status >= 200 && response.status < 300

/** What a success says, and when it was said by the server's clock, in milliseconds; none without a readable `Date`. */
export interface Dated<A> {
  readonly value: A
  readonly date: Option.Option<number>
}

interface Success<A> extends Dated<A> {
  readonly status: number
  readonly notes: ReadonlyArray<Note>
}

/** The longest wait for the body of a refusal, in milliseconds. */
const refusalPatience = 2_000

/**
 * The body of a refusal, or nothing when it breaks or does not end in time. Status and headers decide, so that a body
 * never makes a certain refusal an unknown outcome: it may take half of what is left of the attempt, at most 2 s.
 */
const refusalText = (response: HttpClientResponse.HttpClientResponse, left: number) =>
  response.text.pipe(
    Effect.timeoutTo({
      duration: Math.min(refusalPatience, Math.max(0, Math.floor(left / 2))),
      onSuccess: identity,
      onTimeout: () => ""
    }),
    Effect.orElseSucceed(() => "")
  )

/** How often the requests of a call may leave within one attempt, and whether that is watched. */
type Sends = "once" | "watched" | "free"

const guardOf = (sends: Sends): SendGuard | undefined =>
  sends === "free" ? undefined : sendGuard.make(sends === "once" ? 1 : Number.POSITIVE_INFINITY)

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
      const sending = execute(
        http,
        HttpClientRequest.make(endpoint.method)(http.baseUrl + fill(endpoint.path, input.params), {
          urlParams: input.query,
          headers: { authorization: Redacted.value(authorization), accept: "application/json" }
        }),
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

      if (!isSuccess(response)) {
        const text = yield* refusalText(response, end - (yield* elapsed.now))
        return yield* classify.refusal(facts, response, text, scrub, yield* Clock.currentTimeMillis)
      }
      const text = yield* Effect.mapError(response.text, (error) =>
        classify.broken(facts, error.cause, Option.some(response), scrub)
      )
      const json = classify.parseJson(text)
      if (Option.isNone(json)) {
        const note = { ...classify.notJson, found: text.trim() === "" ? "empty" : "something else" }
        return yield* classify.unreadable(facts, response, text, note, scrub)
      }
      const notes: Array<Note> = []
      const value = endpoint.success(json.value, "", notes)
      if (Option.isNone(value)) {
        const last = notes[notes.length - 1] ?? { path: "", expected: "a success", found: "something else" }
        return yield* classify.unreadable(facts, response, text, last, scrub)
      }
      return { notes, value: value.value, date: classify.dateOf(response), status: response.status }
    })

/** The status of the last attempt, if that had one. */
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
  return repeating(
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
    }),
    Effect.withSpan(name, {
      captureStackTrace: false,
      attributes: {
        "http.request.method": method,
        "http.route": path,
        ...Object.fromEntries(Object.entries(input.params).map(([name, id]) => [`pixxel.${name}`, id]))
      }
    })
  )
}

const valueOf = <A>({ value }: Dated<A>) => value

/** A call that costs nothing. */
export const call = <A, Path extends string>(
  http: PixxelHttpClient.Service,
  endpoint: Endpoint<A, Path, false>,
  input: Input<Path>
): Effect.Effect<A, HttpError> => Effect.map(perform(http, endpoint, input, "free"), valueOf)

/** Like `call`, with the response's `Date`, for a call before a create: it tells whether sends can be seen. */
export const callDated = <A, Path extends string>(
  http: PixxelHttpClient.Service,
  endpoint: Endpoint<A, Path, false>,
  input: Input<Path>
): Effect.Effect<Dated<A>, HttpError> => perform(http, endpoint, input, "watched")

/** A call that costs money. Each attempt leaves at most once; no error is retryable whose request may have arrived. */
export const callBillable = <A, Path extends string, E extends CreateError>(
  http: PixxelHttpClient.Service,
  endpoint: Endpoint<A, Path, true>,
  input: Input<Path>,
  onError: (error: HttpError) => E
): Effect.Effect<A, E> =>
  Effect.mapBoth(perform(http, endpoint, input, "once"), { onSuccess: valueOf, onFailure: onError })
