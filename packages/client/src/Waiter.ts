/**
 * How the client polls jobs, packages and any other resource: intervals, tolerated failures, and polls shared between
 * waits.
 *
 * - **Interval.** Adaptive by default. It starts short, since a failing job tends to fail early, and grows to a quarter
 *   of the time waited so far: the client notices an end at most a quarter of the job's duration late. If an end can be
 *   predicted, from the observed progress or else from `estimatedDuration`, the next poll is half way to it, so that
 *   polls become frequent towards the end; past it the intervals grow again. A floor and a ceiling bound the interval.
 *   A fixed `interval` is a mean.
 * - **Jitter.** Always applied: 80 to 120 % of a fixed interval, 100 to 125 % of an adaptive one. Neither falls below
 *   the floor, and an adaptive interval never exceeds the ceiling.
 * - **Failures.** A poll is a call with its own retries (see `RetryPolicy`). A 400, 401, 403 or 410 ends the wait
 *   immediately, as does a `Retry-After` of more than an hour. Every other failure counts, regardless of its
 *   `isRetryable`: any other status, a redirect, an unreadable answer, a lost connection, a timeout. The wait then
 *   continues after twice the adaptive interval, four times, and so on, and not before the time requested by
 *   `Retry-After`. More than `tolerance` consecutive failures end the wait with the last error.
 * - **404.** A server may not know a job created a moment ago (inferred). Before the first successful poll, and within
 *   the `grace` of the create (30 seconds by default), a 404 is pending and no failure; after that it ends the wait
 *   immediately. A client knows its own creates; for others, pass `createdAt`. The same period applies to the package
 *   of a job.
 * - **Retry-After.** Delays the next poll after a pending answer too, up to an hour.
 * - **Deadlines.** Measured by the monotonic clock: setting the wall clock changes nothing. After a late timer, on a
 *   machine that was suspended, one more poll precedes the end of the wait.
 * - **End.** An unknown status word counts as pending (see `Status`).
 * - **Shared polls.** Waits and watches of one client (one `JobsApi`) for jobs of one workflow poll together: when the
 *   first of them is due, one list of the workflow's jobs serves all of them. The client gets a job by itself, at most
 *   16 concurrently, only if the job has ended, has changed while its tasks are watched, or is not readable in the
 *   list. A watch, and a wait with `onChange`, gets its job at every fourth list too, since lists contain no tasks.
 *   Waits for the same job share its gets and their failures. A list has no pages and holds the whole history of the
 *   workflow: the client requests it only while it replaces one get per 20 listed jobs and one more, so that a single
 *   wait, or a few in a long history, get their jobs. After a failed list, one get decides whether the API fails, which
 *   then counts as a failure of each wait, or only the list: after three such failures in a row the client does without
 *   lists for a while, and after a refusal (400, 401, 403, 410) for good. Deadlines, interruption and results are the
 *   same as without sharing. `coalesce: false` disables it.
 *
 * The settings belong to a client, `Pixxel.layer({ waiting: { tolerance: 10 } })`, and a call can override them:
 * `jobs.wait({ workflowId, jobId, interval: "1 minute" })`.
 *
 * **Gotchas**
 *
 * - Shared lists follow the retry policy of the client, use the clock of the wait that started them, and have their own
 *   span. `RetryPolicy.withOptions` around a wait applies only to its own gets.
 * - A wait that starts while others are in progress polls first with the next list, up to `minInterval` later.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { HttpError } from "./HttpError.js"
import { Connection } from "./internal/connection.js"
import * as elapsed from "./internal/elapsed.js"
import * as following from "./internal/following.js"
import { graceOf } from "./internal/grace.js"
import * as redact from "./internal/redact.js"
import { scrubbed } from "./internal/subject.js"
import * as internal from "./internal/waiter.js"
import type { PixxelHttpClient } from "./PixxelHttpClient.js"
import type { Subject } from "./Subject.js"
import type { WaitTimeout } from "./WaitError.js"

/**
 * All settings. `Options` documents each setting and the reasons for the defaults.
 *
 * @since 0.1.0
 * @category models
 */
export interface Waiter {
  readonly interval: Duration.Duration | "adaptive"
  readonly minInterval: Duration.Duration
  readonly maxInterval: Duration.Duration
  readonly tolerance: number
  readonly coalesce: boolean
}

/**
 * Changes to the settings.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The mean time between two polls, or `"adaptive"` (default). */
  readonly interval?: Duration.DurationInput | "adaptive" | undefined
  /**
   * The minimum time between two polls, from an answer to the next request, also for a fixed interval. At least 1
   * second.
   *
   * Default: 1 second. No job takes less.
   */
  readonly minInterval?: Duration.DurationInput | undefined
  /**
   * The maximum of an adaptive interval.
   *
   * Default: 30 seconds. A job of an hour is then polled about 150 times, and its end is noticed at most 30 seconds
   * late.
   */
  readonly maxInterval?: Duration.DurationInput | undefined
  /**
   * The number of consecutive failed polls that a wait tolerates: a whole number, at least 0, or `Infinity`.
   *
   * Default: 5. With the retries of each call and doubling intervals, a wait survives an outage of one minute at its
   * start, and of three minutes later.
   */
  readonly tolerance?: number | undefined
  /** Whether waits of this client for jobs of one workflow share their polls. Default: `true`. */
  readonly coalesce?: boolean | undefined
}

/**
 * The options of a wait with a deadline.
 *
 * @since 0.1.0
 * @category models
 */
export interface WaitOptions<A> extends Options {
  /** The total deadline, after which the wait fails with `WaitTimeout`. Default: 24 hours, for a job. */
  readonly timeout?: Duration.DurationInput | undefined
  /**
   * The creation time, for a wait in another process or with another client than the create. A server may answer 404
   * for a resource created a moment ago (inferred): for 30 seconds (`grace` of a run) after this time, until the first
   * successful poll, a 404 counts as pending. A client knows the creation times of its own creates. Compared with the
   * wall clock.
   */
  readonly createdAt?: DateTime.Utc | undefined
  /**
   * Runs with the first state (for `run`: as created), and after each change of its status, progress or details. Use it
   * to report progress, and to learn the id while `run` continues.
   */
  readonly onChange?: ((state: A) => Effect.Effect<void>) | undefined
}

/**
 * The facts of one poll from which the pace and a `WaitTimeout` are made. Models with a status have them.
 *
 * @since 0.1.0
 * @category models
 */
export interface Snapshot {
  readonly status: Option.Option<string>
  /** From 0 to 100. */
  readonly progress?: Option.Option<number>
  readonly estimatedDuration?: Option.Option<Duration.Duration>
}

/**
 * The end that `until` waits for, and the settings of this wait.
 *
 * @since 0.1.0
 * @category models
 */
export interface Until<A, S extends Subject> extends Omit<WaitOptions<A>, "onChange" | "coalesce"> {
  /** The polled resource, as the errors name it. */
  readonly subject: S
  /** Whether an answer ends the wait, such as `isOver` of a `Status.Vocabulary`. */
  readonly isOver: (answer: A) => boolean
}

/**
 * The default settings of a client.
 *
 * @since 0.1.0
 * @category settings
 */
export const defaults: Waiter = internal.defaults

/**
 * Returns the defaults with changes. Throws a `RangeError` for an invalid setting.
 *
 * @example
 * import { Waiter } from "@effect-pixxel/client"
 *
 * const calm = Waiter.make({ minInterval: "10 seconds", maxInterval: "5 minutes" })
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Waiter => internal.adjust(internal.defaults, options)

/**
 * Polls any effect by the rules above, alone, until an answer is over. For a resource with a wait of its own, such as
 * `JobsApi.wait`, use that: it fails with the reasons of a failed end, and shares its polls.
 *
 * @example
 * import { JobSubject, JobsApi, Status, Waiter } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 *
 * // Waits for days, at a slow pace.
 * const ended = Effect.flatMap(JobsApi, (jobs) =>
 *   Waiter.until(jobs.get({ workflowId, jobId }), {
 *     subject: JobSubject.make({ workflowId, jobId }),
 *     isOver: Status.words({ partial: ["completed with gaps"] }).isOver,
 *     minInterval: "1 minute",
 *     maxInterval: "15 minutes",
 *     timeout: "10 days"
 *   })
 * )
 *
 * @since 0.1.0
 * @category waits
 */
export const until = <A extends Snapshot, R, S extends Subject>(
  look: Effect.Effect<A, HttpError, R>,
  { createdAt, isOver, subject, timeout: given, ...options }: Until<A, S>
): Effect.Effect<A, HttpError | WaitTimeout<S>, R | PixxelHttpClient> =>
  Effect.gen(function* () {
    const http = yield* Connection
    const context = yield* Effect.context<R>()
    const scrub = redact.now(http.auth)
    const now = yield* elapsed.now
    const age = createdAt === undefined ? Infinity : Math.max(0, DateTime.distance(createdAt, yield* DateTime.now))
    const youngUntil = now + Duration.toMillis(graceOf({})) - age
    const { deadline, timeout } = yield* following.limitOf(given)
    const answers = Effect.map(Effect.provide(look, context), (value) => ({
      value,
      date: Option.none<number>(),
      retryAfter: Option.none<Duration.Duration>()
    }))
    const polled = { look: answers, mayBeUnknown: (at: number) => at < youngUntil }
    const follower = yield* following.makeFollower(internal.adjust(http.waiter, options), polled, deadline)
    const target = { subject: scrubbed(subject, yield* scrub), waitingFor: "end", timeout, scrub } as const
    return yield* following.until(follower, isOver, target)
  })
