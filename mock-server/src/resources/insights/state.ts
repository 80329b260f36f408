/** The insights of a world. Each is on the timeline of a job with one task, and has the status of that task. */
import { parseDuration } from "../../core/Duration.js"
import { memoized } from "../../core/Memo.js"
import { field, list, object, optional, type Shaped, text, time } from "../../core/Shape.js"
import { saved, shelf, thingsOf } from "../../core/Shelf.js"
import { makePlan, view as viewOfJob } from "../jobs/Timeline.js"
import type { Opening } from "../Resource.js"
import { insight } from "./fixture.js"

const asked = object(
  {
    selection: field(text, "Selected data, as its path has it; empty for all of it.", ["outputs=result"]),
    at: field(time, "Time of the first request for the package.", [1_735_689_900_000])
  },
  { title: "a requested package", description: "A requested package of an insight." }
)

const savedInsight = saved("insight", {
  ...insight,
  asked: field(optional(list(asked)), "Packages that were asked for. Default: none.", [[]])
})

export type Insight = Shaped<typeof savedInsight>

const planOf = memoized(({ block, outcome = "completed", output, takes = "1m", waits = "5s" }: Insight) =>
  makePlan({
    kind: "job",
    source: "An insight.",
    workflow: "",
    phases: [
      { status: "queued", until: { after: waits } },
      { status: "running", until: { tasksDone: true } },
      { status: outcome }
    ],
    tasks: [{ name: block.name, takes, outcome, result: output }]
  })
)

/** Returns the state of an insight at a time. */
export const view = (it: Insight, now: number) => {
  const plan = planOf(it)
  const [task] = viewOfJob(plan, now - it.createdAt, []).tasks
  return {
    status: task?.status ?? "",
    outcome: task?.outcome ?? "pending",
    progress: task?.progress ?? 0,
    takes: plan.takes
  }
}

/** Returns the time at which a package is ready; absent before a request. */
export const readyAt = ({ asked = [], download }: Insight, selection: string): number | undefined => {
  const found = asked.find((it) => it.selection === selection)
  return found && found.at + parseDuration(download?.pending ?? "10s")
}

export const drawer = shelf(savedInsight, {
  subject: "insight",
  begin: ({ fixtures, now }: Opening): ReadonlyArray<Insight> => thingsOf(fixtures.insights, now),
  position: (it: Insight, now: number): string => {
    const { progress, status } = view(it, now)
    return `${status}, ${progress} %`
  }
})
