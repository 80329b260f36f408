/**
 * The interpreter of all operations: encodes the path, authorizes, sends, classifies by status, reads the body,
 * decodes, and retries by the policy, under one deadline.
 */
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { constVoid, identity } from "effect/Function"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Stream from "effect/Stream"
import type { HttpError } from "../HttpError.js"
import * as attempts from "./attempts.js"
import * as Body from "./body.js"
import * as classify from "./classify.js"
import { Failure } from "./classify.js"
import type { Connection } from "./connection.js"
import * as deadline from "./deadline.js"
import * as elapsed from "./elapsed.js"
import type { Cost, Endpoint, Repeat } from "./endpoint.js"
import * as locals from "./locals.js"
import * as paging from "./paging.js"
import * as payload from "./payload.js"
import * as policies from "./policy.js"
import * as query from "./query.js"
import type { Scrub } from "./redact.js"
import * as redact from "./redact.js"
import * as requestBody from "./requestBody.js"
import * as requestInit from "./requestInit.js"
import * as sendGuard from "./sendGuard.js"
import * as span from "./span.js"
import type { Success } from "./success.js"
import type { Note } from "./wire.js"

// --- one request ---

/** One request, and the handling of its outcome. */
export interface Exchange<A, E> {
  readonly request: HttpClientRequest.HttpClientRequest
  readonly complete: requestInit.Complete
  readonly guard?: sendGuard.SendGuard | undefined
  /** Uses any answer. */
  readonly use: (response: HttpClientResponse.HttpClientResponse) => Effect.Effect<A, E>
  readonly onFailure: (error: HttpClientError.RequestError | sendGuard.StoppedSend) => E
  /** The longest time in milliseconds, `use` included. */
  readonly millis: number
  readonly onTimeout: () => E
  /** The parent of the spans of the `HttpClient`. */
  readonly span?: span.Span | undefined
}

/** Sends one request. Call it when the effect is due: the request depends on what the client has shown of itself. */
export const execute = <A, E>(
  { client, fetchContext }: Connection,
  { complete, guard, millis, onFailure, onTimeout, request, span, use }: Exchange<A, E>
): Effect.Effect<A, E> => {
  const hooks =
    guard === undefined
      ? { complete, onSend: constVoid }
      : { complete: (init: RequestInit) => guard.complete(complete(init)), onSend: guard.onAsk }
  const sending = requestInit.send(client, request, hooks.complete)
  const exchange = Effect.matchEffect(guard === undefined ? sending : guard.stopping(sending), {
    onSuccess: (response) => {
      requestInit.noteAnswer(client)
      return use(response)
    },
    // A client that fails on a status still has the answer.
    onFailure: (error) => (error._tag === "ResponseError" ? use(error.response) : Effect.fail(onFailure(error)))
  })
  return deadline.within(exchange, millis, onTimeout, requestInit.isolation(client, hooks, fetchContext, span))
}

// --- the answer ---

const isSuccess = ({ status }: classify.Head) => status >= 200 && status < 300

/** A success, with the times in its headers. */
export interface Dated<A> {
  readonly value: A
  /** The time of the answer by the server's clock, in milliseconds; none without a readable `Date`. */
  readonly date: Option.Option<number>
  /** The delay requested by the server. */
  readonly retryAfter: Option.Option<Duration.Duration>
}

export class Answer<A> implements Dated<A> {
  constructor(
    readonly value: A,
    readonly notes: ReadonlyArray<Note>,
    readonly head: classify.Head,
    /** The local time of the answer. */
    readonly now: number,
    readonly call: attempts.Progress,
    readonly scrub: Scrub
  ) {}

  // Most callers read neither.
  get date() {
    return classify.dateOf(this.head, this.now)
  }

  get retryAfter() {
    return classify.retryAfterOf(this.head, this.now)
  }

  /** Replaces the value. */
  with<B>(value: B): Dated<B> {
    return { value, date: this.date, retryAfter: this.retryAfter }
  }
}

/** The longest wait for the body of a refusal, in milliseconds. */
const refusalPatience = 2_000

/**
 * The body of a refusal, or an empty text if the body breaks or does not end in time. Status and headers decide, so
 * that a body never turns a certain refusal into an unknown outcome: reading takes at most half of the rest of the
 * attempt, and at most 2 s.
 */
const refusalText = (body: ReturnType<typeof Body.read>, left: number) =>
  Effect.match(body, {
    onSuccess: Body.textOf,
    onFailure: (error) => (error._tag === "Unreadable" ? error.begin : "")
  }).pipe(
    Effect.timeoutOption(Math.min(refusalPatience, Math.max(0, Math.floor(left / 2)))),
    Effect.map(Option.getOrElse(() => ""))
  )

type Kind = Success<unknown>["kind"]

const isJson = (kind: Kind) => kind === "json" || kind === "page"

/** Reads the content of a success. Without a value, the last note is the reason; without a note, it is not JSON. */
const contentOf = <A>({ kind, read }: Success<A>, bytes: Uint8Array, notes: Array<Note>): Option.Option<A> => {
  if (!isJson(kind) && kind !== "text") return read(bytes, "", notes)
  const text = Body.textOf(bytes)
  return Option.flatMap(kind === "text" ? Option.some(text) : Body.parseJson(text), (value) => read(value, "", notes))
}

// --- one attempt ---

/** How often a request may leave within one attempt, and whether the sends are watched. */
type Sends = "once" | "watched" | "free"

/** The constants of all attempts of a call. */
interface Outgoing<A> {
  readonly http: Connection
  readonly row: Endpoint<A, never>
  readonly progress: attempts.Progress
  readonly url: string
  readonly query: ReturnType<typeof query.encode>
  readonly body: requestBody.Encoded | undefined
  readonly sends: Sends
  readonly span: span.Span
  readonly clock: Clock.Clock
  /** Whether an earlier attempt may have done the work. */
  mayBeDone: boolean
}

const nothingSecret = redact.none()

/** The scrub of an attempt: an answer may repeat the token, and the secrets of the body. */
const scrubOf = (authorization: Redacted.Redacted | undefined, body: requestBody.Encoded | undefined): Scrub => {
  const scrub = authorization === undefined ? nothingSecret : redact.make(authorization)
  return body === undefined || body.secrets.length === 0 ? scrub : scrub.with(body.secrets)
}

/** Makes one attempt within a time. */
const attempt = <A>(
  outgoing: Outgoing<A>,
  authorization: Redacted.Redacted | undefined,
  scrub: Scrub,
  millis: number,
  timeout: Duration.Duration
): Effect.Effect<Answer<A>, Failure> => {
  const { body, clock, http, progress, row, sends, span: parent } = outgoing
  const { success } = row
  const guard = sends === "free" ? undefined : sendGuard.make(sends === "once" ? 1 : Infinity)
  const fail = (reason: classify.Reason) => Effect.fail(new Failure(reason, scrub))
  const request = HttpClientRequest.make(row.method)(outgoing.url, {
    urlParams: outgoing.query,
    headers: {
      ...http.headers,
      ...(authorization === undefined ? {} : { authorization: Redacted.value(authorization) }),
      accept: success.accept,
      // Every platform decompresses these.
      "accept-encoding": "gzip, deflate"
    }
  })
  const begun = elapsed.unsafeNow(clock)
  const use = (response: HttpClientResponse.HttpClientResponse) => {
    const now = clock.unsafeCurrentTimeMillis()
    const head: classify.Head = { status: response.status, headers: response.headers }
    const { decompression, maxResponseBytes: limit } = http
    const expected = isJson(success.kind) ? "JSON" : success.accept
    const reading = Body.read(response, head.headers, { limit, decompression, expected })
    if (isSuccess(head) && success.kind !== "empty") {
      return Effect.matchEffect(reading, {
        onSuccess: (bytes) => Effect.succeed({ head, now, bytes }),
        onFailure: (error) =>
          fail(
            error._tag === "Unreadable"
              ? { _tag: "Unusable", head, text: error.begin, now, note: { path: "", ...error } }
              : { _tag: "Broken", cause: error.cause, head }
          )
      })
    }
    return Effect.flatMap(refusalText(reading, millis - (elapsed.unsafeNow(clock) - begun)), (text) =>
      isSuccess(head) || (outgoing.mayBeDone && row.gone.includes(head.status))
        ? Effect.succeed({ head, now, bytes: new Uint8Array() })
        : fail({ _tag: "Refused", head, text, now })
    )
  }
  const send = () =>
    execute(http, {
      request:
        body === undefined && guard === undefined
          ? request
          : HttpClientRequest.setBody(request, new requestBody.RequestBody(body, guard?.onRead ?? constVoid)),
      complete: requestInit.forApi,
      guard,
      use: (response) =>
        guard?.isSeen() === false ? Effect.zipRight(sendGuard.warnOfHidden(http.client), use(response)) : use(response),
      onFailure: (error) =>
        new Failure(
          error._tag === "StoppedSend"
            ? { _tag: "Stopped", why: error.message }
            : { _tag: "Broken", cause: error.cause, head: undefined },
          scrub
        ),
      millis,
      onTimeout: () => new Failure({ _tag: "TooSlow", timeout }, scrub),
      span: parent
    })
  // Otherwise the first request over a client might follow a redirect, which would deliver a billable request twice.
  const received =
    sends === "once"
      ? Effect.zipRight(
          span.under(requestInit.learn(http.client, HttpClientRequest.get(`${http.baseUrl}/ping`)), parent),
          // A client asks or not: the request depends on it.
          Effect.suspend(send)
        )
      : send()
  // On the fiber of the caller: the model would stay in memory until the fiber of the request has been joined.
  return Effect.flatMap(received, ({ bytes, head, now }) => {
    const notes: Array<Note> = []
    const value = contentOf(success, bytes, notes)
    if (Option.isSome(value)) return Effect.succeed(new Answer(value.value, notes, head, now, progress, scrub))
    const text = Body.textOf(bytes)
    const found = text.trim() === "" ? "empty" : "something else"
    return fail({ _tag: "Unusable", head, text, now, note: notes[notes.length - 1] ?? { ...classify.notJson, found } })
  })
}

// --- a call ---

const isRepeatable = (repeat: Repeat) => repeat === "safe" || repeat === "harmless" || repeat === "gone"

/** Makes a call, and picks the result of its answer. */
const perform = <A, I extends object, B>(
  http: Connection,
  row: Endpoint<A, I>,
  input: I,
  sends: Sends,
  pick: (answer: Answer<A>) => B
): Effect.Effect<B, HttpError> =>
  span.using(row.name, row.attributes, (parent, fiber) => {
    const policy = fiber.getFiberRef(policies.current)(http.retry)
    const clock = locals.clockOf(fiber)
    // Rows name their arguments as texts.
    const fields = input as Readonly<Record<string, unknown>>
    const left = attempts.countdown(clock, policy.timeout)
    const progress = attempts.begin({ call: row.call, policy, budget: http.retryBudget, left })
    const outgoing: Outgoing<A> = {
      http,
      row,
      sends,
      span: parent,
      clock,
      progress,
      url: http.baseUrl + row.template.fill(fields),
      query: query.encode(row.query, fields),
      body: row.body === undefined ? undefined : requestBody.encode(payload.encode(row.body, fields)),
      mayBeDone: false
    }
    const around = <B, E>(self: Effect.Effect<B, E>) => span.under(self, parent)
    // A constant makes no spans.
    const authorizing = Exit.isExit(http.auth.authorization) ? http.auth.authorization : around(http.auth.authorization)
    const { attemptTimeout, timeout } = policy
    const longest = Duration.toMillis(attemptTimeout)
    const inTurn = (bound: () => number, millis: number, authorization: Redacted.Redacted | undefined) => {
      const scrub = scrubOf(authorization, outgoing.body)
      // An id comes from the server and might repeat the token.
      for (const { argument, name } of row.template.params) {
        parent.attribute(`pixxel.${name}`, scrub.id(String(fields[argument])))
      }
      const begin = (rest: number) =>
        // The earlier of both deadlines suffices.
        longest < rest
          ? attempt(outgoing, authorization, scrub, longest, attemptTimeout)
          : attempt(outgoing, authorization, scrub, rest, timeout)
      if (Option.isNone(http.permits)) return begin(millis)
      const noTurn = () => new Failure({ _tag: "NoTurn", timeout }, scrub)
      let begun = false
      const turn = Effect.suspend(() => {
        // The turn may come at the moment of the deadline, from a call that met its own deadline.
        const rest = bound()
        if (rest <= 0) return Effect.fail(noTurn())
        begun = true
        return begin(rest)
      })
      // Decide after the interruption, when the attempt can no longer begin.
      return deadline.within(http.permits.value.within(turn), millis, () =>
        begun ? new Failure({ _tag: "TooSlow", timeout }, scrub) : noTurn()
      )
    }
    let sent: Redacted.Redacted | undefined
    let mayRenew = true
    const calling = attempts.run<Answer<A>, Failure, never>(progress, {
      attempt: (bound, millis) =>
        row.auth
          ? Effect.flatMap(authorizing, (authorization) => {
              sent = authorization
              return inTurn(bound, millis, authorization)
            })
          : inTurn(bound, millis, undefined),
      around,
      longest: (millis) => (Option.isSome(http.permits) ? millis : Math.min(longest, millis)),
      mayRetry: (failure) => classify.mayRepeat(failure, isRepeatable(row.repeat)),
      repair: (failure, wasLate) =>
        Effect.gen(function* () {
          if (!mayRenew || sent === undefined || !classify.isRefusedBy(failure, 401, 403)) return undefined
          const renewing = Effect.orElseSucceed(deadline.within(http.auth.renew(sent), left(), constVoid), () => false)
          if (!(yield* renewing) || (left() <= 0 && !wasLate)) return undefined
          mayRenew = false
          return "with a new token"
        }),
      onRetry: (failure) =>
        Effect.sync(() => {
          if (row.repeat === "gone" && classify.mayHaveArrived(failure)) outgoing.mayBeDone = true
        })
    })
    return Effect.matchEffect(calling, {
      onSuccess: (answer) => {
        parent.attribute("http.response.status_code", answer.head.status)
        if (answer.notes.length === 0) return Effect.succeed(pick(answer))
        const report = Effect.forEach(answer.notes, (note) => http.onDrift({ operation: row.operation, ...note }), {
          discard: true
        })
        return Effect.as(around(report), pick(answer))
      },
      onFailure: (failure) => {
        const error = attempts.errorOf(progress, failure)
        const last = error.attempts[error.attempts.length - 1]
        if (last !== undefined && Option.isSome(last.status)) {
          parent.attribute("http.response.status_code", last.status.value)
        }
        return Effect.fail(error)
      }
    })
  })

const valueOf = <A>({ value }: Dated<A>) => value

/** An operation whose call may be repeated. */
export type Repeatable<A, I> = Endpoint<A, I, "none", "safe" | "harmless" | "gone">

/** Makes a call that may be repeated. */
export const call = <A, I extends object>(
  http: Connection,
  row: Repeatable<A, I>,
  input: I
): Effect.Effect<A, HttpError> => perform(http, row, input, "free", valueOf)

/** Like `call`, with the times in the response's headers. */
export const callDated: <A, I extends object>(
  http: Connection,
  row: Repeatable<A, I>,
  input: I
) => Effect.Effect<Answer<A>, HttpError> = (http, row, input) => perform(http, row, input, "free", identity)

/** Like `callDated`, for a call before a create: detects whether the sends of the `HttpClient` are visible. */
export const callWatched: typeof callDated = (http, row, input) => perform(http, row, input, "watched", identity)

/** The items of all pages of a list. */
export const callAll = <Item extends { readonly id: string }, I extends paging.Selection>(
  http: Connection,
  row: Endpoint<paging.Page<Item>, I, "none", "safe">,
  input: I
): Stream.Stream<Item, HttpError> =>
  paging.all(row.success.paging ?? paging.offsets(10), input, (selection) =>
    call(http, row, { ...input, ...selection })
  )

/** An operation whose call must not be repeated blindly. */
type Unrepeatable<A, I> = Endpoint<A, I, Cost, "unique" | "once" | "lookup">

/**
 * Makes a call that must not be repeated blindly. Each attempt leaves at most once, and only a refusal by the rate limit
 * or a request that never left is repeated. `onError` turns the error of a request that may have arrived into one that
 * is not retryable.
 */
export const callOnce = <A, I extends object, E>(
  http: Connection,
  row: Unrepeatable<A, I>,
  input: I,
  onError: (error: HttpError) => E
): Effect.Effect<A, E> => Effect.mapError(perform(http, row, input, "once", valueOf), onError)

/** Like `callOnce`, with the whole answer. */
export const callOnceDated = <A, I extends object, E>(
  http: Connection,
  row: Unrepeatable<A, I>,
  input: I,
  onError: (error: HttpError) => E
): Effect.Effect<Answer<A>, E> => Effect.mapError(perform(http, row, input, "once", identity), onError)
