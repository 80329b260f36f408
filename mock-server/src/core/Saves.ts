/** Snapshots of a world that the server keeps for tests without storage of their own. */
import type { Snapshot } from "./Snapshot.js"

/** Largest number of snapshots. More are refused, since only the test knows which one it no longer needs. */
export const mostSaves = 16

export class Saves {
  readonly #snapshots = new Map<string, Snapshot>()

  /** Keeps a snapshot, replacing one of the same name; returns false when there are too many. */
  keep(name: string, snapshot: Snapshot): boolean {
    if (this.#snapshots.size >= mostSaves && !this.#snapshots.has(name)) return false
    this.#snapshots.set(name, snapshot)
    return true
  }

  get(name: string): Snapshot | undefined {
    return this.#snapshots.get(name)
  }

  drop(name: string): boolean {
    return this.#snapshots.delete(name)
  }

  /** Snapshots by name, in the order in which the names were first used. */
  get all(): ReadonlyMap<string, Snapshot> {
    return this.#snapshots
  }
}
