/** Plays fault schedules by their seeds: `SCHEDULES` and `SEED` choose how many from which on, `SCHEDULE` only one. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { afterAll } from "vitest"
import { draw, type Schedule } from "./faultSchedule.js"

const inOne = 100

/** From `least` schedules on, each outcome that `play` counts must have occurred. */
export const playSchedules = <E>(
  { least, usual }: { readonly least: number; readonly usual: number },
  play: (schedule: Schedule) => Effect.Effect<Readonly<Record<string, number>>, E>
): void => {
  const { SCHEDULE, SCHEDULES = usual, SEED = "1" } = process.env
  const first = Number(SCHEDULE ?? (SEED === "new" ? 1 + Math.floor(Math.random() * 1e9) : SEED))
  const count = SCHEDULE === undefined ? Number(SCHEDULES) : 1
  const total = new Map<string, number>()

  /** Splits the seeds into ranges of one test each. */
  const ranges = Array.from({ length: Math.ceil(count / inOne) }, (_, at) => {
    const from = first + at * inOne
    return { from, to: Math.min(from + inOne, first + count) - 1 }
  })

  it.effect.each(ranges)(
    "schedules $from to $to",
    ({ from, to }) =>
      Effect.gen(function* () {
        for (let seed = from; seed <= to; seed++) {
          for (const [name, found] of Object.entries(yield* play(draw(seed))))
            total.set(name, (total.get(name) ?? 0) + found)
        }
      }),
    600_000
  )

  afterAll(() => {
    const figures = [...total].map(([name, sum]) => `${name} ${sum}`).join(", ")
    // Not with the console, whose output is hidden for passing tests.
    process.stdout.write(`${count} schedules from ${first} on: ${figures}\n`)
    if (SCHEDULE === undefined && count >= least) for (const [name, sum] of total) assert.isAbove(sum, 0, name)
  })
}
