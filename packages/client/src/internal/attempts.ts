/**
 * Drives the attempts of a call, a download or a look at a file: repeats by the policy, and after a repair, under one
 * deadline. An attempt fails with a `Failure`; the driver keeps the history, and the error is built once, at the end.
 *
 * The time until the deadline bounds every step: an attempt, a repair, and a delay, which does not start if it would end
 * after the deadline. After a late timer (the machine was suspended), one more attempt with its full timeout follows, if
 * the policy has one left.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import type { Attempt } from "../Attempt.js"
import type { HttpError } from "../HttpError.js"
import type { RetryPolicy } from "../RetryPolicy.js"
import type { RetryBudget } from "./budget.js"
import type { Answer } from "./call.js"
import * as classify from "./classify.js"
import { Failure } from "./classify.js"
import * as elapsed from "./elapsed.js"
import * as policies from "./policy.js"
import type { Note } from "./wire.js"

/** A call in progress. */
export interface Progress {
  readonly call: classify.Call
  readonly policy: RetryPolicy
  readonly budget: RetryBudget
  /** Milliseconds until the deadline. */
  readonly left: () => number
  /** The failed attempts. */
  history: ReadonlyArray<Attempt>
  /** The delay before the current attempt. */
  delay: Duration.Duration
  /** The number of retries since the last progress, and the budget's tokens taken by the last of them. */
  retries: number
  taken: number
}

/** Milliseconds until a deadline `duration` from now. */
export const countdown = (clock: Clock.Clock, duration: Duration.Duration): (() => number) => {
  const deadline = elapsed.unsafeNow(clock) + Duration.toMillis(duration)
  return () => elapsed.left(deadline, elapsed.unsafeNow(clock))
}

export const begin = (given: Pick<Progress, "call" | "policy" | "budget" | "left">): Progress => ({
  ...given,
  history: [],
  delay: Duration.zero,
  retries: 0,
  taken: 0
})

/** Returns tokens to the budget, after a success. */
export const succeed = (progress: Progress): void => {
  progress.budget.refund(progress.taken)
  progress.taken = 0
}

/** Records that the call has advanced: the next failure is the first. */
export const advance = (progress: Progress): void => {
  progress.history = []
  if (progress.retries === 0) return
  succeed(progress)
  progress.retries = 0
}

/** The error of a call, after the attempt that failed last. `history` has that attempt. */
export const errorOf = (progress: Progress, failure: Failure, history = attemptsOf(progress, failure)): HttpError =>
  classify.errorOf(progress.call, history, failure)

/** The error of an answer that lacks what its request promises. */
export const unusable = ({ call, head, now, scrub }: Answer<unknown>, note: Note): HttpError =>
  errorOf(call, new Failure({ _tag: "Unusable", head, text: "", note, now }, scrub))

/** All attempts of a call whose last one ended so. */
export const attemptsOf = ({ delay, history }: Progress, failure: Failure): ReadonlyArray<Attempt> => {
  const attempt = classify.attemptOf(failure)
  return attempt === undefined ? history : [...history, { ...attempt, delay }]
}

/** The steps of a call. */
export interface Steps<A, F extends Failure, E> {
  /**
   * Makes an attempt, which may take as long as `left` returns; at its start, `millis`. An error that is no `Failure`
   * ends the call.
   */
  readonly attempt: (left: () => number, millis: number) => Effect.Effect<A, F | E>
  /** Whether a retry is harmless. */
  readonly mayRetry: (failure: F) => boolean
  /**
   * Repairs a failure, so that another attempt follows immediately, after a late timer even beyond the deadline. Returns
   * the difference, for the log.
   */
  readonly repair?: (failure: F, wasLate: boolean) => Effect.Effect<string | undefined, E>
  /** Runs before the delay of a retry or after a repair. */
  readonly onRetry?: (failure: F, delay: Duration.Duration) => Effect.Effect<void, E>
  /** The longest time of an attempt with `left` milliseconds left, to detect a late timer. Default: no limit. */
  readonly longest?: (left: number) => number
  /** The environment of all but the attempts, such as a span. */
  readonly around?: <B, E2>(self: Effect.Effect<B, E2>) => Effect.Effect<B, E2>
  /** Sleeps before a retry. Default: `Effect.sleep`. */
  readonly sleep?: (delay: Duration.Duration) => Effect.Effect<void>
}

// --- the next attempt ---

/** The delay before a retry; undefined if none may follow. After a late timer, the deadline does not prevent it. */
const nextDelay = (progress: Progress, failure: Failure, wasLate: boolean) =>
  Effect.gen(function* () {
    const { budget, call, left, policy, retries } = progress
    const end = (why: string) => Effect.as(Effect.logDebug(`${call.name} is not retried: ${why}.`), undefined)
    if (retries + 1 >= policy.maxAttempts) return undefined
    if (classify.isLastingFailure(failure)) return yield* end("the connection would fail again in the same way")
    const floor = Duration.millis(classify.askedFor(failure))
    if (Duration.greaterThan(floor, policy.maxRetryAfter)) {
      return yield* end(`the server requests a delay of ${Duration.format(floor)}, which is too long`)
    }
    const delay = Duration.max(floor, yield* policies.backoff(policy, retries))
    if (!wasLate && Duration.toMillis(delay) >= left()) {
      return yield* end(`its deadline passes before the delay of ${Duration.format(delay)}`)
    }
    const taken = budget.take(classify.isRefusedBy(failure, 429))
    if (taken === 0) return yield* end("the retry budget of the client is spent")
    progress.retries++
    progress.taken = taken
    return delay
  })

/** Reports an attempt that another follows: an event of the call's span, and a line in the debug log. */
const report = ({ call, history }: Progress, failure: Failure, delay: Duration.Duration, how: string) =>
  Effect.gen(function* () {
    const last = history[history.length - 1]
    if (last === undefined) return
    const { reason, requestId, status } = last
    const span = yield* Effect.option(Effect.currentSpan)
    if (Option.isSome(span)) {
      span.value.event("retry", yield* Clock.currentTimeNanos, {
        "error.type": classify.tagOf(failure),
        "pixxel.retry.delay_ms": Duration.toMillis(delay),
        ...Record.getSomes<string, string | number>({
          "http.response.status_code": status,
          "pixxel.reason": reason,
          "pixxel.request_id": requestId
        })
      })
      // By OpenTelemetry's definition the first attempt is no resend.
      span.value.attribute("http.request.resend_count", history.length)
    }
    const facts = [
      Option.match(status, { onNone: () => "had no answer", onSome: (code) => `was answered ${code}` }),
      ...Option.toArray(reason),
      ...Option.toArray(Option.map(requestId, (id) => `request ${id}`))
    ]
    yield* Effect.logDebug(`${call.name} ${facts.join(", ")}. Retrying ${how}.`)
  })

// --- the call ---

/** Makes attempts until one succeeds, or none may follow. Fails with the last failure, which is not in the history. */
export const run = <A, F extends Failure, E>(
  progress: Progress,
  {
    around = identity,
    attempt,
    longest = () => Infinity,
    mayRetry,
    onRetry,
    repair,
    sleep = Effect.sleep
  }: Steps<A, F, E>
): Effect.Effect<A, F | E> => {
  const { left, policy } = progress

  /** The bounds of the attempt after a failure of an attempt that had `allowed` milliseconds, and took `spent`. */
  const next = (failure: F, allowed: number, spent: number): Effect.Effect<() => number, F | E> =>
    Effect.gen(function* () {
      let wasLate = elapsed.isLate(allowed, spent)
      const how = repair === undefined ? undefined : yield* repair(failure, wasLate)
      const delay =
        how !== undefined ? Duration.zero : mayRetry(failure) ? yield* nextDelay(progress, failure, wasLate) : undefined
      if (delay === undefined) return yield* Effect.fail(failure)
      progress.history = attemptsOf(progress, failure)
      yield* report(progress, failure, delay, how ?? `in ${Duration.format(delay)}`)
      if (onRetry !== undefined) yield* onRetry(failure, delay)
      if (how === undefined) {
        const before = left()
        yield* sleep(delay)
        // The delay was shorter than the time until the deadline.
        wasLate = wasLate || left() <= 0 || elapsed.isLate(Duration.toMillis(delay), before - left())
      }
      progress.delay = delay
      return wasLate ? countdown(yield* Effect.clock, Duration.min(policy.attemptTimeout, policy.timeout)) : left
    })

  const step = (bound: () => number): Effect.Effect<A, F | E> =>
    Effect.suspend(() => {
      const millis = bound()
      const before = bound === left ? millis : left()
      return Effect.matchEffect(attempt(bound, millis), {
        onSuccess: (value) => {
          succeed(progress)
          return Effect.succeed(value)
        },
        onFailure: (error) =>
          error instanceof Failure
            ? Effect.flatMap(around(next(error, longest(millis), before - left())), step)
            : Effect.fail(error)
      })
    })
  return step(left)
}
