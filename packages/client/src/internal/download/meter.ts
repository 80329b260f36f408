/**
 * How fast a download goes, and how long it will take: of the last ten seconds, so that a link that has become slow
 * shows, and a single pause hardly does.
 */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

const window = 10_000

/** The least time between two reports, in milliseconds: more often nobody can read them. */
const least = 200

/** Less than this says nothing about a rate. */
const shortest = 100

interface Sample {
  readonly at: number
  readonly bytes: number
}

export interface Reading {
  /** Bytes a second. */
  readonly rate: Option.Option<number>
  readonly eta: Option.Option<Duration.Duration>
}

export interface Meter {
  /** Whether it is time for another report. */
  readonly isDue: (now: number) => boolean
  /** So many bytes have come by now, of so many. */
  readonly read: (now: number, bytes: number, total: Option.Option<number>) => Reading
}

export const make = (): Meter => {
  let samples: ReadonlyArray<Sample> = []
  return {
    isDue: (now) => {
      const last = samples[samples.length - 1]
      return last === undefined || now - last.at >= least
    },
    read: (now, bytes, total) => {
      // What was held is no more after a new beginning, and the rate of what has come since is another.
      const known = samples.filter((it) => it.bytes <= bytes)
      // The youngest of those that are older stays, so that a slow link has a rate as well.
      const old = known.filter(({ at }) => now - at > window).slice(-1)
      samples = [...old, ...known.filter(({ at }) => now - at <= window), { at: now, bytes }]
      const first = samples[0] ?? { at: now, bytes }
      const elapsed = now - first.at
      if (elapsed < shortest) return { rate: Option.none(), eta: Option.none() }
      const rate = ((bytes - first.bytes) * 1000) / elapsed
      const eta = Option.filterMap(total, (all) =>
        rate > 0 ? Option.some(Duration.millis(Math.round(((all - bytes) * 1000) / rate))) : Option.none()
      )
      return { rate: Option.some(rate), eta }
    }
  }
}
