/** Fault schedules: who calls, when and how, and what goes wrong meanwhile. Drawn from a seed, and plain data. */
import { ProjectId } from "@effect-pixxel/client"
import { Fault, type FaultPlan } from "@effect-pixxel/mock-server"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { projectId } from "./world.js"

/** Somebody who pays for jobs. Times are in milliseconds. */
export interface Caller {
  /** `pipeline` is a create, a wait and a download, each by itself; `all` is a batch by `runAll`. */
  readonly does: "create" | "pipeline" | "run" | "all"
  /** The project of each of its creates. */
  readonly projects: ReadonlyArray<ProjectId>
  readonly adopt: "whenUnique" | "never"
  readonly begins: number
  /** After so long it is interrupted. */
  readonly interrupted: number | undefined
}

export interface Schedule {
  readonly seed: number
  readonly callers: ReadonlyArray<Caller>
  /** When somebody else creates a job too, by a client of their own. */
  readonly otherWriters: ReadonlyArray<number>
  /** When the clocks of the callers jump, and by how much. */
  readonly jumps: ReadonlyArray<Jump>
  /** What the jobs do, in the order in which they are made. */
  readonly stories: ReadonlyArray<Story>
  readonly faults: FaultPlan
  /**
   * Nothing stands in the way of knowing: lost answers alone, a list that is late by less than the grace period, no
   * other writer, one project.
   */
  readonly isKnowable: boolean
  /** Lists are late by less than the grace period. */
  readonly isListTruthful: boolean
}

/** The wall clock is set. Times are in milliseconds. */
export interface Jump {
  readonly at: number
  readonly by: number
}

/** What a job of a schedule does; see `stories` of the player. */
export const stories = ["quick", "slow", "fails"] as const
export type Story = (typeof stories)[number]

type FaultEffect = Parameters<typeof Fault.on>[1]
type Operation = Parameters<typeof Fault.on>[0]

const other = ProjectId.make("project-basin-watch")

// --- what may go wrong ---

/** The create was handled, and its answer is no answer. */
const lost = [
  Fault.loseAnswer("reset"),
  Fault.loseAnswer("close"),
  Fault.loseAnswer("hang"),
  Fault.cutHead("reset"),
  Fault.cutBody(5, "reset"),
  Fault.cutBody(5, "hang"),
  Fault.body("malformed"),
  Fault.body("empty"),
  Fault.corruptGzip
]

const refused = [
  Fault.answer(500),
  Fault.answer(503, { retryAfter: "7s" }),
  Fault.gatewayPage,
  Fault.answer(429, { retryAfter: "3s" }),
  Fault.answer(429, { retryAfter: "20s", retryAfterAs: "date" }),
  Fault.answer(429),
  Fault.refuse("reset"),
  Fault.refuse("hang"),
  Fault.redirect("loop", 307)
]

/** No answer of the API, but of something on the way. */
const odd = [
  Fault.answer(200, { body: "<html>log in</html>", headers: { "content-type": "text/html" } }),
  Fault.answer(204),
  Fault.answer(408),
  Fault.answer(421),
  Fault.answer(425),
  Fault.answer(499),
  Fault.redirect("loop", 302)
]

/** That is final: the caller is told so. */
const final = [Fault.answer(400), Fault.answer(403)]

const slow = [Fault.latency("2s"), Fault.latency("40s"), Fault.drip(64, "1s")]

/** What happens to the bytes of a package. */
const ofPackages = [Fault.cutBody(40, "reset"), Fault.cutBody(90, "hang"), Fault.expired, Fault.noRange, Fault.flip(50)]

const faults: Record<"listJobs" | "getJobById" | "downloadJob" | "getPackage", ReadonlyArray<FaultEffect>> = {
  listJobs: [...lost, ...refused, ...slow, ...odd],
  getJobById: [...lost, ...refused, ...slow],
  downloadJob: [...lost, ...refused, ...slow],
  getPackage: [...ofPackages, ...refused, ...slow]
}

// --- drawing ---

const chance = (share: number) => Effect.map(Random.next, (value) => value < share)

const between = (least: number, most: number) => Random.nextIntBetween(least, most + 1)

const oneOf = <A>(items: readonly [A, ...Array<A>] | ReadonlyArray<A>) =>
  // The index is one of the array.
  Effect.map(Random.nextIntBetween(0, items.length), (index) => items[index] as A)

const several = <A>(count: number, one: Effect.Effect<A>) => Effect.all(Effect.replicate(one, count))

/** Some of the first attempts of an operation, each with its fault. */
const rulesOf = (operation: Operation, effects: ReadonlyArray<FaultEffect>, attempts: number, share: number) =>
  Effect.map(
    Effect.forEach(
      Array.from({ length: attempts }, (_, at) => at + 1),
      (attempt) =>
        Effect.gen(function* () {
          const effect = yield* oneOf(effects)
          return (yield* chance(share)) ? [Fault.on(operation, effect, { attempts: [attempt], optional: true })] : []
        })
    ),
    (rules) => rules.flat()
  )

/** All is away for a moment. */
const outage = Effect.gen(function* () {
  const from = yield* between(0, 120)
  const long = yield* between(1, 40)
  const effect = yield* oneOf([Fault.answer(503), Fault.refuse("reset"), Fault.answer(429, { retryAfter: "5s" })])
  return Fault.on("*", effect, { between: { from: `${from}s`, to: `${from + long}s` }, optional: true })
})

const caller = (mayInterrupt: boolean, projects: ReadonlyArray<ProjectId>, adopt: Caller["adopt"], latest: number) =>
  Effect.gen(function* (): Effect.fn.Return<Caller> {
    const does = yield* oneOf(["create", "pipeline", "pipeline", "run", "all"] as const)
    const creates = does === "all" ? yield* between(1, 2) : 1
    return {
      does,
      projects: yield* several(creates, oneOf(projects)),
      adopt,
      begins: yield* between(0, latest),
      interrupted: mayInterrupt && (yield* chance(0.5)) ? yield* between(0, 150_000) : undefined
    }
  })

/** Somebody sets the clock of the callers. */
const jump = Effect.gen(function* (): Effect.fn.Return<Jump> {
  const minutes = yield* oneOf([-10, -1, 1, 10])
  return { at: yield* between(0, 90_000), by: minutes * 60_000 }
})

const drawing = (seed: number) =>
  Effect.gen(function* (): Effect.fn.Return<Schedule> {
    const onlyLost = yield* chance(0.5)
    const late = yield* oneOf(onlyLost ? ["0s", "10s", "25s"] : ["0s", "10s", "25s", "45s", "2m"])
    const twoProjects = yield* chance(0.2)
    const writers = (yield* chance(0.25)) ? yield* between(1, 2) : 0
    const adopt = (yield* chance(0.1)) ? "never" : "whenUnique"
    const mayInterrupt = yield* chance(0.35)
    // Creates that are under way together share what is found; those that come later meet what is remembered.
    const latest = yield* oneOf([3_000, 3_000, 60_000, 240_000])
    const callers = yield* several(
      yield* between(1, 3),
      caller(mayInterrupt, twoProjects ? [projectId, other] : [projectId], adopt, latest)
    )
    const creates = callers.reduce((sum, { projects }) => sum + projects.length, 0) + writers
    const noise = yield* oneOf([0, 0.15, 0.4])
    const ofCreates = yield* rulesOf(
      "createJob",
      onlyLost ? lost : [...lost, ...refused, ...final, ...odd],
      creates + 4,
      0.5
    )
    const rest = yield* Effect.forEach(
      onlyLost
        ? (["getJobById", "downloadJob", "getPackage"] as const)
        : (["listJobs", "getJobById", "downloadJob", "getPackage"] as const),
      (operation) => rulesOf(operation, faults[operation], 6, noise)
    )
    const isOut = !onlyLost && (yield* chance(0.3))
    return {
      seed,
      callers,
      // Just when the callers create, or later.
      otherWriters: yield* several(
        writers,
        Effect.flatMap(oneOf([4_000, 20_000, latest]), (most) => between(0, most))
      ),
      jumps: (yield* chance(0.2)) ? yield* several(2, jump) : [],
      stories: yield* several(creates, oneOf(stories)),
      faults: Fault.plan(
        ...ofCreates,
        ...rest.flat(),
        ...(isOut ? [yield* outage] : []),
        ...(late === "0s" ? [] : [Fault.on(["listJobs", "getJobById"], Fault.stale(late), { optional: true })])
      ),
      isKnowable: onlyLost && writers === 0 && !twoProjects && adopt === "whenUnique",
      isListTruthful: late !== "45s" && late !== "2m"
    }
  })

/** The schedule of a seed, always the same. */
export const draw = (seed: number): Schedule => Effect.runSync(Effect.withRandom(drawing(seed), Random.make(seed)))
