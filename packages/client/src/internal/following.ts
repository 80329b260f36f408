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
import * as pace from "./pace.js"
import type { Scrub } from "./redact.js"
import * as settings from "./settings.js"
import { atStart, kindOf } from "./subject.js"

/** The total time of a wait that starts now, and its end. Dies unless the time is a duration. */
export const limitOf = (given: Duration.DurationInput = "24 hours") =>
  Effect.map(elapsed.now, (now) => {
    const timeout = settings.read("option timeout", settings.duration, given)
    return { timeout, deadline: now + Duration.toMillis(timeout) }
  })

export type Limit = Effect.Effect.Success<ReturnType<typeof limitOf>>

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

export type Found<Item> = Either.Either<Dated<Item>, HttpError>

/** The delay requested by an answer or an error, in milliseconds; 0 if none. */
export const askedFor = (answer: Dated<unknown> | HttpError): number =>
  "retryAfter" in answer ? Duration.toMillis(Option.getOrElse(answer.retryAfter, () => Duration.zero)) : 0

/** The longest accepted delay requested by a server, in milliseconds. */
const longestRest = Duration.toMillis("1 hour")

/** That delay, capped. */
export const restAfter = (answer: Dated<unknown> | HttpError): number => Math.min(askedFor(answer), longestRest)

/** Whether a server requests a longer delay than a wait accepts. */
export const asksTooMuch = (error: HttpError): boolean => askedFor(error) > longestRest

const refusals = [400, 401, 403, 410]

/**
 * Whether an error ends the tracking of an existing, billed resource (a wait, a watch, a shared list, the wait for a
 * package, the search after a lost answer): the API itself refused the request, so that a repeat meets the same refusal
 * (400, 401, 403 and 410). Other errors may come from a gateway, and count against the tolerance. A 404 is excluded,
 * because a replica may lag behind a create: the caller knows from when a 404 is final.
 */
export const isFinal = (error: HttpError): boolean => !("sent" in error) && refusals.includes(error.status)

/** Whether an error counts against the tolerance: neither a refusal of the API nor a 404. */
export const isCounted = (error: HttpError): boolean => !isFinal(error) && error._tag !== "PixxelNotFound"

/** Whether a list was answered without the item. */
const isAbsent = (error: HttpError): boolean => error._tag === "PixxelNotFound" && error.status < 300

/** The number of consecutive failures after a poll. Fails with an error that the wait does not tolerate. */
const failuresAfter = (
  wait: Wait,
  result: Found<unknown>,
  mayBeUnknown: () => boolean
): Effect.Effect<number, HttpError> => {
  if (Either.isRight(result)) {
    wait.absences = 0
    return Effect.succeed(0)
  }
  const { failures: before } = wait
  const { tolerance, absences = 1 } = wait.waiter
  const error = result.left
  if (error._tag === "PixxelNotFound" && mayBeUnknown()) return Effect.succeed(before)
  if (isAbsent(error) && ++wait.absences < absences) return Effect.succeed(before)
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
  readonly timeout: Duration.Duration
  readonly scrub: Effect.Effect<Scrub>
  /** The next step. Default: to wait again, after the last polled state. */
  readonly advice?: string | undefined
}

const states = { end: "had not ended", download: "had no download package" } as const

const wordsOf = ({ looks, progress }: Seen, status: Option.Option<string>) => {
  if (looks === 0) return "no poll succeeded"
  const word = Option.match(status, {
    onNone: () => "without a status",
    onSome: (it) => `with status ${JSON.stringify(it)}`
  })
  const share = Option.match(progress, { onNone: () => "", onSome: (it) => ` at ${it} %` })
  return `${looks} ${looks === 1 ? "poll" : "polls"}, the last ${word}${share}`
}

/** Polls until `enough` holds for an answer, or the deadline passes. */
export const until = <A, S extends Subject>(
  { next, seen }: Follower<A>,
  enough: (answer: A) => boolean,
  { advice, scrub, subject, timeout, waitingFor }: WaitTarget<S>
): Effect.Effect<A, HttpError | WaitTimeout<S>> =>
  Effect.gen(function* () {
    let answer = yield* next
    while (Option.isSome(answer) && !enough(answer.value)) answer = yield* next
    if (Option.isSome(answer)) return answer.value
    const all = seen()
    const lastStatus = Option.map(all.status, (yield* scrub).text)
    const more =
      advice ?? `${wordsOf(all, lastStatus)}. The ${kindOf(subject)} continues. Wait again with the same ids.`
    return yield* new WaitTimeout<S>({
      subject,
      waitingFor,
      lastStatus,
      lastProgress: all.progress,
      polls: all.looks,
      timeout,
      message: `${atStart(subject)} ${states[waitingFor]} after ${Duration.format(timeout)}: ${more}`
    })
  })

/** The settings of a wait, and the number of lists in a row without the item that end it. Default: 1. */
export type Patience = Waiter & { readonly absences?: number | undefined }

export type Wait = ReturnType<typeof begin>

/** Begins a wait, whose first poll is due immediately. */
export const begin = (waiter: Patience, until: number, now: number) => ({
  waiter,
  deadline: elapsed.deadline(until, now),
  due: now,
  failures: 0,
  absences: 0,
  seen: nothing
})

/**
 * Follows by a `poll` that waits until it is due. `trackOf` is the course of the item, and `mayBeUnknown` tells whether
 * a 404 before the first success may come from a replica that lags behind the create.
 */
export const follow = <A extends Snapshot>(
  wait: Wait,
  now: () => number,
  poll: Effect.Effect<Found<A> | "late" | "again">,
  trackOf: () => pace.Track,
  mayBeUnknown: (now: number) => boolean
): Follower<A> => ({
  seen: () => wait.seen,
  next: Effect.gen(function* () {
    while (true) {
      const result = yield* poll
      if (result === "late") return Option.none<A>()
      const time = now()
      if (result === "again") {
        wait.due = time
        continue
      }
      wait.deadline.looked(time)
      const share = yield* Random.next
      wait.failures = yield* failuresAfter(wait, result, () => mayBeUnknown(time))
      const delay = pace.delay(wait.waiter, trackOf(), time, wait.failures, share)
      wait.due = time + Math.max(delay, restAfter(Either.merge(result)))
      if (Either.isLeft(result)) continue
      wait.seen = sawMore(wait.seen, result.right.value)
      return Option.some(result.right.value)
    }
  })
})

export interface Polled<A> {
  readonly look: Effect.Effect<Dated<A>, HttpError>
  readonly mayBeUnknown: (now: number) => boolean
}

/** Makes a follower that polls by itself, the first time immediately. */
export const makeFollower = <A extends Snapshot>(
  waiter: Patience,
  { look, mayBeUnknown }: Polled<A>,
  until: number
): Effect.Effect<Follower<A>> =>
  Effect.map(Effect.clock, (clock) => {
    const now = () => elapsed.unsafeNow(clock)
    const wait = begin(waiter, until, now())
    let track = pace.begin(now())
    const rest = Effect.suspend(() => {
      const from = now()
      if (wait.due <= from) return Effect.void
      const millis = Math.ceil(Math.min(wait.due - from, wait.deadline.left(from)))
      return Effect.map(Effect.sleep(millis), () => wait.deadline.slept(from, millis, now()))
    })
    const poll = Effect.map(Effect.zipRight(rest, pollOnce(Effect.either(look), wait.deadline, now)), (result) => {
      if (typeof result !== "string" && Either.isRight(result)) track = pace.saw(track, now(), result.right.value)
      return result
    })
    return follow(
      wait,
      now,
      poll,
      () => track,
      (time) => wait.seen.looks === 0 && mayBeUnknown(time)
    )
  })
