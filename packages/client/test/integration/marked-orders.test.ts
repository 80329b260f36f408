/** Creates of a paid resource with marks, under the fault schedules of jobs: every caller gets exactly its own. */
import { assert, describe } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { size } from "../../../../vitest.size.js"
import {
  failed,
  inTime,
  judgeCreates,
  jumping,
  knows,
  nothing,
  noting,
  orphaned,
  type Played,
  playCaller,
  type Report,
  replayable
} from "./faultCallers.js"
import type { Caller, Schedule } from "./faultSchedule.js"
import { inputOf, layer, type Order, Orders, server } from "./markedOrders.js"
import { playSchedules } from "./playSchedules.js"
import { world } from "./world.js"

/** A caller, with the marks of its orders that were sent. */
interface Marked extends Report {
  readonly marks: Set<string>
}

const create = (orders: Orders, report: Marked, { projects }: Caller) =>
  Effect.forEach(
    projects,
    (projectId) =>
      orders
        .create(
          { ...inputOf(projectId), onOrphan: ({ id }) => orphaned(report, id) },
          { keep: ({ mark }) => Effect.sync(() => mark._tag === "Some" && report.marks.add(mark.value)) }
        )
        .pipe(
          Effect.tap(({ id }) => Effect.sync(() => knows(report, id))),
          Effect.tapError((error) => Effect.sync(() => failed(report, error))),
          Effect.ignore
        ),
    { discard: true }
  ).pipe(Effect.provide(noting(report)))

/** The rules of marks, in addition to those of all creates. */
const judgeMarks = (played: ReadonlyArray<Played<Marked>>, orders: ReadonlyArray<Order>) => {
  for (const { isInterrupted, report } of played) {
    const own = orders.filter(({ mark }) => mark !== null && report.marks.has(mark)).map(({ id }) => id)
    for (const id of report.made) assert.include(own, id, "a caller gets only its own orders")
    // A create without a place for its error is not searched for again.
    if (!isInterrupted) assert.sameMembers(report.made, own, "a caller gets all of its own orders, and no others")
  }
  const marks = orders.flatMap(({ mark }) => mark ?? [])
  assert.lengthOf(new Set(marks), marks.length, "no mark is paid twice")
}

const play = (schedule: Schedule) =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    const made: Array<Order> = []
    const { client, otherWriter } = server(schedule.faults, yield* Effect.clock, made)
    return yield* Effect.gen(function* () {
      const orders = yield* Orders
      for (const at of schedule.otherWriters) yield* Effect.fork(Effect.delay(otherWriter, at))
      const skew = yield* jumping(schedule)
      const one = (caller: Caller) => {
        const report: Marked = { ...nothing(), marks: new Set() }
        return playCaller(caller, report, create(orders, report, caller), orders.resolve, skew)
      }
      const played = yield* inTime(Effect.forEach(schedule.callers, one, { concurrency: "unbounded" }))
      judgeMarks(played, made)
      const all = made.map(
        ({ createdAt, id, mark }) => ({ id, createdAt, by: mark === null ? "others" : "us" }) as const
      )
      return judgeCreates(schedule, played, all, began)
    }).pipe(Effect.provide(layer(client)))
  }).pipe(
    Effect.withRandom(Random.make(schedule.seed)),
    Effect.scoped,
    Effect.provide(world("inProcess", { leftovers: false, capsules: false })),
    replayable(schedule)
  )

describe("no fault hides a paid order, and marks find it among any others", () => {
  playSchedules({ usual: size(20, 200), least: 0 }, play)
})
