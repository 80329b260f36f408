/** The visualizations of a world. Their state follows from their course and the time since their creation. */
import { parseDuration } from "../../core/Duration.js"
import { field, list, object, optional, type Shaped } from "../../core/Shape.js"
import { createdAt, shelf, thingsOf } from "../../core/Shelf.js"
import { outcomeOf } from "../../core/Status.js"
import type { Opening } from "../Resource.js"
import { setLegend, visualization } from "./fixture.js"

const saved = object(
  {
    ...visualization,
    legends: field(optional(list(setLegend)), "Legends that were set. Default: none.", [[]]),
    createdAt
  },
  { title: "a saved visualization", description: "A visualization of a saved world." }
)

export type Visualization = Shaped<typeof saved>

/** Whether the end of a visualization leaves an image out. */
export const isPartial = (status = ""): boolean => status.startsWith("partial")

export const view = ({ createdAt, ends = "success", takes = "30s" }: Visualization, now: number) => {
  const end = createdAt + parseDuration(takes)
  return now < end
    ? { status: "creating", progress: 0, isReady: false, updatedAt: createdAt }
    : { status: ends, progress: 100, isReady: outcomeOf(ends) !== "failed", updatedAt: end }
}

export const drawer = shelf(saved, {
  subject: "visualization",
  begin: ({ fixtures, now }: Opening): ReadonlyArray<Visualization> => thingsOf(fixtures.visualizations, now),
  position: (it: Visualization, now: number): string => view(it, now).status
})
