/**
 * The AOIs of a world. Nothing changes by itself: the state of an AOI follows from its course and the time since its
 * creation.
 */
import type * as Type from "typebox/type"
import { parseDuration } from "../../core/Duration.js"
import { type DeepReadonly, object } from "../../core/Shape.js"
import { createdAt, Shelf, savedShelf, thingsOf } from "../../core/Shelf.js"
import { outcomeOf } from "../../core/Status.js"
import type { Opening } from "../Resource.js"
import { aoi, type NewAoi } from "./fixture.js"

export const savedAoi = object({ ...aoi, createdAt }, { title: "a saved AOI", description: "An AOI of a saved world." })

export const savedAois = savedShelf("AOIs", savedAoi)

/** An AOI of a world. */
export type Aoi = DeepReadonly<Type.Static<typeof savedAoi>>

export interface AoiView {
  readonly status: string
  /** From 0 to 100. */
  readonly progress: number
  /** Whether its assets exist. */
  readonly isReady: boolean
  readonly updatedAt: number
}

const steps = 10

/** Returns the state of an AOI at a time. */
export const view = ({ createdAt, ends = "success", running = "running", takes = "2m" }: Aoi, now: number): AoiView => {
  const step = parseDuration(takes) / steps
  const done = Math.min(steps, Math.floor((now - createdAt) / step))
  const hasEnded = done === steps
  const isReady = hasEnded && outcomeOf(ends) !== "failed"
  return {
    status: hasEnded ? ends : done === 0 ? "started" : running,
    progress: (hasEnded && !isReady ? steps - 1 : done) * steps,
    isReady,
    updatedAt: createdAt + done * step
  }
}

export class AoiDrawer extends Shelf<Aoi> {
  readonly #course: Opening["quirks"]["newAois"]

  constructor(opening: Opening) {
    super(opening, "aoi", ["id", "name"], thingsOf(opening.fixtures.aois, opening.now))
    this.#course = opening.quirks.newAois
  }

  create(wanted: NewAoi, createdAt: number): Aoi {
    return this.add((id) => ({ id, ...wanted, ...this.#course, createdAt }))
  }

  position(id: string, now: number): string | undefined {
    const aoi = this.get(id)
    if (aoi === undefined) return undefined
    const { progress, status } = view(aoi, now)
    return `${status}, ${progress} %`
  }
}
