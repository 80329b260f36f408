/**
 * When to look again: pure functions of what was seen so far. All times are milliseconds.
 */
import * as Duration from "effect/Duration"
import type * as Option from "effect/Option"
import type { Waiter } from "../Waiter.js"

/** What a look shows of something that takes time. */
export interface Sight {
  readonly status: Option.Option<string>
  /** From 0 to 100. */
  readonly progress?: Option.Option<number>
  readonly estimatedDuration?: Option.Option<Duration.Duration>
}

/** A progress, and when it was first seen. */
interface Point {
  readonly at: number
  readonly progress: number
}

/** What is remembered of the way so far. */
export interface Track {
  /** When the waiting began. */
  readonly since: number
  readonly first: Point | undefined
  readonly last: Point | undefined
  /** How long all of it takes, as the server estimates it. */
  readonly estimate: number | undefined
}

export const begin = (now: number): Track => ({ since: now, first: undefined, last: undefined, estimate: undefined })

const progressed = ({ first, last }: Track, now: number, progress: number): Pick<Track, "first" | "last"> => {
  const point = { at: now, progress }
  // Progress that falls tells of a new beginning.
  if (first === undefined || last === undefined || progress < last.progress) return { first: point, last: point }
  return { first, last: progress > last.progress ? point : last }
}

export const saw = (track: Track, now: number, { estimatedDuration, progress }: Sight): Track => ({
  since: track.since,
  ...(progress?._tag === "Some" ? progressed(track, now, progress.value) : { first: track.first, last: track.last }),
  estimate: estimatedDuration?._tag === "Some" ? Duration.toMillis(estimatedDuration.value) : track.estimate
})

/** Less progress than this is no measure of the speed: it may have been an instant. */
const enoughProgress = 5

/**
 * How long it may still take: by the speed of the progress that was seen, else by the estimate. Below zero when the
 * end was foreseen for earlier; `undefined` when nothing is known.
 */
export const remaining = ({ estimate, first, last, since }: Track, now: number): number | undefined => {
  if (first !== undefined && last !== undefined && last.progress - first.progress >= enoughProgress) {
    const perPoint = (last.at - first.at) / (last.progress - first.progress)
    return (100 - last.progress) * perPoint - (now - last.at)
  }
  if (estimate === undefined) return undefined
  return estimate * (1 - (last?.progress ?? 0) / 100) - (now - (last?.at ?? since))
}

/** The share of a time that passes until the next look: of that waited so far, or of that past a foreseen end. */
const spread = 1 / 4

/** The longest jitter of an adaptive interval, as a factor. */
const stretch = 1.25

const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), Math.max(least, most))

/** The least time between two looks. */
export const floor = ({ minInterval }: Waiter): number => Duration.toMillis(minInterval)

/**
 * The interval after so many failures in a row, before jitter: never shorter with more time waited, more time left
 * until a foreseen end, more time past it, or more failures.
 */
export const interval = (waiter: Waiter, waited: number, left: number | undefined, failures: number): number => {
  const { interval, maxInterval } = waiter
  const least = floor(waiter)
  if (interval !== "adaptive") return Math.max(least, Duration.toMillis(interval))
  const growing = waited * spread
  const aimed = left === undefined ? growing : left > 0 ? left / 2 : -left * spread
  const quick = clamp(Math.min(growing, aimed), least, Number.POSITIVE_INFINITY)
  return clamp(quick * 2 ** failures, least, Duration.toMillis(maxInterval) / stretch)
}

/** An interval with its jitter, by a share of chance from 0 to 1; in whole milliseconds, as clocks want them. */
export const jittered = (waiter: Waiter, mean: number, share: number): number => {
  const { interval, maxInterval } = waiter
  const least = floor(waiter)
  return Math.ceil(
    interval === "adaptive"
      ? clamp(mean * (1 + (stretch - 1) * share), least, Duration.toMillis(maxInterval))
      : // from 80 to 120 %, in figures that lose nothing: 0.8 and 0.4 make more than 1.2
        Math.max(least, (mean * (4 + 2 * share)) / 5)
  )
}

/** How long until the next look. */
export const delay = (waiter: Waiter, track: Track, now: number, failures: number, share: number): number =>
  jittered(waiter, interval(waiter, now - track.since, remaining(track, now), failures), share)
