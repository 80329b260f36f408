/**
 * Measures the rate and the remaining time of a download over the last ten seconds, so that a slow connection shows and
 * a single pause hardly does.
 */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

const window = 10_000

/** The least time between two reports, in milliseconds: more would be unreadable. */
const least = 200

/** The shortest time from which a rate is computed, in milliseconds. */
const shortest = 100

export const make = () => {
  let samples: ReadonlyArray<{ readonly at: number; readonly bytes: number }> = []
  return {
    /** Whether the next report is due. */
    isDue: (now: number) => {
      const last = samples[samples.length - 1]
      return last === undefined || now - last.at >= least
    },
    /** Records the bytes received by now. Returns bytes per second, and the remaining time. */
    read: (now: number, bytes: number, total: Option.Option<number>) => {
      // After a restart, earlier samples no longer count.
      const known = samples.filter((it) => it.bytes <= bytes)
      // The youngest older sample stays, so that a slow connection has a rate too.
      const old = known.filter(({ at }) => now - at > window).slice(-1)
      samples = [...old, ...known.filter(({ at }) => now - at <= window), { at: now, bytes }]
      const first = samples[0] ?? { at: now, bytes }
      const elapsed = now - first.at
      if (elapsed < shortest) return { rate: Option.none<number>(), eta: Option.none<Duration.Duration>() }
      const rate = ((bytes - first.bytes) * 1000) / elapsed
      const eta = Option.filterMap(total, (all) =>
        rate > 0 ? Option.some(Duration.millis(Math.round(((all - bytes) * 1000) / rate))) : Option.none()
      )
      return { rate: Option.some(rate), eta }
    }
  }
}
