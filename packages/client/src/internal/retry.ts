/**
 * Makes the attempts of one call: retries by the policy, repeats with a new token after a refusal, under one deadline.
 *
 * The time until the deadline bounds every step: an attempt and the wait for its turn, the reading of a token, and a
 * delay, which does not start if it would end after the deadline. After a late timer (the machine was suspended), one
 * more attempt with its full timeout follows, if the policy has one left.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { Attempt } from "../Attempt.js"
import type { HttpError } from "../HttpError.js"
import type { PixxelHttpClient } from "../PixxelHttpClient.js"
import type { RetryPolicy } from "../RetryPolicy.js"
import * as classify from "./classify.js"
import * as elapsed from "./elapsed.js"
import * as policies from "./policy.js"
import * as schedule from "./schedule.js"

/** The constants of all attempts of a call. */
export interface Call extends Omit<classify.Facts, "before" | "delay"> {
  readonly repeatable: boolean
}

/** A call in progress. */
export interface CallContext {
  readonly http: PixxelHttpClient.Service
  readonly call: Call
  readonly policy: RetryPolicy
  /** Milliseconds until the deadline. */
  readonly left: () => number
}

// --- one attempt ---

export const within = <A, E, R, E2>(
  self: Effect.Effect<A, E, R>,
  millis: number,
  onTimeout: () => E2
): Effect.Effect<A, E | E2, R> =>
  millis === Number.POSITIVE_INFINITY
    ? self
    : Effect.timeoutFail(self, { duration: Math.ceil(Math.max(0, millis)), onTimeout })

/** Limits an attempt to its timeout. */
const inTime = <A>({ policy }: CallContext, facts: classify.Facts, attempt: Effect.Effect<A, HttpError>) =>
  within(attempt, Duration.toMillis(policy.attemptTimeout), () => classify.tooSlow(facts, policy.attemptTimeout))

/** The maximum duration of an attempt in milliseconds, including the wait for its turn. */
const longestTurn = ({ http, left, policy }: CallContext): number =>
  Option.isSome(http.permits) ? left() : Math.min(Duration.toMillis(policy.attemptTimeout), left())

/** Runs an attempt in its turn, before the deadline of the call. */
const inTurn = <A>(context: CallContext, facts: classify.Facts, attempt: Effect.Effect<A, HttpError>) =>
  Effect.suspend(() => {
    const { http, left, policy } = context
    const tooSlow = () => classify.tooSlow(facts, policy.timeout)
    if (Option.isNone(http.permits)) {
      // The earlier of both timers suffices.
      return Duration.toMillis(policy.attemptTimeout) < left()
        ? inTime(context, facts, attempt)
        : within(attempt, left(), tooSlow)
    }
    const noTurn = () => classify.noTurn(facts, policy.timeout)
    let begun = false
    const begin = Effect.suspend(() => {
      // The turn may come at the moment of the deadline, from a call that met its own deadline.
      if (left() <= 0) return Effect.fail(noTurn())
      begun = true
      return inTime(context, facts, attempt)
    })
    // Decide after the interruption, when the attempt can no longer begin.
    return within(http.permits.value.within(begin), left(), () => (begun ? tooSlow() : noTurn()))
  })

// --- the next attempt ---

/** Whether a repeat is harmless: by the table of operations, or because the server did not accept the request. */
const mayRepeat = ({ repeatable }: Call, error: HttpError): boolean =>
  error.isRetryable && (repeatable || error._tag === "PixxelRateLimited" || ("sent" in error && error.sent === false))

/** The delay before the next attempt, and its tokens from the budget. */
interface Next {
  readonly delay: Duration.Duration
  readonly taken: number
}

const end = (call: Call, why: string): Effect.Effect<Option.Option<Next>> =>
  Effect.as(Effect.logDebug(`${call.name} is not retried: ${why}.`), Option.none())

/** The next attempt after this error and `retries` earlier retries; none if this is the last. */
const nextOf = (context: CallContext, error: HttpError, retries: number, wasLate: boolean) =>
  mayRepeat(context.call, error) ? nextAttempt(context, error, retries, wasLate) : Effect.succeedNone

/**
 * Like `nextOf`, for an error after which a repeat is harmless. After a late timer (`wasLate`), the deadline does not
 * prevent another attempt.
 */
export const nextAttempt = (
  { call, http, left, policy }: CallContext,
  error: HttpError,
  retries: number,
  wasLate = false
) =>
  Effect.gen(function* () {
    if (retries + 1 >= policy.maxAttempts) return Option.none<Next>()
    if (classify.isLastingFailure(error)) return yield* end(call, "the connection would fail again in the same way")
    const floor = Duration.millis(schedule.askedFor(error))
    if (Duration.greaterThan(floor, policy.maxRetryAfter)) {
      return yield* end(call, `the server requests a delay of ${Duration.format(floor)}, which is too long`)
    }
    const delay = Duration.max(floor, yield* schedule.backoff(policy, retries))
    if (!wasLate && Duration.toMillis(delay) >= left()) {
      return yield* end(call, `its deadline passes before the delay of ${Duration.format(delay)}`)
    }
    const taken = http.retryBudget.take(error)
    if (taken === 0) return yield* end(call, "the retry budget of the client is spent")
    return Option.some<Next>({ delay, taken })
  })

/** Whether a refused call can be repeated with another token. */
const renewed = ({ http, left }: CallContext, error: HttpError, authorization: Redacted.Redacted) =>
  error._tag === "PixxelUnauthorized" || error._tag === "PixxelForbidden"
    ? within(http.auth.renew(authorization), left(), () => undefined).pipe(Effect.orElseSucceed(() => false))
    : Effect.succeed(false)

// --- reports ---

const describe = ({ reason, requestId, status }: Attempt) =>
  [
    Option.match(status, { onNone: () => "had no answer", onSome: (code) => `was answered ${code}` }),
    ...Option.toArray(reason),
    ...Option.toArray(Option.map(requestId, (id) => `request ${id}`))
  ].join(", ")

const attributesOf = (error: HttpError, { reason, requestId, status }: Attempt, delay: Duration.Duration) => ({
  "error.type": error._tag,
  "pixxel.retry.delay_ms": Duration.toMillis(delay),
  ...Option.match(status, { onNone: () => ({}), onSome: (code) => ({ "http.response.status_code": code }) }),
  ...Option.match(reason, { onNone: () => ({}), onSome: (text) => ({ "pixxel.reason": text }) }),
  ...Option.match(requestId, { onNone: () => ({}), onSome: (id) => ({ "pixxel.request_id": id }) })
})

/** Reports an attempt that another follows: an event of the call's span, and a line in the debug log. */
export const reportRetry = ({ call }: CallContext, error: HttpError, delay: Duration.Duration, how: string) =>
  Effect.gen(function* () {
    const last = error.attempts[error.attempts.length - 1]
    if (last === undefined) return
    const span = yield* Effect.option(Effect.currentSpan)
    if (Option.isSome(span)) {
      span.value.event("retry", yield* Clock.currentTimeNanos, attributesOf(error, last, delay))
      // By OpenTelemetry's definition the first attempt is no resend.
      span.value.attribute("http.request.resend_count", error.attempts.length)
    }
    yield* Effect.logDebug(`${call.name} ${describe(last)}. Retrying ${how}.`)
  })

// --- the call ---

/** Milliseconds until a deadline `duration` from now. */
const countdown = (duration: Duration.Duration): Effect.Effect<CallContext["left"]> =>
  Effect.map(Effect.clock, (clock) => {
    const deadline = elapsed.unsafeNow(clock) + Duration.toMillis(duration)
    return () => elapsed.left(deadline, elapsed.unsafeNow(clock))
  })

/** Starts a call. */
export const begin = (http: PixxelHttpClient.Service, call: Call): Effect.Effect<CallContext> =>
  Effect.gen(function* () {
    const policy = yield* policies.inForce(http.retry)
    return { http, call, policy, left: yield* countdown(policy.timeout) }
  })

/** The bounds for one attempt with its full timeout, even after the deadline. */
const extended = (context: CallContext): Effect.Effect<CallContext> =>
  Effect.map(countdown(Duration.min(context.policy.attemptTimeout, context.policy.timeout)), (left) => ({
    ...context,
    left
  }))

/**
 * Makes attempts until one succeeds, or none may follow. The error has all of them. After an error that `repair`
 * handles, the next attempt follows immediately; `repair` returns the difference, for the log. An attempt gets the
 * bounds of its deadline, and `endedLate` tells whether the timer of the last attempt was late.
 */
export const attempting = <A>(
  context: CallContext,
  attempt: (facts: classify.Facts, bounds: CallContext) => Effect.Effect<A, HttpError>,
  repair: (error: HttpError) => Effect.Effect<Option.Option<string>>,
  endedLate = () => false
): Effect.Effect<A, HttpError> =>
  Effect.gen(function* () {
    const { call, http, left } = context
    let facts: classify.Facts = { ...call, before: [], delay: Duration.zero }
    let retries = 0
    let taken = 0
    let bounds = context
    while (true) {
      const result = yield* Effect.either(attempt(facts, bounds))
      if (result._tag === "Right") {
        http.retryBudget.refund(taken)
        return result.right
      }
      let wasLate = endedLate()
      const error = result.left
      let delay = Duration.zero
      const how = yield* repair(error)
      if (Option.isSome(how)) {
        yield* reportRetry(context, error, delay, how.value)
        if (left() <= 0 && !wasLate) return yield* error
      } else {
        const next = yield* nextOf(context, error, retries, wasLate)
        if (Option.isNone(next)) return yield* error
        retries++
        delay = next.value.delay
        taken = next.value.taken
        yield* reportRetry(context, error, delay, `in ${Duration.format(delay)}`)
        const before = left()
        yield* Effect.sleep(delay)
        // The delay was shorter than the time until the deadline.
        wasLate = wasLate || left() <= 0 || elapsed.isLate(Duration.toMillis(delay), before - left())
      }
      bounds = wasLate ? yield* extended(context) : context
      facts = { ...call, before: error.attempts, delay }
    }
  })

/**
 * Makes the attempts of an API call: each in its turn, and one with a renewed token. `timeLeft` returns the
 * milliseconds that an attempt may take from now on.
 */
export const repeating = <A>(
  http: PixxelHttpClient.Service,
  call: Call,
  attempt: (
    authorization: Redacted.Redacted,
    facts: classify.Facts,
    timeLeft: () => number
  ) => Effect.Effect<A, HttpError>
): Effect.Effect<A, HttpError> =>
  Effect.gen(function* () {
    const context = yield* begin(http, call)
    let sent = Option.none<Redacted.Redacted>()
    let mayRenew = true
    let late = false
    return yield* attempting(
      context,
      (facts, bounds) =>
        Effect.flatMap(http.auth.authorization, (authorization) => {
          sent = Option.some(authorization)
          return Effect.suspend(() => {
            const began = context.left()
            const longest = longestTurn(bounds)
            const timeLeft = () => Math.min(Duration.toMillis(bounds.policy.attemptTimeout), bounds.left())
            return Effect.ensuring(
              inTurn(bounds, facts, attempt(authorization, facts, timeLeft)),
              Effect.sync(() => {
                late = elapsed.isLate(longest, began - context.left())
              })
            )
          })
        }),
      (error) =>
        Effect.gen(function* () {
          if (!mayRenew || Option.isNone(sent) || !(yield* renewed(context, error, sent.value))) return Option.none()
          mayRenew = false
          return Option.some("with a new token")
        }),
      () => late
    )
  })
