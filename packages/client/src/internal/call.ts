/**
 * The one interpreter that every operation goes through: encode the path, authorize, send, classify by status, read
 * the body, decode, again if the policy says so, all under one deadline.
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { constTrue } from "effect/Function"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { CreateError, HttpError } from "../PixxelError.js"
import type { PixxelHttpClient } from "../PixxelHttpClient.js"
import * as classify from "./classify.js"
import type { Endpoint, Input } from "./endpoints.js"
import { fill } from "./path.js"
import * as redact from "./redact.js"
import { repeating } from "./retry.js"
import type { Note } from "./wire.js"

export const execute = (http: PixxelHttpClient.Service, request: HttpClientRequest.HttpClientRequest) =>
  Effect.flatMap(Effect.serviceOption(FetchHttpClient.RequestInit), (init) =>
    // The platform's own span would hold the whole URL, and put tracing headers on a request to another company.
    HttpClient.withTracerDisabledWhen(http.client, constTrue)
      .execute(request)
      .pipe(
        Effect.provideService(FetchHttpClient.RequestInit, { ...Option.getOrUndefined(init), redirect: "manual" }),
        // A client that fails for a status has the answer all the same.
        Effect.catchTag("ResponseError", (error) => Effect.succeed(error.response))
      )
  )

const isSuccess = (response: HttpClientResponse.HttpClientResponse) => response.status >= 200 && response.status < 300

/** What a success says, with what its headers say about time. */
export interface Dated<A> {
  readonly value: A
  /** When it was said by the server's clock, in milliseconds; none without a readable `Date`. */
  readonly date: Option.Option<number>
  /** How long the server asks to stay away. */
  readonly retryAfter: Option.Option<Duration.Duration>
}

interface Success<A> extends Dated<A> {
  readonly status: number
  readonly notes: ReadonlyArray<Note>
}

const attempt =
  <A, Path extends string>(http: PixxelHttpClient.Service, endpoint: Endpoint<A, Path, boolean>, input: Input<Path>) =>
  (authorization: Redacted.Redacted, facts: classify.Facts): Effect.Effect<Success<A>, HttpError> =>
    Effect.gen(function* () {
      const scrub = redact.make(authorization)
      const response = yield* execute(
        http,
        HttpClientRequest.make(endpoint.method)(http.baseUrl + fill(endpoint.path, input.params), {
          urlParams: input.query,
          headers: { authorization: Redacted.value(authorization), accept: "application/json" }
        })
      ).pipe(Effect.mapError((error) => classify.broken(facts, error.cause, Option.none(), scrub)))

      if (!isSuccess(response)) {
        const text = yield* Effect.orElseSucceed(response.text, () => "")
        return yield* classify.refusal(facts, response, text, scrub, yield* Clock.currentTimeMillis)
      }
      const text = yield* Effect.mapError(response.text, (error) =>
        classify.broken(facts, error.cause, Option.some(response), scrub)
      )
      const json = classify.parseJson(text)
      if (Option.isNone(json)) {
        const note = { path: "", expected: "JSON", found: text.trim() === "" ? "empty" : "something else" }
        return yield* classify.unreadable(facts, response, text, note, scrub)
      }
      const notes: Array<Note> = []
      const value = endpoint.success(json.value, "", notes)
      if (Option.isNone(value)) {
        const last = notes[notes.length - 1] ?? { path: "", expected: "a success", found: "something else" }
        return yield* classify.unreadable(facts, response, text, last, scrub)
      }
      return {
        notes,
        value: value.value,
        date: classify.dateOf(response),
        retryAfter: classify.retryAfterOf(response, yield* Clock.currentTimeMillis),
        status: response.status
      }
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
  input: Input<Path>
): Effect.Effect<Dated<A>, HttpError> => {
  const { method, name, operation, path, repeatable } = endpoint
  return repeating(http, { operation, name, method, route: path, repeatable }, attempt(http, endpoint, input)).pipe(
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
): Effect.Effect<A, HttpError> => Effect.map(perform(http, endpoint, input), valueOf)

/** Like `call`, with what the headers of the response say about time. */
export const callDated = <A, Path extends string>(
  http: PixxelHttpClient.Service,
  endpoint: Endpoint<A, Path, false>,
  input: Input<Path>
): Effect.Effect<Dated<A>, HttpError> => perform(http, endpoint, input)

/** A call that costs money, whose errors are those of a create: none is retryable whose request may have arrived. */
export const callBillable = <A, Path extends string, E extends CreateError>(
  http: PixxelHttpClient.Service,
  endpoint: Endpoint<A, Path, true>,
  input: Input<Path>,
  onError: (error: HttpError) => E
): Effect.Effect<A, E> => Effect.mapBoth(perform(http, endpoint, input), { onSuccess: valueOf, onFailure: onError })
