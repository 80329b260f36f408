/**
 * How the client waits for what takes long: when it looks again, which failures it lives through, and whether waits
 * share their looks.
 *
 * - **The interval.** By default it adapts. It begins quick, since a job that fails tends to fail at once, and grows to
 *   a quarter of the time waited so far: an end is then noticed late by a quarter of the job's own time at most. When
 *   an end can be foreseen, from the progress that was seen or else from `estimatedDuration`, the next look is half
 *   way to it, so that looks become frequent towards the end; past it they begin to spread again. All that between a
 *   floor and a ceiling. A fixed `interval` is a mean.
 * - **Jitter.** Always: a fixed interval is 80 to 120 % of what it says, an adaptive one 100 to 125 %. Neither is ever
 *   shorter than the floor, and an adaptive one never longer than the ceiling.
 * - **Failures.** A look is a call with its own retries (see `RetryPolicy`). A 400, 401, 403 or 410 ends the wait at
 *   once, and so does a server that asks for more than an hour. Every other failure counts, whatever its `isRetryable`:
 *   any other status, a redirect, an answer that cannot be read, a lost connection, a timeout. The wait then goes on
 *   after twice the adaptive interval, four times, and so on, and not before the time that `Retry-After` asks for. More
 *   than `tolerance` failures in a row end it, with the last of them.
 * - **404.** A server may not know a job that was created a moment ago (inferred). Until the job was seen once, and for
 *   the `grace` of its create (30 seconds by default), a 404 is pending and no failure; after that it ends the wait at
 *   once. A client knows the creates of its own; for others, give `createdAt`. The package of a job may be unknown for
 *   the same time.
 * - **Retry-After.** A pending answer that has it is asked again no sooner, up to an hour.
 * - **Deadlines.** They are measured by the monotonic clock: setting the wall clock changes nothing. When a timer ends
 *   late, because the machine was suspended, one look follows before a deadline ends the wait.
 * - **An end.** A status word that is not known to be an end counts as pending (see `Status`).
 *
 * - **Shared looks.** Waits and watches of one client (one `JobsApi`) for jobs of one workflow look together: when the
 *   first of them wants to, the workflow's jobs are listed, once for all, and only a job that has ended, has changed
 *   while its tasks are watched, or is not readable in the list is got by itself, 16 at a time. A watch, and a wait with
 *   `onChange`, gets its job at every fourth list too, since its tasks are in no list. Waits for the same job share its
 *   gets and their failures. A list has no pages and holds the whole history of the workflow: it is asked for only while
 *   it replaces a get for each 20 jobs in it and one for itself, so that a lone wait, or few in a long history, get
 *   their jobs. When a list fails, one get tells whether all does, which then counts as a failure of each wait, or the
 *   list alone: three of those in a row, and it is done without for a while; one that is refused (400, 401, 403, 410),
 *   for good. Deadlines, interruption and results are as if each looked alone. `coalesce: false` switches it off.
 *
 * The settings belong to a client, `Pixxel.layer({ waiting: { tolerance: 10 } })`, and can be other in a call:
 * `jobs.wait({ workflowId, jobId, interval: "1 minute" })`.
 *
 * **Gotchas**
 *
 * - Shared lists follow the retry policy of the client, have the clock of the wait that began them, and a span of their
 *   own. What `RetryPolicy.withOptions` adjusts around a wait holds for the gets that it makes.
 * - A wait that begins while others are under way first looks with the next list, up to `minInterval` later.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as internal from "./internal/waiter.js"

/**
 * All settings. What they mean exactly, and the reasons for the defaults, are in `Options`.
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
 * What to change of the settings.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The mean time between two looks, or `"adaptive"`, which is the default. */
  readonly interval?: Duration.DurationInput | "adaptive" | undefined
  /**
   * The least time between two looks, from the answer to the next request; a fixed interval keeps to it too. From 1
   * second on.
   *
   * Default: 1 second. Nothing that these jobs do is over sooner.
   */
  readonly minInterval?: Duration.DurationInput | undefined
  /**
   * The longest time of an adaptive interval.
   *
   * Default: 30 seconds. A job of an hour is then looked at some 150 times, and nobody waits longer than that for a
   * result that is there.
   */
  readonly maxInterval?: Duration.DurationInput | undefined
  /**
   * How many failures in a row a wait lives through: a whole number from 0 on, or `Infinity`.
   *
   * Default: 5. With the retries of each call, and intervals that double, that outlasts an outage of a minute from the
   * very beginning of a wait, and one of three minutes later on.
   */
  readonly tolerance?: number | undefined
  /** Whether waits of this client for jobs of one workflow share their looks. Default: `true`. */
  readonly coalesce?: boolean | undefined
}

/**
 * What a client does unless told otherwise.
 *
 * @since 0.1.0
 * @category settings
 */
export const defaults: Waiter = internal.defaults

/**
 * The defaults, with changes. A figure that cannot be is a `RangeError` that says what was expected.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Waiter => internal.adjust(internal.defaults, options)
