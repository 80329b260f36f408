/** The insights of a world. Each is on the timeline of a job with one task, and has the status of that task. */
import type * as Type from "typebox/type"
import { type DeepReadonly, object } from "../../core/Shape.js"
import { createdAt, shelf, thingsOf } from "../../core/Shelf.js"
import type { JobFixture } from "../jobs/fixture.js"
import { plan, view as viewOfJob } from "../jobs/Timeline.js"
import type { Opening } from "../Resource.js"
import { insight } from "./fixture.js"

const saved = object(
  { ...insight, createdAt },
  { title: "a saved insight", description: "An insight of a saved world." }
)

export type Insight = DeepReadonly<Type.Static<typeof saved>>

const storyOf = ({ block, outcome = "completed", output, takes = "1m", waits = "5s" }: Insight): JobFixture => ({
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

const stories = new WeakMap<Insight, JobFixture>()

/** Returns the state of an insight at a time. */
export const view = (it: Insight, now: number) => {
  const story = stories.get(it) ?? storyOf(it)
  stories.set(it, story)
  const planned = plan(story)
  const [task] = viewOfJob(planned, now - it.createdAt, []).tasks
  return {
    status: task?.status ?? "",
    outcome: task?.outcome ?? "pending",
    progress: task?.progress ?? 0,
    takes: planned.takes
  }
}

export const drawer = shelf(saved, {
  subject: "insight",
  unique: ["id"],
  begin: ({ fixtures, now }: Opening): ReadonlyArray<Insight> => thingsOf(fixtures.insights, now),
  position: (it: Insight, now: number): string => {
    const { progress, status } = view(it, now)
    return `${status}, ${progress} %`
  }
})
