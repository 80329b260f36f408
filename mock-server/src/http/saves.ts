/**
 * What was saved of one world, kept by the server for a test that has nowhere to put it.
 */
import type { Snapshot } from "../core/Snapshot.js"

/** More than these are refused: which one a test needs no more, only the test knows. */
export const mostSaves = 16

export class Saves {
  readonly #snapshots = new Map<string, Snapshot>()

  /** Keeps a snapshot, in the place of one of the same name; false when there are too many. */
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

  /** By name, in the order in which the names were first used. */
  get all(): ReadonlyMap<string, Snapshot> {
    return this.#snapshots
  }
}
