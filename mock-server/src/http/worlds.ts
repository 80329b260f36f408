/**
 * The worlds of one server. They share its routes and its fixtures, and nothing else.
 */
import type { WorldClock } from "../clock/WorldClock.js"
import type { FixtureSet } from "../core/Fixture.js"
import type { TokenTable } from "../core/Rights.js"
import { isWorldName } from "../core/Token.js"
import { World } from "../core/World.js"

/**
 * @since 0.1.0
 * @category models
 */
export interface WorldOptions {
  readonly clock: WorldClock
  /** Ids, signatures and chance come from it. Default: the server's. */
  readonly seed?: string | undefined
  /** Origin of this world's signed URLs, such as `http://127.0.0.1:4011`. Default: the server's second listener. */
  readonly storageUrl?: string | undefined
  /** Tokens beside those that every world has. */
  readonly tokens?: TokenTable | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export class Worlds {
  readonly #worlds = new Map<string, World>()
  readonly #fixtures: FixtureSet
  readonly #seed: string
  readonly #onFirstUse: ((name: string) => WorldClock) | undefined

  /** `onFirstUse` gives the clock of a world that a request creates; without it, only `create` does. */
  constructor(fixtures: FixtureSet, seed: string, onFirstUse: ((name: string) => WorldClock) | undefined) {
    this.#fixtures = fixtures
    this.#seed = seed
    this.#onFirstUse = onFirstUse
  }

  /** A new world. Throws when there is one of that name, or no world can have it. */
  create(name: string, options: WorldOptions): World {
    if (!isWorldName(name)) throw new RangeError(`no world can be called ${JSON.stringify(name)}: [a-z0-9-]{1,64}`)
    if (this.#worlds.has(name)) throw new RangeError(`there is a world called ${name} already`)
    const { clock, seed = this.#seed, storageUrl, tokens = {} } = options
    const world = new World({ name, seed, clock, storageUrl, tokens, fixtures: this.#fixtures })
    this.#worlds.set(name, world)
    return world
  }

  get(name: string): World | undefined {
    return this.#worlds.get(name)
  }

  /** The world of a request: created now, where that is allowed. */
  find(name: string): World | undefined {
    const world = this.#worlds.get(name)
    if (world !== undefined || this.#onFirstUse === undefined) return world
    return this.create(name, { clock: this.#onFirstUse(name) })
  }

  /** Forgets a world; its tokens and signed URLs are unknown from now on. */
  drop(name: string): boolean {
    return this.#worlds.delete(name)
  }
}
