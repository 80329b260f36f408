/**
 * Estimates and creates of insights under the fault schedules of jobs, against servers that echo the mark of a request
 * or lose it, and that ignore the flag of an estimate. `SCHEDULE=17` replays a schedule.
 */
import { assert, describe } from "@effect/vitest"
import { AoiId, type InsightCreateError, InsightsApi } from "@effect-pixxel/client"
import type { FaultPlan } from "@effect-pixxel/mock-server"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import { size } from "../../../../vitest.size.js"
import { insightIn } from "../field.js"
import {
  failed,
  judgeCreates,
  judgeMarks,
  knows,
  noted,
  nothing,
  noting,
  orphaned,
  type Played,
  playCallers,
  type Report,
  replayable
} from "./faultCallers.js"
import { type Caller, oneOf, type Schedule } from "./faultSchedule.js"
import { bodyOf, layer, server as paidServer } from "./paidServer.js"
import { playSchedules } from "./playSchedules.js"
import { world } from "./world.js"

const aoiId = AoiId.make("aoi-1")

/** The parts of a create in a list: metadata and name, the name, or neither. */
type Echo = "both" | "name" | "none"

interface Conditions {
  readonly echo: Echo
  /** Whether the server ignores the flag of an estimate. */
  readonly estimateIgnored: boolean
  /** The name of all insights, of other writers too; undefined for names with marks. */
  readonly name: string | undefined
  /** Whether a create has a limit, and so an estimate before it. */
  readonly isLimited: boolean
}

const conditionsOf = (seed: number): Conditions =>
  Effect.runSync(
    Effect.gen(function* () {
      return {
        echo: yield* oneOf<Echo>(["both", "both", "name", "none"]),
        estimateIgnored: (yield* Random.next) < 0.3,
        name: yield* oneOf([undefined, undefined, "Mine"]),
        isLimited: yield* Random.nextBoolean
      }
    }).pipe(Effect.withRandom(Random.make(`insights ${seed}`)))
  )

/** Whether a list shows the marks of the client. */
const isEchoed = ({ echo, name }: Conditions) => echo === "both" || (echo === "name" && name === undefined)

interface Insight {
  readonly id: string
  readonly createdAt: number
  /** The mark and the caller of a create; undefined for that of another writer. */
  readonly by: { readonly mark: string; readonly caller: string } | undefined
  readonly shown: object
}

/** A request that the server handled. */
interface Handled {
  readonly mark: string
  readonly isEstimate: boolean
}

const server = (plan: FaultPlan, clock: Clock.Clock, conditions: Conditions) => {
  const insights: Array<Insight> = []
  const handled: Array<Handled> = []
  const add = (by: Insight["by"], shown: object) => {
    const id = `insight-${insights.length + 1}`
    const createdAt = clock.unsafeCurrentTimeMillis()
    insights.push({ id, createdAt, by, shown: { id, created_at: new Date(createdAt).toISOString(), ...shown } })
    return id
  }
  const echoed = (name: unknown, metadata: unknown) => ({
    ...(conditions.echo === "none" ? {} : { name }),
    ...(conditions.echo === "both" ? { metadata } : {})
  })
  return {
    insights,
    handled,
    client: paidServer(plan, clock, {
      create: (request) => {
        const { estimate = false, metadata, name } = bodyOf(request)
        const mark = String(metadata["effect-pixxel"])
        handled.push({ mark, isEstimate: estimate })
        if (estimate && !conditions.estimateIgnored) return { value: { estimate: 12 } }
        const id = add({ mark, caller: metadata.caller }, echoed(name, metadata))
        return { status: 201, value: { id, message: "queued" } }
      },
      read: (until) => ({
        value: { insights: insights.filter(({ createdAt }) => createdAt <= until).map(({ shown }) => shown) }
      })
    }),
    /** Another writer makes an insight of the same name, and with metadata of its own. */
    otherWriter: Effect.sync(() => void add(undefined, echoed(conditions.name ?? "Theirs", { season: "2025" })))
  }
}

const notMade = (report: Report, error: InsightCreateError) => {
  switch (error._tag) {
    case "EstimateCreated":
      return knows(report, error.insightId)
    case "EstimateUnknown":
      report.unknown++
      return void report.errors.push(error.intent)
    case "PixxelInvalidInput":
    case "NotStarted":
      return void report.refused++
    default:
      return failed(report, error)
  }
}

const create = (report: Report, { projects }: Caller, caller: string, { isLimited, name }: Conditions) =>
  Effect.forEach(
    projects,
    (projectId) =>
      Effect.flatMap(InsightsApi, (api) =>
        api.create({
          ...insightIn(projectId, aoiId),
          name,
          metadata: { caller },
          maxCost: isLimited ? 12 : undefined,
          onOrphan: ({ id }) => orphaned(report, id)
        })
      ).pipe(noted(report, notMade)),
    { discard: true }
  ).pipe(Effect.provide(noting(report)))

interface Called extends Report {
  readonly caller: string
}

/** The rules of marks and of estimates, in addition to those of all creates. */
const judge = (
  played: ReadonlyArray<Played<Called>>,
  { handled, insights }: Pick<ReturnType<typeof server>, "handled" | "insights">,
  conditions: Conditions
) => {
  const ownOf = ({ caller }: Called) => insights.flatMap(({ by, id }) => (by?.caller === caller ? [id] : []))
  judgeMarks(played, ownOf, isEchoed(conditions))
  const marks = handled.map(({ mark }) => mark)
  assert.lengthOf(new Set(marks), marks.length, "no estimate and no create that may have run is repeated")
  if (!conditions.isLimited) assert.isEmpty(handled.filter(({ isEstimate }) => isEstimate))
}

const play = (schedule: Schedule) =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    const conditions = conditionsOf(schedule.seed)
    const api = server(schedule.faults, yield* Effect.clock, conditions)
    return yield* Effect.gen(function* () {
      const { resolve } = yield* InsightsApi
      const of = (caller: Caller, at: number) => {
        const report: Called = { ...nothing(), caller: `caller ${at}` }
        return [report, create(report, caller, report.caller, conditions)] as const
      }
      const played = yield* playCallers(schedule, api.otherWriter, of, resolve)
      judge(played, api, conditions)
      const all = api.insights.map(
        ({ by, createdAt, id }) => ({ id, createdAt, by: by === undefined ? "others" : "us" }) as const
      )
      // A lost estimate that did not run stays unknown.
      const isKnowable = schedule.isKnowable && isEchoed(conditions) && !conditions.isLimited
      return {
        ...judgeCreates({ ...schedule, isKnowable }, played, all, began),
        estimates: api.handled.filter(({ isEstimate }) => isEstimate).length
      }
    }).pipe(Effect.provide(InsightsApi.layer.pipe(Layer.provide(layer(api.client)))))
  }).pipe(
    Effect.withRandom(Random.make(schedule.seed)),
    Effect.scoped,
    Effect.provide(world("inProcess", { leftovers: false, capsules: false })),
    replayable(schedule)
  )

describe("no fault hides a paid insight, nor one that an estimate started", () => {
  // few schedules have only some outcomes
  playSchedules({ usual: size(20, 2_000), least: 400 }, play)
})
