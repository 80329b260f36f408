/** The visualizations of a world. Their state follows from their course and the time since their creation. */
import { parseDuration } from "../../core/Duration.js"
import { field, list, optional, type Shaped } from "../../core/Shape.js"
import { saved, shelf, thingsOf } from "../../core/Shelf.js"
import { outcomeOf } from "../../core/Status.js"
import type { Opening } from "../Resource.js"
import { setLegend, visualization } from "./fixture.js"

const savedVisualization = saved("visualization", {
  ...visualization,
  legends: field(optional(list(setLegend)), "Legends that were set. Default: none.", [[]])
})

export type Visualization = Shaped<typeof savedVisualization>

/** Whether the end of a visualization leaves an image out. */
export const isPartial = (status = ""): boolean => status.startsWith("partial")

export const view = ({ createdAt, ends = "success", takes = "30s" }: Visualization, now: number) => {
  const end = createdAt + parseDuration(takes)
  return now < end
    ? { status: "creating", progress: 0, isReady: false, updatedAt: createdAt }
    : { status: ends, progress: 100, isReady: outcomeOf(ends) !== "failed", updatedAt: end }
}

export const drawer = shelf(savedVisualization, {
  subject: "visualization",
  begin: ({ fixtures, now }: Opening): ReadonlyArray<Visualization> => thingsOf(fixtures.visualizations, now),
  position: (it: Visualization, now: number): string => view(it, now).status
})
