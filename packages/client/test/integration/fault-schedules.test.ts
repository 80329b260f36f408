/**
 * Random schedules of callers and faults over create, wait and download. `npm run test:schedules` plays many more from
 * new seeds; `SCHEDULE=17` replays one, and `SEED` and `SCHEDULES` set the first seed and the number.
 */
import { describe } from "@effect/vitest"
import { size } from "../../../../vitest.size.js"
import { play } from "./faultPlay.js"
import { playSchedules } from "./playSchedules.js"

describe("no fault between create and download hides a paid job", () => {
  // few schedules have only some outcomes
  playSchedules({ usual: size(10, 400), least: 400 }, play)
})
