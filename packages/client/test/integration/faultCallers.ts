/** The callers of a fault schedule, their reports, and the judgement of these. The same for every paid resource. */
import { assert } from "@effect/vitest"
import type { CreateError, CreateIntent, CreateOutcomeUnknown } from "@effect-pixxel/client"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import { type Skew, skewed } from "../skewedClock.js"
import type { Caller, Schedule } from "./faultSchedule.js"

/** The reports to a caller. */
export interface Report {
  /** The ids of the items of its creates. */
  readonly made: Array<string>
  /** The numbers of unknown outcomes, reported and remaining. */
  unknown: number
  /** The errors for another search. */
  readonly errors: Array<CreateOutcomeUnknown | CreateIntent>
  /** The items found by another search. */
  resolved: number
  /** The number of refused creates. */
  refused: number
  orphans: number
}

export const nothing = (): Report => ({ made: [], unknown: 0, errors: [], resolved: 0, refused: 0, orphans: 0 })

/** Counts the logged creates of interrupted fibers, which `onOrphan` does not report. */
export const noting = (report: Report) =>
  Logger.replace(
    Logger.defaultLogger,
    Logger.make(({ message }) => {
      if (/^An? (create|estimate|quote) (on|for) .* was interrupted after sending/.test(String(message)))
        report.unknown++
    })
  )

export const knows = (report: Report, id: string) => void (report.made.includes(id) || report.made.push(id))

/** The report of an orphan. */
export const orphaned = (report: Report, id: string) =>
  Effect.sync(() => {
    report.orphans++
    knows(report, id)
  })

/** A failure of a create. */
export const failed = (report: Report, error: CreateError) => {
  if (error._tag === "CreateOutcomeUnknown") {
    report.unknown++
    report.errors.push(error)
  } else report.refused++
}

/** Writes the outcome of a create down. */
export const noted =
  <E>(report: Report, notMade: (report: Report, error: E) => void) =>
  <R>(create: Effect.Effect<{ readonly id: string }, E, R>) =>
    create.pipe(
      Effect.tap(({ id }) => Effect.sync(() => knows(report, id))),
      Effect.tapError((error) => Effect.sync(() => notMade(report, error))),
      Effect.ignore
    )

/** Searches again after an unknown outcome, like a careful caller. */
const lookAgain = <E, R>(
  report: Report,
  resolve: (error: CreateOutcomeUnknown | CreateIntent) => Effect.Effect<{ readonly id: string }, E, R>
) =>
  Effect.gen(function* () {
    for (const error of report.errors) {
      yield* Effect.sleep("10 minutes")
      const found = yield* Effect.either(resolve(error))
      if (found._tag === "Left") continue
      knows(report, found.right.id)
      report.unknown--
      report.resolved++
    }
  })

/** Starts and interrupts the call of its caller. Ends with its fiber, never with a defect. */
const playCaller = <T extends Report, E, E2, R, R2>(
  caller: Caller,
  report: T,
  call: Effect.Effect<unknown, E, R>,
  resolve: (error: CreateOutcomeUnknown | CreateIntent) => Effect.Effect<{ readonly id: string }, E2, R2>,
  skew: Skew
) =>
  Effect.gen(function* () {
    yield* Effect.sleep(caller.begins)
    const fiber = yield* Effect.fork(skewed(call, skew))
    if (caller.interrupted !== undefined) {
      yield* Effect.fork(Effect.zipRight(Effect.sleep(caller.interrupted), Fiber.interrupt(fiber)))
    }
    const exit = yield* Fiber.await(fiber)
    const defects = exit._tag === "Failure" ? [...Cause.defects(exit.cause)] : []
    assert.deepStrictEqual(defects, [], `a defect of ${JSON.stringify(caller)}`)
    yield* lookAgain(report, resolve)
    return { caller, report, isInterrupted: exit._tag === "Failure" && Cause.isInterrupted(exit.cause) }
  })

export interface Played<T extends Report = Report> {
  readonly caller: Caller
  readonly report: T
  readonly isInterrupted: boolean
}

/** The wall clock of the callers, which jumps. */
const jumping = ({ jumps }: Schedule) =>
  Effect.gen(function* () {
    const skew: Skew = { wall: 0, elapsed: 0 }
    const set = (by: number) =>
      Effect.sync(() => {
        skew.wall += by
      })
    for (const { at, by } of jumps) yield* Effect.fork(Effect.delay(set(by), at))
    return skew
  })

export const sum = <T extends Report>(played: ReadonlyArray<Played<T>>, of: (one: Played<T>) => number) =>
  played.reduce((total, one) => total + of(one), 0)

/** The rules of marks, in addition to those of all creates. `ownOf` lists the items of the caller of a report. */
export const judgeMarks = <T extends Report>(
  played: ReadonlyArray<Played<T>>,
  ownOf: (report: T) => ReadonlyArray<string>,
  isMarked: boolean
) => {
  for (const { isInterrupted, report } of played) {
    const own = ownOf(report)
    for (const id of report.made) assert.include(own, id, "a caller gets only its own items")
    assert.isAtMost(own.length, report.made.length + report.unknown, "no caller pays for an item unknown to it")
    // A create without a place for its error is not searched for again.
    if (!isInterrupted && isMarked) {
      assert.sameMembers(report.made, [...own], "a mark that a list shows leads every caller to its own items")
    }
  }
}

/** An item that the server made. */
export interface Made {
  readonly id: string
  readonly createdAt: number
  readonly by: "us" | "others"
}

/** Compares the reports of creates with the items that the server made. */
export const judgeCreates = (
  schedule: Schedule,
  played: ReadonlyArray<Played>,
  made: ReadonlyArray<Made>,
  began: number
) => {
  const ours = made.filter(({ by }) => by === "us").length
  const theirs = new Set(made.flatMap(({ by, id }) => (by === "others" ? [id] : [])))
  const madeAt = new Map(made.map(({ createdAt, id }) => [id, createdAt]))
  const report = played.flatMap((one) => one.report.made)
  const unknown = sum(played, (one) => one.report.unknown)
  const creates = sum(played, ({ caller }) => caller.projects.length)
  for (const id of report) assert.isTrue(madeAt.has(id), `the reported item ${id} exists`)
  assert.isAtMost(ours, creates, "no create is paid twice")
  assert.isAtMost(ours, report.length + unknown, "every made item was reported, or its outcome as unknown")
  if (schedule.isListTruthful) {
    const taken = report.filter((id) => theirs.has(id)).length
    assert.isAtMost(taken + ours, creates, "an item of another writer is adopted only for one that was never made")
  }
  for (const { caller, isInterrupted, report } of played) {
    const known = report.made.length + report.unknown + report.refused
    assert.isAtMost(known, caller.projects.length, "each create has one outcome")
    if (!isInterrupted) assert.strictEqual(known, caller.projects.length, "no create is without an outcome")
  }
  assert.lengthOf(new Set(report), report.length, "no item is reported to two callers")
  for (const { caller, report } of played) {
    // One second of tolerance, and the fraction of a second that a `Date` omits.
    const earliest = began + caller.begins - 2_000
    for (const id of report.made) assert.isAtLeast(madeAt.get(id) ?? 0, earliest, `${id} is of an earlier time`)
  }
  if (schedule.isKnowable) {
    assert.strictEqual(unknown, 0, "every lost answer resolves to an item")
    assert.lengthOf(report, ours, "every item is reported")
  }
  return {
    made: ours,
    reported: report.length,
    unknown,
    resolved: sum(played, (one) => one.report.resolved),
    refused: sum(played, (one) => one.report.refused),
    interrupted: played.filter((one) => one.isInterrupted).length,
    orphans: sum(played, (one) => one.report.orphans)
  }
}

/** Longer than the deadlines of any caller: create, search, wait and download. */
const end = "3 hours"

/** Ends a play that takes too long with a defect. */
const inTime = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  self.pipe(
    Effect.disconnect,
    Effect.timeoutFailCause({ duration: end, onTimeout: () => Cause.die(`it has not ended after ${end}`) })
  )

/** Plays all callers, beside other writers. `of` makes the report and the call of a caller. */
export const playCallers = <T extends Report, E, E2, R, R2, R3>(
  schedule: Schedule,
  otherWriter: Effect.Effect<void, never, R3>,
  of: (caller: Caller, at: number) => readonly [report: T, call: Effect.Effect<unknown, E, R>],
  resolve: (error: CreateOutcomeUnknown | CreateIntent) => Effect.Effect<{ readonly id: string }, E2, R2>
) =>
  Effect.gen(function* () {
    for (const at of schedule.otherWriters) yield* Effect.fork(Effect.delay(otherWriter, at))
    const skew = yield* jumping(schedule)
    const one = (caller: Caller, at: number) => playCaller(caller, ...of(caller, at), resolve, skew)
    return yield* inTime(Effect.forEach(schedule.callers, one, { concurrency: "unbounded" }))
  })

/** Dies with the problems, the schedule and the replay command. */
export const replayable =
  (schedule: Schedule) =>
  <A, E, R>(self: Effect.Effect<A, E, R>) =>
    Effect.catchAllCause(self, (cause) =>
      Effect.die(
        new Error(`SCHEDULE=${schedule.seed} plays it again.\n${Cause.pretty(cause)}\n${JSON.stringify(schedule)}`)
      )
    )
