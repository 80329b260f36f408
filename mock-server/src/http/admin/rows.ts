/**
 * The admin routes: worlds, their stories, signals, faults, clocks, journals and saves. The routes, the checks of their
 * bodies and their OpenAPI description are made of these rows.
 */
import { advanceClock, RealClock, VirtualTime } from "../../clock/index.js"
import { capsuleOf } from "../../core/Capsule.js"
import { parseDuration } from "../../core/Duration.js"
import { FaultPlanError } from "../../core/faults/Check.js"
import type { FaultPlan } from "../../core/faults/Plan.js"
import { knownWords } from "../../core/Problem.js"
import { type ScenarioError, scenarioProblems } from "../../core/Scenario.js"
import type { Snapshot, SnapshotError } from "../../core/Snapshot.js"
import { tokenOf } from "../../core/Token.js"
import type { World } from "../../core/World.js"
import { areShipped } from "../../fixtures/load.js"
import { planOf } from "../../fixtures/named.js"
import type { Worlds } from "../../Worlds.js"
import { refuse, refusePrinted, refuseRoot } from "../bodies.js"
import { ApiError } from "../envelope.js"
import type { Body, BodyName } from "./bodies.js"

export interface Call<B> {
  readonly worlds: Worlds
  readonly world: World
  readonly saves: Map<string, Snapshot>
  readonly save: string
  readonly body: B
  readonly newName: () => string
}

interface About<Name extends BodyName> {
  /** Default: 200; an answer of 204 has no body. */
  readonly status?: number
  readonly body?: Name
  /** Whether the route needs it. Default: `true`. */
  readonly required?: boolean
  /** When the call makes no sense now. */
  readonly conflict?: string
  readonly bodyLimit?: number
}

export interface Row extends About<BodyName> {
  readonly summary: string
  readonly answer: (call: Call<never>) => unknown
}

const row = <Name extends BodyName>(
  summary: string,
  about: About<Name>,
  answer: (call: Call<Body<Name>>) => unknown
): Row => ({ ...about, summary, answer })

/** The error of a name that nothing has; lists the names that there are. */
export const unknown = (what: string, name: string, names: Iterable<string>): ApiError => {
  const known = knownWords(`${what}s`, [...names], name)
  return new ApiError(404, "not_found", `There is no ${what} ${JSON.stringify(name.slice(0, 80))}; ${known}.`)
}

/** Largest number of saves. More are refused, since only the test knows which one it no longer needs. */
export const mostSaves = 16

const savedAs = (name: string, saves: ReadonlyMap<string, Snapshot>): Snapshot => {
  const snapshot = saves.get(name)
  if (snapshot === undefined) throw unknown("save", name, saves.keys())
  return snapshot
}

/** Bodies with an export in them: no journal is larger, and a world has few jobs. */
const bodyLimit = 64 * 1024 * 1024

export const under = (key: string, { problems }: FaultPlanError | ScenarioError | SnapshotError) =>
  problems.map(({ message, path }) => ({ path: path === "(root)" ? key : `${key}.${path}`, message }))

/** The plan that a body has, or names; `key`: its place in the body. */
const planIn = ({ fixtures }: Worlds, body: string | FaultPlan, key?: string): FaultPlan => {
  try {
    return planOf(fixtures, body)
  } catch (error) {
    if (error instanceof FaultPlanError) refusePrinted(key === undefined ? error.problems : under(key, error))
    throw error
  }
}

const show = (worlds: Worlds, world: World) => ({
  name: world.name,
  seed: world.seed,
  ...showTime(world),
  clock: world.clock instanceof VirtualTime ? world.clock.mode : "real",
  jobs: world.drawers.jobs.count,
  requests: world.journal.count,
  openRequests: worlds.openRequests(world.name),
  token: tokenOf(world.name, "owner")
})

const showTime = ({ clock }: World) => ({ now: new Date(clock.now).toISOString() })

const showFaults = ({ world: { faults } }: Pick<Call<unknown>, "world">) => {
  const { fired, leftovers, plan } = faults
  return { plan, fired, leftovers }
}

const showSave = ([name, { drawers, journal, now }]: readonly [string, Snapshot]) => ({
  name,
  now: new Date(now).toISOString(),
  jobs: drawers.jobs?.jobs.length,
  requests: journal.seq
})

const create = ({ body, newName, worlds }: Call<Body<"createWorld">>) => {
  const { clock, name, speed = 1, ...begins } = body
  const { quirks = {}, tokens = {} } = begins
  refuse(scenarioProblems({ quirks, tokens }))
  const faults = begins.faults === undefined ? undefined : planIn(worlds, begins.faults, "faults")
  const makeClock = () =>
    clock === "manual"
      ? new VirtualTime({ mode: "manual", cap: Number.POSITIVE_INFINITY })
      : new RealClock({ scale: speed })
  return show(
    worlds,
    worlds.createWith(name ?? newName(), () => ({ ...begins, faults, clock: makeClock() }))
  )
}

export const rows: Readonly<Record<string, Row>> = {
  "GET /worlds": row("Lists all worlds, the most recently used last.", {}, ({ worlds }) => ({
    worlds: worlds.all.map((world) => show(worlds, world))
  })),
  "POST /worlds": row(
    "Creates a world.",
    {
      body: "createWorld",
      required: false,
      status: 201,
      conflict: "The server has its maximum number of worlds.",
      bodyLimit
    },
    create
  ),
  "GET /worlds/{world}": row("Shows a world.", {}, ({ world, worlds }) => show(worlds, world)),
  "DELETE /worlds/{world}": row("Forgets a world.", { status: 204 }, ({ world, worlds }) => worlds.drop(world.name)),
  "POST /worlds/{world}/reset": row(
    "Resets a world to its beginning.",
    { conflict: "Requests are under way." },
    ({ world, worlds }) => show(worlds, worlds.reset(world.name) ?? world)
  ),
  "POST /worlds/{world}/stories": row(
    "Queues a story for the next job of a workflow.",
    { body: "queueStory", status: 204 },
    ({ body, world }) => world.enqueue(body.story, body.workflow)
  ),
  "POST /worlds/{world}/signals": row(
    "Sends a signal to a job that waits for it.",
    { body: "signal", status: 204 },
    ({ body: { job, signal }, world }) => {
      if (world.drawers.jobs.get(job) === undefined) throw unknown("job", job, world.drawers.jobs.ids)
      world.signal(job, signal)
    }
  ),
  "GET /worlds/{world}/faults": row(
    "Shows the fault plan, how often each rule took effect, and the rules that never did.",
    {},
    showFaults
  ),
  "PUT /worlds/{world}/faults": row(
    "Replaces the fault plan, by a plan or by its name.",
    { body: "setFaults" },
    ({ body, world, worlds }) => {
      world.useFaults(planIn(worlds, body))
      return showFaults({ world })
    }
  ),
  "DELETE /worlds/{world}/faults": row("Removes the fault plan.", { status: 204 }, ({ world }) =>
    world.useFaults({ rules: [] })
  ),
  "GET /worlds/{world}/export": row("Exports the world as JSON, for `restore` or a new world.", {}, ({ world }) =>
    world.save()
  ),
  "GET /worlds/{world}/saves": row("Lists the saves of the world.", {}, ({ saves }) => ({
    saves: [...saves].map(showSave)
  })),
  "POST /worlds/{world}/saves": row(
    "Saves the world under a name; an older save of that name is replaced.",
    { body: "save", status: 201, conflict: `The world has ${mostSaves} saves, and may have no more.` },
    ({ body: { name }, saves, world }) => {
      if (saves.size >= mostSaves && !saves.has(name)) {
        const message = `The world has ${mostSaves} saves, and may have no more: delete one, or save under its name.`
        throw new ApiError(409, "too_many_saves", message)
      }
      const snapshot = world.save()
      saves.set(name, snapshot)
      return showSave([name, snapshot])
    }
  ),
  "DELETE /worlds/{world}/saves/{save}": row("Forgets a save.", { status: 204 }, ({ save, saves }) => {
    savedAs(save, saves)
    saves.delete(save)
  }),
  "POST /worlds/{world}/restore": row(
    "Restores a saved or exported state: jobs, queued stories, faults, journal and time.",
    { body: "restore", conflict: "Requests are under way, or a fiber waits on the world's clock.", bodyLimit },
    ({ body: { save, snapshot }, saves, world, worlds }) => {
      if ((save === undefined) === (snapshot === undefined)) {
        refuseRoot(`found ${save === undefined ? "neither" : "both"}, expected one of "save", "snapshot"`)
      }
      world.restore(save === undefined ? snapshot : savedAs(save, saves))
      return show(worlds, world)
    }
  ),
  "GET /worlds/{world}/clock": row("Shows the world's time.", {}, ({ world }) => showTime(world)),
  "POST /worlds/{world}/clock": row(
    "Advances the clock; answers when everything that woke has run.",
    { body: "advance" },
    async ({ body, world }) => {
      const millis = parseDuration(body.advance)
      await new Promise<void>((resolve, reject) => advanceClock(world.clock, millis, resolve, reject))
      return showTime(world)
    }
  ),
  "GET /worlds/{world}/journal": row("Shows the journal: all requests of the world.", {}, ({ world: { journal } }) => ({
    count: journal.count,
    entries: journal.entries
  })),
  "POST /worlds/{world}/verify": row(
    "Compares the journal with an expectation.",
    { body: "verify" },
    ({ body, world }) => world.verify(body)
  ),
  "POST /worlds/{world}/conduct": row(
    "Lists the violations of the rules of conduct.",
    { body: "conduct", required: false },
    ({ body, world }) => ({ violations: world.judge(body) })
  ),
  "GET /worlds/{world}/capsule": row(
    "Exports a replay capsule, the file of `pixxel-mock replay`; 409 when the journal is not complete.",
    {},
    ({ world }) => {
      const capsule = capsuleOf(world, areShipped(world.fixtures))
      if (capsule !== undefined) return capsule
      throw new ApiError(409, "incomplete", "The world was asked more than its journal holds.")
    }
  )
}
