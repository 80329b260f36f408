/**
 * Recorded stories: a job is what its answers were, at the times at which they were seen. Nothing is worked out but
 * what the server itself must know: how far the job is, and which tasks it has.
 *
 * A frame is written as it is. Only `id` and `workflow_id`, where a frame has them, become those of the job that
 * replays it: what the client asks for is what it is shown. Ids of tasks and all times stay as they were recorded.
 */
import { parseDuration } from "./Duration.js"
import type { JobFixture, RecordingFixture } from "./Fixture.js"
import { type Outcome, outcomeOf } from "./Status.js"
import type { JobView, TaskView } from "./Timeline.js"

type Body = Readonly<Record<string, unknown>>

/** What a job looks like from a time on, in milliseconds since it was created. */
export interface Frame {
  readonly at: number
  readonly body: Body
  readonly outcome: Outcome
}

/** A recorded story, made ready for looking at it. */
export interface Recording {
  /** The first is at 0, and each one is later than the one before. */
  readonly frames: ReadonlyArray<Frame>
  /** Of all tasks that any frame shows, in the order in which they appear: their place is their index everywhere. */
  readonly taskIds: ReadonlyArray<string>
  readonly finishedAt: number
}

const isObject = (value: unknown): value is Body => typeof value === "object" && value !== null && !Array.isArray(value)

const text = (value: unknown): string => (typeof value === "string" ? value : "")

/** What the status of a job or a task as it is written stands for. */
export const outcomeIn = (body: Body): Outcome => outcomeOf(text(body["status"]))

/** The tasks of a frame that somebody could ask for. */
const tasksIn = ({ tasks }: Body): ReadonlyArray<Body> =>
  Array.isArray(tasks) ? tasks.filter((task) => isObject(task) && text(task["id"]) !== "") : []

/** Each task as the last frame that has it shows it, by its id. */
const lastTasks = (frames: RecordingFixture["frames"]): ReadonlyMap<string, Body> =>
  new Map(frames.flatMap(({ body }) => tasksIn(body).map((task) => [text(task["id"]), task])))

/** A recorded story as any other; packages are made of what its tasks came to. */
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

export const recordingOf = (frames: RecordingFixture["frames"]): Recording => {
  const ready = frames.map(({ at, body }) => Object.freeze({ at: parseDuration(at), body, outcome: outcomeIn(body) }))
  return Object.freeze({
    frames: Object.freeze(ready),
    taskIds: Object.freeze([...lastTasks(frames).keys()]),
    finishedAt: ready.find(({ outcome }) => outcome !== "pending")?.at ?? Number.POSITIVE_INFINITY
  })
}

const percent = (value: unknown): number => {
  const number = typeof value === "number" ? value : Number.parseFloat(text(value))
  return Number.isNaN(number) ? 0 : Math.floor(Math.min(100, Math.max(0, number)))
}

const unseen: TaskView = Object.freeze({
  status: "created",
  outcome: "pending",
  progress: 0,
  startedAt: undefined,
  finishedAt: undefined
})

/** The mock's own words: those of the frame may be any. */
const words = { pending: "inprogress", succeeded: "completed", failed: "failed" } as const

/** What a recorded job is: the last frame that is due. When its tasks began and ended is only known to the frame. */
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
      if (task === undefined) return unseen
      const outcome = outcomeIn(task)
      return { ...unseen, status: words[outcome], outcome, progress: percent(task["progress"]) }
    }),
    frame
  }
}
