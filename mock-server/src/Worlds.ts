/** The worlds of one server. They share only its routes and its fixtures. */
import type { WorldClock } from "./clock/index.js"
import type { FixtureSet, WorldQuirks } from "./core/Fixture.js"
import type { FaultPlan } from "./core/faults/Plan.js"
import { mergeWorldQuirks } from "./core/Quirks.js"
import type { TokenTable } from "./core/Rights.js"
import type { Scenario } from "./core/Scenario.js"
import type { Snapshot } from "./core/Snapshot.js"
import { isWorldName } from "./core/Token.js"
import { World } from "./core/World.js"
import { type Beginning, beginningOf } from "./fixtures/named.js"
import { type ClockName, clocksOf } from "./namedClock.js"

export interface WorldOptions {
  /** A clock, or the name of one, which is then made for the world and ends with it. */
  readonly clock: WorldClock | ClockName
  /** Default: the server's. */
  readonly fixtures?: FixtureSet | undefined
  /** Scenario of the world, or its name; the other options take precedence. Default: the server's. */
  readonly scenario?: Scenario | string | undefined
  /** Seed of ids, signatures and random numbers. Default: the snapshot's, else the server's. */
  readonly seed?: string | undefined
  /** Origin of this world's signed URLs, such as `http://127.0.0.1:4011`. Default: the server's second listener. */
  readonly storageUrl?: string | undefined
  readonly tokens?: TokenTable | undefined
  readonly quirks?: WorldQuirks | undefined
  /** Initial faults. Default: the snapshot's, else the server's plan. */
  readonly faults?: FaultPlan | undefined
  /** Largest number of jobs beside those of the fixtures, and of queued stories. Default: the server's. */
  readonly maxJobs?: number | undefined
  /**
   * Saved world to begin with; its stories and faults replace those of a scenario. Default: only the jobs of the
   * fixtures.
   */
  readonly snapshot?: Snapshot | undefined
}

export interface WorldsSetup {
  readonly fixtures: FixtureSet
  readonly seed: string
  /** Makes the clock of a world that a request creates; without it, only `create` makes worlds. */
  readonly onFirstUse?: ((name: string) => WorldClock) | undefined
  /** Whether each of those clocks is made for one world, and ends with it. Default: `false`. */
  readonly ownsClocks?: boolean | undefined
  /** Scenario of worlds without their own. */
  readonly beginning?: Beginning | undefined
  readonly faults?: FaultPlan | undefined
  /** Largest number of jobs per world, beside those of the fixtures. */
  readonly maxJobs?: number | undefined
  /** Largest number of worlds that requests create, and of those that `createWith` makes. */
  readonly limit?: number | undefined
}

/** Default number of worlds that requests create; beyond it, the one idle longest is dropped. */
const defaultLimit = 1_000

export class TooManyWorlds extends Error {
  override readonly name = "TooManyWorlds"
}

interface Entry {
  readonly world: World
  readonly anew: () => World
  open: number
  /** Grows with every use of any world. */
  used: number
  /** Whether a test created the world, and drops it itself. */
  readonly kept: boolean
  /** Whether the clock was made for this world, and ends with it. */
  readonly ownsClock: boolean
  /** Snapshots that it keeps for tests without storage of their own. */
  readonly saves: Map<string, Snapshot>
}

const byUse = (a: Entry, b: Entry): number => a.used - b.used

/** Ends the clock of a dropped world, unless a request is still open. */
const release = ({ open, ownsClock, world }: Entry): void => {
  if (ownsClock && open === 0) world.clock.dispose?.()
}

export class Worlds {
  readonly #worlds = new Map<string, Entry>()
  readonly #setup: WorldsSetup
  readonly #limit: number
  #uses = 0

  constructor(setup: WorldsSetup) {
    this.#setup = setup
    this.#limit = setup.limit ?? defaultLimit
  }

  get fixtures(): FixtureSet {
    return this.#setup.fixtures
  }

  /**
   * Creates a world. Throws a `RangeError` for a used or invalid name, a `ScenarioError` for an invalid scenario, and a
   * `SnapshotError` for an invalid snapshot.
   */
  create(name: string, options: WorldOptions): World {
    return this.#add(name, () => options, { kept: true, ownsClock: typeof options.clock === "string" })
  }

  /**
   * Creates a world with its own clock, which is made again at a reset and ends with the world. Throws a
   * `TooManyWorlds` at the limit of such worlds.
   */
  createWith(name: string, options: () => WorldOptions): World {
    const made = [...this.#worlds.values()].filter(({ kept, ownsClock }) => kept && ownsClock).length
    if (made >= this.#limit) {
      throw new TooManyWorlds(
        `The server has ${made} worlds that tests made, expected at most ${this.#limit}: delete one, or start the ` +
          "mock server with a higher maxWorlds (--max-worlds)."
      )
    }
    return this.#add(name, options, { kept: true, ownsClock: true })
  }

  get(name: string): World | undefined {
    return this.#worlds.get(name)?.world
  }

  /** Returns the world of a request, and creates it if allowed. Throws a `TooManyWorlds` when none can be dropped. */
  find(name: string): World | undefined {
    const known = this.#worlds.get(name)
    const { onFirstUse, ownsClocks = false } = this.#setup
    if (known !== undefined || onFirstUse === undefined) return known?.world
    this.#forgetIdle()
    return this.#add(name, () => ({ clock: onFirstUse(name) }), { kept: false, ownsClock: ownsClocks })
  }

  /** All worlds, in order of their last use. */
  get all(): ReadonlyArray<World> {
    return [...this.#worlds.values()].sort(byUse).map(({ world }) => world)
  }

  /** Counts a request of a world as open until the returned function is called. */
  enter(name: string): () => void {
    const entry = this.#worlds.get(name)
    if (entry === undefined) return () => {}
    entry.open++
    entry.used = ++this.#uses
    return () => {
      entry.open--
      if (this.#worlds.get(name) !== entry) release(entry)
    }
  }

  openRequests(name: string): number {
    return this.#worlds.get(name)?.open ?? 0
  }

  /** Returns the saves of a world, by name, in the order in which the names were first used; a reset keeps them. */
  savesOf(name: string): Map<string, Snapshot> | undefined {
    return this.#worlds.get(name)?.saves
  }

  /**
   * Resets a world: only its initial jobs, an empty journal, its initial time. Throws a `WorldBusyError` while requests
   * are handled. Ends requests that have not arrived in full.
   */
  reset(name: string): World | undefined {
    const entry = this.#worlds.get(name)
    if (entry === undefined) return undefined
    entry.world.endArriving(entry.open)
    const world = entry.anew()
    this.#worlds.set(name, { ...entry, world, open: 0 })
    release(entry)
    return world
  }

  /** Drops a world; its tokens and signed URLs are then unknown. */
  drop(name: string): boolean {
    const entry = this.#worlds.get(name)
    this.#worlds.delete(name)
    if (entry !== undefined) release(entry)
    return entry !== undefined
  }

  #add(name: string, options: () => WorldOptions, is: Pick<Entry, "kept" | "ownsClock">): World {
    if (!isWorldName(name)) throw new RangeError(`no world can be called ${JSON.stringify(name)}: [a-z0-9-]{1,64}`)
    if (this.#worlds.has(name)) throw new RangeError(`there is a world called ${name} already`)
    const anew = () => {
      const { clock, fixtures = this.fixtures, scenario, snapshot, storageUrl, ...wanted } = options()
      const own = scenario === undefined ? undefined : beginningOf(fixtures, scenario)
      const begins = own ?? this.#setup.beginning
      const world = new World({
        name,
        seed: wanted.seed ?? snapshot?.seed ?? own?.seed ?? this.#setup.seed,
        clock: typeof clock === "string" ? clocksOf(clock)(name) : clock,
        storageUrl,
        fixtures,
        maxJobs: wanted.maxJobs ?? this.#setup.maxJobs,
        quirks: mergeWorldQuirks(begins?.quirks, wanted.quirks),
        tokens: { ...begins?.tokens, ...wanted.tokens }
      })
      if (snapshot === undefined) {
        for (const { story, workflow } of begins?.stories ?? []) world.enqueue(story, workflow)
      } else {
        world.restore(snapshot) // with its own stories and faults
      }
      const faults = wanted.faults ?? (snapshot === undefined ? (own?.faults ?? this.#setup.faults) : undefined)
      if (faults !== undefined) world.useFaults(faults)
      return world
    }
    const world = anew()
    this.#worlds.set(name, { ...is, world, anew, open: 0, used: ++this.#uses, saves: new Map() })
    return world
  }

  #forgetIdle(): void {
    const made = [...this.#worlds.values()].filter(({ kept }) => !kept)
    if (made.length < this.#limit) return
    const [idle] = made.filter(({ open }) => open === 0).sort(byUse)
    if (idle === undefined) {
      throw new TooManyWorlds(
        `Each of ${made.length} worlds has requests under way, expected at most ${this.#limit} worlds: wait for one to ` +
          "end, or start the mock server with a higher maxWorlds (--max-worlds)."
      )
    }
    this.drop(idle.world.name)
  }
}
