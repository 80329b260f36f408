/**
 * The worlds of one server. They share its routes and its fixtures, and nothing else.
 */
import { type ClockName, makeClock } from "../clock/named.js"
import type { WorldClock } from "../clock/WorldClock.js"
import type { FixtureSet, WorldQuirks } from "../core/Fixture.js"
import type { FaultPlan } from "../core/faults/Plan.js"
import { mergeWorldQuirks } from "../core/Quirks.js"
import type { TokenTable } from "../core/Rights.js"
import type { Scenario } from "../core/Scenario.js"
import type { Snapshot } from "../core/Snapshot.js"
import { isWorldName } from "../core/Token.js"
import { World, WorldBusyError } from "../core/World.js"
import { type Beginning, beginningOf } from "../fixtures/named.js"
import { Saves } from "./saves.js"

/**
 * @since 0.1.0
 * @category models
 */
export interface WorldOptions {
  /** A clock, or the name of one, which is then made for the world and ends with it. */
  readonly clock: WorldClock | ClockName
  /** Default: the server's. */
  readonly fixtures?: FixtureSet | undefined
  /** What it begins with, or the name of that; what is said here beside it wins. Default: the server's. */
  readonly scenario?: Scenario | string | undefined
  /** Ids, signatures and chance come from it. Default: the snapshot's, if there is one, else the server's. */
  readonly seed?: string | undefined
  /** Origin of this world's signed URLs, such as `http://127.0.0.1:4011`. Default: the server's second listener. */
  readonly storageUrl?: string | undefined
  /** Tokens beside those that every world has. */
  readonly tokens?: TokenTable | undefined
  /** Oddities of all that the world answers. Default: none. */
  readonly quirks?: WorldQuirks | undefined
  /** What goes wrong from the beginning. Default: what does in the snapshot, if there is one, else the server's plan. */
  readonly faults?: FaultPlan | undefined
  /** How many jobs it may have beside those of the fixtures, and how many stories may be queued. Default: the server's. */
  readonly maxJobs?: number | undefined
  /** What the world begins with: another one as it was saved, stories and faults in the place of a scenario's. Default: the jobs of the fixtures, and no more. */
  readonly snapshot?: Snapshot | undefined
}

/** What the worlds of a server have in common. */
export interface WorldsSetup {
  readonly fixtures: FixtureSet
  readonly seed: string
  /** The clock of a world that a request creates; without it, only `create` makes worlds. */
  readonly onFirstUse?: ((name: string) => WorldClock) | undefined
  /** Whether each of those clocks is made for one world, and ends with it. Default: `false`. */
  readonly ownsClocks?: boolean | undefined
  /** What every world begins with that has no scenario of its own. */
  readonly beginning?: Beginning | undefined
  /** What goes wrong in every world. */
  readonly faults?: FaultPlan | undefined
  /** How many jobs a world may have beside those of the fixtures. */
  readonly maxJobs?: number | undefined
  /** How many of the worlds that requests created are kept, and how many `createWith` makes. */
  readonly limit?: number | undefined
}

/** Worlds that requests created, beyond which the one that has been idle longest is forgotten. */
const defaultLimit = 1_000

/** There is no room for another world. */
export class TooManyWorlds extends Error {
  override readonly name = "TooManyWorlds"
}

interface Entry {
  readonly world: World
  /** Makes the world as it was at first. */
  readonly anew: () => World
  /** Requests under way. */
  open: number
  /** Grows with every use of any world. */
  used: number
  /** A test asked for it, and drops it itself. */
  readonly kept: boolean
  /** The clock was made for this world, and ends with it. */
  readonly ownsClock: boolean
  readonly saves: Saves
}

/** The one that was used last comes last. */
const byUse = (a: Entry, b: Entry): number => a.used - b.used

/** Ends the clock of a world that nobody finds any more, unless a request is still under way. */
const release = ({ open, ownsClock, world }: Entry): void => {
  if (ownsClock && open === 0) world.clock.dispose?.()
}

/**
 * @since 0.1.0
 * @category models
 */
export class Worlds {
  readonly #worlds = new Map<string, Entry>()
  /** Of all of them. */
  readonly fixtures: FixtureSet
  readonly #seed: string
  readonly #beginning: Beginning | undefined
  readonly #faults: FaultPlan | undefined
  readonly #onFirstUse: ((name: string) => WorldClock) | undefined
  readonly #ownsClocks: boolean
  readonly #limit: number
  readonly #maxJobs: number | undefined
  #uses = 0

  constructor(setup: WorldsSetup) {
    const { beginning, faults, fixtures, limit = defaultLimit, maxJobs, onFirstUse, ownsClocks = false, seed } = setup
    this.fixtures = fixtures
    this.#seed = seed
    this.#onFirstUse = onFirstUse
    this.#ownsClocks = ownsClocks
    this.#limit = limit
    this.#maxJobs = maxJobs
    this.#beginning = beginning
    this.#faults = faults
  }

  /**
   * A new world. Throws when there is one of that name, or no world can have it, a `ScenarioError` when its scenario
   * cannot be used, and a `SnapshotError` when it cannot begin with its snapshot.
   */
  create(name: string, options: WorldOptions): World {
    return this.#add(name, () => options, { kept: true, ownsClock: typeof options.clock === "string" })
  }

  /**
   * A new world whose clock is its own: made anew when it is reset, and ended with it. Throws a `TooManyWorlds` when there
   * are as many of this kind as a server may have.
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

  /** The world of a request: created now, where that is allowed. Throws a `TooManyWorlds` when none can be forgotten. */
  find(name: string): World | undefined {
    const known = this.#worlds.get(name)
    const onFirstUse = this.#onFirstUse
    if (known !== undefined || onFirstUse === undefined) return known?.world
    this.#forgetIdle()
    return this.#add(name, () => ({ clock: onFirstUse(name) }), { kept: false, ownsClock: this.#ownsClocks })
  }

  /** All worlds, the one that was used last at the end. */
  get all(): ReadonlyArray<World> {
    return [...this.#worlds.values()].sort(byUse).map(({ world }) => world)
  }

  /** A request of a world begins; the returned function says that it is over. */
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

  /** How many requests of a world are under way. */
  openRequests(name: string): number {
    return this.#worlds.get(name)?.open ?? 0
  }

  /** What was saved of a world, by name; a reset leaves it there. */
  savesOf(name: string): Saves | undefined {
    return this.#worlds.get(name)?.saves
  }

  /**
   * Puts a world back to its beginning: no jobs but those that it began with, no journal, its first time. Throws a
   * `WorldBusyError` while requests are answered. Requests of which a part is still to come are ended.
   */
  reset(name: string): World | undefined {
    const entry = this.#worlds.get(name)
    if (entry === undefined) return undefined
    const { arriving } = entry.world
    const requests = entry.open - arriving.length
    if (requests > 0) throw new WorldBusyError(requests, 0)
    for (const request of arriving) request.end()
    const world = entry.anew()
    this.#worlds.set(name, { ...entry, world, open: 0 })
    release(entry)
    return world
  }

  /** Forgets a world; its tokens and signed URLs are unknown from now on. */
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
      const begins = own ?? this.#beginning
      const world = new World({
        name,
        seed: wanted.seed ?? snapshot?.seed ?? own?.seed ?? this.#seed,
        clock: typeof clock === "string" ? makeClock(clock, name) : clock,
        storageUrl,
        fixtures,
        maxJobs: wanted.maxJobs ?? this.#maxJobs,
        quirks: mergeWorldQuirks(begins?.quirks, wanted.quirks),
        tokens: { ...begins?.tokens, ...wanted.tokens }
      })
      if (snapshot === undefined) {
        for (const { story, workflow } of begins?.stories ?? []) world.enqueue(story, workflow)
      } else {
        world.restore(snapshot) // with its own stories and faults
      }
      const faults = wanted.faults ?? (snapshot === undefined ? (own?.faults ?? this.#faults) : undefined)
      if (faults !== undefined) world.useFaults(faults)
      return world
    }
    const world = anew()
    this.#worlds.set(name, { ...is, world, anew, open: 0, used: ++this.#uses, saves: new Saves() })
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
