/**
 * The AOIs of a world. Nothing changes by itself: the state of an AOI follows from its course and the time since its
 * creation.
 */
import { parseDuration } from "../../core/Duration.js"
import type { Shaped } from "../../core/Shape.js"
import { saved, shelf, thingsOf } from "../../core/Shelf.js"
import { outcomeOf } from "../../core/Status.js"
import type { Opening } from "../Resource.js"
import { aoi } from "./fixture.js"

const savedAoi = saved("AOI", aoi)

export type Aoi = Shaped<typeof savedAoi>

/** Metres in a degree of latitude. */
const degree = 111_195

/** Returns the centre of the positions of a ring, and the area in it as on a plane. */
export const measured = ([ring = []]: Aoi["geometry"]["coordinates"]) => {
  const corners = ring.slice(1).map(([x = 0, y = 0]) => [x, y] as const)
  const mean = (at: 0 | 1) => corners.reduce((sum, corner) => sum + corner[at], 0) / Math.max(1, corners.length)
  const centroid = [mean(0), mean(1)]
  const doubled = corners.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = corners[(index + 1) % corners.length] ?? [x, y]
    return sum + x * nextY - nextX * y
  }, 0)
  const area = (Math.abs(doubled) / 2) * degree ** 2 * Math.cos((mean(1) * Math.PI) / 180)
  return { centroid, area_in_sq_m: Math.round(area) }
}

const steps = 10

export const view = ({ createdAt, ends = "success", running = "running", takes = "2m" }: Aoi, now: number) => {
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
  unique: ["name"],
  begin: ({ fixtures, now }: Opening): ReadonlyArray<Aoi> => thingsOf(fixtures.aois, now),
  position: (aoi: Aoi, now: number): string => {
    const { progress, status } = view(aoi, now)
    return `${status}, ${progress} %`
  }
})
