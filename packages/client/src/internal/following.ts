/**
 * Polling of a job or a package: the state shared by all followers, the follower that polls by itself, and the wait for
 * an end.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type { HttpError } from "../HttpError.js"
import type { Subject } from "../Subject.js"
import { WaitTimeout } from "../WaitError.js"
import type { Waiter } from "../Waiter.js"
import { inTime } from "./alarm.js"
import type { Dated } from "./call.js"
import * as elapsed from "./elapsed.js"
import { isFinal } from "./finality.js"
import * as pace from "./pace.js"
import type { Scrub } from "./redact.js"
import { askedFor } from "./schedule.js"
import { atStart } from "./subject.js"

/** The polls of a follower so far. */
export interface Seen {
  readonly looks: number
  readonly status: Option.Option<string>
  readonly progress: Option.Option<number>
}

export const nothing: Seen = { looks: 0, status: Option.none(), progress: Option.none() }

export const sawMore = (seen: Seen, snapshot: pace.Snapshot): Seen => ({
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

/** Whether a wait continues after `failures` consecutive failures, of which `error` is the last. */
export const tolerates = ({ tolerance }: Waiter, failures: number, error: HttpError): boolean =>
  isCounted(error) && failures <= tolerance && !asksTooMuch(error)

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
export const makeFollower = <A extends pace.Snapshot>(
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
        const answer = yield* inTime(Effect.either(look), deadline.left(now()))
        const at = now()
        if (Option.isNone(answer)) {
          if (deadline.left(at) <= 0) return Option.none<A>()
          // The timer of the deadline ended late: poll once more, immediately.
          delay = 0
          continue
        }
        deadline.looked(at)
        const result = answer.value
        const share = yield* Random.next
        if (result._tag === "Right") {
          const { value } = result.right
          failures = 0
          seen = sawMore(seen, value)
          track = pace.saw(track, at, value)
          delay = Math.max(pace.delay(waiter, track, at, failures, share), restAfter(result.right))
          return Option.some(value)
        }
        const error = result.left
        const isUnknown = error._tag === "PixxelNotFound" && seen.looks === 0 && mayBeUnknown(at)
        if (!isUnknown && !tolerates(waiter, ++failures, error)) return yield* error
        delay = Math.max(pace.delay(waiter, track, at, failures, share), restAfter(error))
      }
    })

    return { next, seen: () => seen }
  })
