/**
 * The AOIs of a world. Nothing changes by itself: the state of an AOI follows from its course and the time since its
 * creation.
 */
import type * as Type from "typebox/type"
import { parseDuration } from "../../core/Duration.js"
import { type DeepReadonly, object } from "../../core/Shape.js"
import { createdAt, shelf, thingsOf } from "../../core/Shelf.js"
import { outcomeOf } from "../../core/Status.js"
import type { Opening } from "../Resource.js"
import { aoi } from "./fixture.js"

const savedAoi = object({ ...aoi, createdAt }, { title: "a saved AOI", description: "An AOI of a saved world." })

export type Aoi = DeepReadonly<Type.Static<typeof savedAoi>>

interface AoiView {
  readonly status: string
  readonly progress: number
  readonly isReady: boolean
  readonly updatedAt: number
}

const steps = 10

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

export const drawer = shelf(savedAoi, {
  subject: "AOI",
  unique: ["id", "name"],
  begin: ({ fixtures, now }: Opening): ReadonlyArray<Aoi> => thingsOf(fixtures.aois, now),
  position: (aoi: Aoi, now: number): string => {
    const { progress, status } = view(aoi, now)
    return `${status}, ${progress} %`
  }
})
