/** Fault schedules: the calls and their times, and the faults meanwhile. Plain data, drawn from a seed. */
import { ProjectId } from "@effect-pixxel/client"
import { Fault, type FaultPlan } from "@effect-pixxel/mock-server"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { projectId } from "./world.js"

/** A caller that pays for jobs. Times are in milliseconds. */
export interface Caller {
  /** `pipeline` is a separate create, wait and download; `all` is a batch with `runAll`. */
  readonly does: "create" | "pipeline" | "run" | "all"
  /** The project of each create. */
  readonly projects: ReadonlyArray<ProjectId>
  readonly adopt: "whenUnique" | "never"
  readonly begins: number
  /** The time of its interruption. */
  readonly interrupted: number | undefined
}

export interface Schedule {
  readonly seed: number
  readonly callers: ReadonlyArray<Caller>
  /** The times at which another writer creates a job, with its own client. */
  readonly otherWriters: ReadonlyArray<number>
  /** The jumps of the callers' clocks. */
  readonly jumps: ReadonlyArray<Jump>
  /** The stories of the jobs, in the order of their creation. */
  readonly stories: ReadonlyArray<Story>
  readonly faults: FaultPlan
  /**
   * Whether all outcomes can be resolved: only lost answers, lists that lag less than the grace period, no other
   * writer, one project.
   */
  readonly isKnowable: boolean
  /** Lists lag less than the grace period. */
  readonly isListTruthful: boolean
}

/** The wall clock is set. Times are in milliseconds. */
export interface Jump {
  readonly at: number
  readonly by: number
}

/** The story of a job in a schedule; see `stories` of the player. */
export const stories = ["quick", "slow", "fails"] as const
export type Story = (typeof stories)[number]

type FaultEffect = Parameters<typeof Fault.on>[1]
type Operation = Parameters<typeof Fault.on>[0]

const other = ProjectId.make("project-basin-watch")

// --- faults ---

/** The create was handled, and its answer is unusable. */
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

/** An answer of a gateway instead of the API. */
const odd = [
  Fault.answer(200, { body: "<html>log in</html>", headers: { "content-type": "text/html" } }),
  Fault.answer(204),
  Fault.answer(408),
  Fault.answer(421),
  Fault.answer(425),
  Fault.answer(499),
  Fault.redirect("loop", 302)
]

/** Final refusals, reported to the caller. */
const final = [Fault.answer(400), Fault.answer(403)]

const slow = [Fault.latency("2s"), Fault.latency("40s"), Fault.drip(64, "1s")]

/** Faults of a package's bytes. */
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

/** Draws one of several. */
export const oneOf = <A>(items: readonly [A, ...Array<A>] | ReadonlyArray<A>) =>
  // The index is within the array.
  Effect.map(Random.nextIntBetween(0, items.length), (index) => items[index] as A)

const several = <A>(count: number, one: Effect.Effect<A>) => Effect.all(Effect.replicate(one, count))

/** Draws faults for some of the first attempts of an operation. */
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

/** A short outage. */
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

/** A change of the callers' clock. */
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
    // Concurrent creates share the search; later ones meet the remembered outcomes.
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
      // At the time of the callers' creates, or later.
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

/** Draws the schedule of a seed, deterministically. */
export const draw = (seed: number): Schedule => Effect.runSync(Effect.withRandom(drawing(seed), Random.make(seed)))
