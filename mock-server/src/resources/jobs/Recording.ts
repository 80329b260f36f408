/**
 * Recorded stories: a job shows its recorded answers at the recorded times. Only the values that the server itself
 * needs are computed: the outcome and progress of the job, and its tasks.
 *
 * Frames are sent unchanged, except for `id` and `workflow_id`, which become those of the replaying job, so that a
 * client gets the ids that it requested. Ids of tasks and all times stay as recorded.
 */
import { parseDuration } from "../../core/Duration.js"
import { isObject } from "../../core/ShapeCheck.js"
import { type Outcome, outcomeOf } from "../../core/Status.js"
import type { JobFixture, RecordingFixture } from "./fixture.js"
import type { JobView, TaskView } from "./Timeline.js"

type Body = Readonly<Record<string, unknown>>

export type Recording = ReturnType<typeof recordingOf>

/** State of a job from a time on, in milliseconds since it was created. */
export type Frame = Recording["frames"][number]

const text = (value: unknown): string => (typeof value === "string" ? value : "")

export const outcomeIn = (body: Body): Outcome => outcomeOf(text(body["status"]))

const tasksIn = ({ tasks }: Body): ReadonlyArray<Body> =>
  Array.isArray(tasks) ? tasks.filter((task) => isObject(task) && text(task["id"]) !== "") : []

const lastTasks = (frames: RecordingFixture["frames"]): ReadonlyMap<string, Body> =>
  new Map(frames.flatMap(({ body }) => tasksIn(body).map((task) => [text(task["id"]), task])))

/** Converts a recorded story to a job fixture; packages contain the final outputs of its tasks. */
export const storyOf = ({ download, frames, source, workflow }: RecordingFixture): JobFixture => {
  const last = frames.at(-1)?.body ?? {}
  const tasks = [...lastTasks(frames)].map(([id, task]) => {
    const outcome = outcomeIn(task) === "failed" ? ("failed" as const) : ("completed" as const)
    return Object.freeze({ name: text(task["name"]) || id, takes: "0s", outcome, result: task["result"] })
  })
  return Object.freeze({
    kind: "job",
    source,
    workflow,
    created_by: text(last["created_by"]),
    spec: last["spec"],
    tasks: Object.freeze(tasks),
    frames,
    ...(download && { download })
  })
}

export const recordingOf = (frames: RecordingFixture["frames"]) => {
  const ready = frames.map(({ at, body }) => Object.freeze({ at: parseDuration(at), body, outcome: outcomeIn(body) }))
  return Object.freeze({
    /** In order of time; the first is at 0. */
    frames: Object.freeze(ready),
    /** Ids of the tasks of all frames, in the order in which they appear; the position is the task's index. */
    taskIds: Object.freeze([...lastTasks(frames).keys()]),
    finishedAt: ready.find(({ outcome }) => outcome !== "pending")?.at ?? Number.POSITIVE_INFINITY
  })
}

const percent = (value: unknown): number => {
  const number = typeof value === "number" ? value : Number.parseFloat(text(value))
  return Number.isNaN(number) ? 0 : Math.floor(Math.min(100, Math.max(0, number)))
}

export const notStarted: TaskView = Object.freeze({
  status: "created",
  outcome: "pending",
  progress: 0,
  startedAt: undefined,
  finishedAt: undefined
})

/** The mock's own words for the outcomes; those of a frame may be any. */
const words = { pending: "inprogress", succeeded: "completed", failed: "failed" } as const

/** Computes the state of a recorded job: the last frame that is due. The times of its tasks are unknown. */
export const viewOf = ({ finishedAt, frames, taskIds }: Recording, elapsed: number): JobView => {
  const frame = frames.filter(({ at }) => at <= elapsed).at(-1)
  if (frame === undefined) throw new RangeError("a recorded story begins with a frame at 0s")
  const { at, body, outcome } = frame
  const shown = new Map(tasksIn(body).map((task) => [text(task["id"]), task]))
  return {
    status: text(body["status"]),
    outcome,
    progress: percent(body["progress"]),
    startedAt: undefined,
    finishedAt: finishedAt <= elapsed ? finishedAt : undefined,
    updatedAt: at,
    tasks: taskIds.map((id) => {
      const task = shown.get(id)
      if (task === undefined) return notStarted
      const outcome = outcomeIn(task)
      return { ...notStarted, status: words[outcome], outcome, progress: percent(task["progress"]) }
    }),
    frame
  }
}
