/** Computes the time of the next poll: pure functions of the polls so far. All times are in milliseconds. */
import * as Duration from "effect/Duration"
import type { Snapshot, Waiter } from "../Waiter.js"

/** A progress value, and the time of its first poll. */
interface Point {
  readonly at: number
  readonly progress: number
}

/** The remembered course of the progress. */
export interface Track {
  readonly since: number
  readonly first: Point | undefined
  readonly last: Point | undefined
  /** The server's estimate of the total duration. */
  readonly estimate: number | undefined
}

export const begin = (now: number): Track => ({ since: now, first: undefined, last: undefined, estimate: undefined })

const progressed = ({ first, last }: Track, now: number, progress: number): Pick<Track, "first" | "last"> => {
  const point = { at: now, progress }
  // Falling progress means a restart.
  if (first === undefined || last === undefined || progress < last.progress) return { first: point, last: point }
  return { first, last: progress > last.progress ? point : last }
}

export const saw = (track: Track, now: number, { estimatedDuration, progress }: Snapshot): Track => ({
  since: track.since,
  ...(progress?._tag === "Some" ? progressed(track, now, progress.value) : { first: track.first, last: track.last }),
  estimate: estimatedDuration?._tag === "Some" ? Duration.toMillis(estimatedDuration.value) : track.estimate
})

/** The least progress from which a speed is computed: less may be a single jump. */
const enoughProgress = 5

/**
 * Predicts the remaining time: by the speed of the polled progress, else by the estimate. Negative past a predicted
 * end; `undefined` without a prediction.
 */
export const remaining = ({ estimate, first, last, since }: Track, now: number): number | undefined => {
  if (first !== undefined && last !== undefined && last.progress - first.progress >= enoughProgress) {
    const perPoint = (last.at - first.at) / (last.progress - first.progress)
    return (100 - last.progress) * perPoint - (now - last.at)
  }
  if (estimate === undefined) return undefined
  return estimate * (1 - (last?.progress ?? 0) / 100) - (now - (last?.at ?? since))
}

/** The next interval as a share of the time waited so far, or of the time past a predicted end. */
const spread = 1 / 4

/** The largest jitter factor of an adaptive interval. */
const stretch = 1.25

const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), Math.max(least, most))

export const floor = ({ minInterval }: Waiter): number => Duration.toMillis(minInterval)

/**
 * The interval after `failures` consecutive failures, before jitter. Monotonic: never shorter with more time waited,
 * more time left until a predicted end, more time past it, or more failures.
 */
export const interval = (waiter: Waiter, waited: number, left: number | undefined, failures: number): number => {
  const { interval, maxInterval } = waiter
  const least = floor(waiter)
  if (interval !== "adaptive") return Math.max(least, Duration.toMillis(interval))
  const growing = waited * spread
  const aimed = left === undefined ? growing : left > 0 ? left / 2 : -left * spread
  const quick = clamp(Math.min(growing, aimed), least, Infinity)
  return clamp(quick * 2 ** failures, least, Duration.toMillis(maxInterval) / stretch)
}

/** Applies jitter to an interval, by a random `share` from 0 to 1. Returns whole milliseconds, as clocks require. */
export const jittered = (waiter: Waiter, mean: number, share: number): number => {
  const { interval, maxInterval } = waiter
  const least = floor(waiter)
  return Math.ceil(
    interval === "adaptive"
      ? clamp(mean * (1 + (stretch - 1) * share), least, Duration.toMillis(maxInterval))
      : // from 80 to 120 %, without rounding errors: 0.8 + 0.4 exceeds 1.2
        Math.max(least, (mean * (4 + 2 * share)) / 5)
  )
}

export const delay = (waiter: Waiter, track: Track, now: number, failures: number, share: number): number =>
  jittered(waiter, interval(waiter, now - track.since, remaining(track, now), failures), share)
