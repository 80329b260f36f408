/**
 * Polling of a resource or its package: the state shared by all followers, the follower that polls by itself, and the wait for
 * an end.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type { HttpError } from "../HttpError.js"
import type { Subject } from "../Subject.js"
import { WaitTimeout } from "../WaitError.js"
import type { Snapshot, Waiter } from "../Waiter.js"
import { inTime } from "./alarm.js"
import type { Dated } from "./call.js"
import * as elapsed from "./elapsed.js"
import { isFinal } from "./finality.js"
import * as pace from "./pace.js"
import type { Scrub } from "./redact.js"
import { askedFor } from "./schedule.js"
import { atStart, kindOf } from "./subject.js"

/** The polls of a follower so far. */
export interface Seen {
  readonly looks: number
  readonly status: Option.Option<string>
  readonly progress: Option.Option<number>
}

export const nothing: Seen = { looks: 0, status: Option.none(), progress: Option.none() }

export const sawMore = (seen: Seen, snapshot: Snapshot): Seen => ({
  looks: seen.looks + 1,
  status: snapshot.status,
  progress: snapshot.progress ?? Option.none()
})

export interface Follower<A> {
  /**
   * Waits until the next poll is due, polls, and returns the answer; none if the deadline passes first. Fails with the
   * first failure that is not tolerated.
   */
  readonly next: Effect.Effect<Option.Option<A>, HttpError>
  readonly seen: () => Seen
}

/** The longest accepted delay requested by a server, in milliseconds. */
const longestRest = Duration.toMillis("1 hour")

/** The delay requested by an answer or an error, capped, in milliseconds. */
export const restAfter = (answer: Dated<unknown> | HttpError): number => Math.min(askedFor(answer), longestRest)

/** Whether a server requests a longer delay than a wait accepts. */
export const asksTooMuch = (error: HttpError): boolean => askedFor(error) > longestRest

/** Whether an error counts against the tolerance: neither a refusal of the API nor a 404. */
export const isCounted = (error: HttpError): boolean => !isFinal(error) && error._tag !== "PixxelNotFound"

/** The number of consecutive failures after a poll. Fails with an error that the wait does not tolerate. */
export const failuresAfter = (
  { tolerance }: Waiter,
  before: number,
  result: Either.Either<unknown, HttpError>,
  mayBeUnknown: () => boolean
): Effect.Effect<number, HttpError> => {
  if (Either.isRight(result)) return Effect.succeed(0)
  const error = result.left
  if (error._tag === "PixxelNotFound" && mayBeUnknown()) return Effect.succeed(before)
  const failures = before + 1
  const isTolerated = isCounted(error) && failures <= tolerance && !asksTooMuch(error)
  return isTolerated ? Effect.succeed(failures) : Effect.fail(error)
}

/** Polls once: `late` if the deadline passes first, `again` if only its timer ended late, so that one more poll is due. */
export const pollOnce = <A>(
  look: Effect.Effect<A>,
  deadline: elapsed.Deadline,
  now: () => number
): Effect.Effect<A | "late" | "again"> =>
  Effect.suspend(() =>
    Effect.map(inTime(look, deadline.left(now())), (answer) =>
      Option.isSome(answer) ? answer.value : deadline.left(now()) <= 0 ? "late" : "again"
    )
  )

/** A wait, as its `WaitTimeout` describes it. */
export interface WaitTarget<S extends Subject> {
  /** The subject, as errors name it. */
  readonly subject: S
  readonly waitingFor: WaitTimeout["waitingFor"]
  /** The total deadline. */
  readonly timeout: Duration.Duration
  readonly scrub: Effect.Effect<Scrub>
  /** The end of the error's message. */
  readonly advice: (lastStatus: Seen["status"], seen: Seen) => string
}

const states = { end: "had not ended", download: "had no download package" } as const

/** The last polled state, and the next step. */
export const adviceOf =
  (subject: Subject): WaitTarget<Subject>["advice"] =>
  (status, { looks, progress }) =>
    `${wordsOf(looks, status, progress)}. The ${kindOf(subject)} continues. Wait again with the same ids.`

const wordsOf = (looks: number, status: Option.Option<string>, progress: Option.Option<number>) => {
  if (looks === 0) return "no poll succeeded"
  const word = Option.match(status, {
    onNone: () => "without a status",
    onSome: (it) => `with status ${JSON.stringify(it)}`
  })
  const share = Option.match(progress, { onNone: () => "", onSome: (it) => ` at ${it} %` })
  return `${looks} ${looks === 1 ? "poll" : "polls"}, the last ${word}${share}`
}

/** Like `Effect.repeat`, without a schedule per waiter. */
const last = <A, E>(
  next: Effect.Effect<Option.Option<A>, E>,
  enough: (answer: A) => boolean
): Effect.Effect<Option.Option<A>, E> =>
  Effect.flatMap(next, (answer) =>
    Option.isNone(answer) || enough(answer.value) ? Effect.succeed(answer) : last(next, enough)
  )

/** Polls until `enough` holds for an answer, or the deadline passes. */
export const until = <A, S extends Subject>(
  { next, seen }: Follower<A>,
  enough: (answer: A) => boolean,
  { advice, scrub, subject, timeout, waitingFor }: WaitTarget<S>
): Effect.Effect<A, HttpError | WaitTimeout<S>> =>
  Effect.gen(function* () {
    const answer = yield* last(next, enough)
    if (Option.isSome(answer)) return answer.value
    const all = seen()
    const lastStatus = Option.map(all.status, (yield* scrub).text)
    return yield* new WaitTimeout<S>({
      subject,
      waitingFor,
      lastStatus,
      lastProgress: all.progress,
      polls: all.looks,
      timeout,
      message: `${atStart(subject)} ${states[waitingFor]} after ${Duration.format(timeout)}: ${advice(lastStatus, all)}`
    })
  })

/** How to poll a resource. */
export interface Polled<A> {
  readonly look: Effect.Effect<Dated<A>, HttpError>
  /** Whether a 404 before the first success may come from a replica that lags behind the create. */
  readonly mayBeUnknown: (now: number) => boolean
}

/** Makes a follower that polls by itself, the first time immediately. */
export const makeFollower = <A extends Snapshot>(
  waiter: Waiter,
  { look, mayBeUnknown }: Polled<A>,
  until: number
): Effect.Effect<Follower<A>> =>
  Effect.map(Effect.clock, (clock): Follower<A> => {
    const now = () => elapsed.unsafeNow(clock)
    const deadline = elapsed.deadline(until, now())
    let seen = nothing
    let track = pace.begin(now())
    let failures = 0
    let delay = 0

    const rest = Effect.suspend(() => {
      const from = now()
      const millis = Math.ceil(Math.min(delay, deadline.left(from)))
      return Effect.map(Effect.sleep(millis), () => deadline.slept(from, millis, now()))
    })

    const next = Effect.gen(function* () {
      while (true) {
        if (delay > 0) yield* rest
        const result = yield* pollOnce(Effect.either(look), deadline, now)
        if (result === "late") return Option.none<A>()
        if (result === "again") {
          delay = 0
          continue
        }
        const at = now()
        deadline.looked(at)
        const share = yield* Random.next
        failures = yield* failuresAfter(waiter, failures, result, () => seen.looks === 0 && mayBeUnknown(at))
        if (Either.isRight(result)) track = pace.saw(track, at, result.right.value)
        delay = Math.max(pace.delay(waiter, track, at, failures, share), restAfter(Either.merge(result)))
        if (Either.isLeft(result)) continue
        seen = sawMore(seen, result.right.value)
        return Option.some(result.right.value)
      }
    })

    return { next, seen: () => seen }
  })
