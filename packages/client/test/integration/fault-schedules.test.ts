/**
 * Random schedules of callers and faults over create, wait and download. `npm run test:schedules` plays many more from
 * new seeds; `SCHEDULE=17` replays one, and `SEED` and `SCHEDULES` set the first seed and the number.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { afterAll } from "vitest"
import { size } from "../../../../vitest.size.js"
import { outcomes, play } from "./faultPlay.js"
import { draw } from "./faultSchedule.js"

const { SCHEDULE, SCHEDULES = size(10, 400), SEED = "1" } = process.env
const first = Number(SCHEDULE ?? (SEED === "new" ? 1 + Math.floor(Math.random() * 1e9) : SEED))
const count = SCHEDULE === undefined ? Number(SCHEDULES) : 1
const inOne = 100

/** Splits the seeds into ranges of one test each. */
const ranges = Array.from({ length: Math.ceil(count / inOne) }, (_, at) => {
  const from = first + at * inOne
  return { from, to: Math.min(from + inOne, first + count) - 1 }
})

describe("no fault between create and download hides a paid job", () => {
  const total = new Map(outcomes.map((name) => [name, 0]))

  it.effect.each(ranges)(
    "schedules $from to $to",
    ({ from, to }) =>
      Effect.gen(function* () {
        for (let seed = from; seed <= to; seed++) {
          const found = yield* play(draw(seed))
          for (const name of outcomes) total.set(name, (total.get(name) ?? 0) + found[name])
        }
      }),
    600_000
  )

  afterAll(() => {
    const figures = [...total].map(([name, sum]) => `${name} ${sum}`).join(", ")
    // Not with the console, whose output is hidden for passing tests.
    process.stdout.write(`${count} schedules from ${first} on: ${figures}\n`)
    // Few schedules have only some of them.
    if (count >= 400) for (const [name, sum] of total) assert.isAbove(sum, 0, name)
  })
})
