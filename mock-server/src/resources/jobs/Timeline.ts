/**
 * Computes the state of a job as a pure function of its story, the time since its creation and its events. Nothing
 * changes by itself: reading the state has no effect, and one jump over an hour gives the same state as a thousand
 * small steps.
 *
 * All times are in milliseconds since the job was created; `Infinity` is never.
 */
import { parseDuration } from "../../core/Duration.js"
import { memoized } from "../../core/Memo.js"
import type { Shaped } from "../../core/Shape.js"
import { type Outcome, outcomeOf } from "../../core/Status.js"
import type { Condition, JobFixture, TaskFixture } from "./fixture.js"
import { type Frame, notStarted, type Recording, recordingOf, viewOf } from "./Recording.js"
import type { event } from "./saved.js"
import { startOrder } from "./TaskOrder.js"

/**
 * An event of a job: an answer that shows it was passed whole to the transport (`delivery`), or the test sent a signal.
 */
export type TimelineEvent = Shaped<typeof event>

/** A moment in the order of events: events from index `events` on happened after it. */
interface Moment {
  readonly at: number
  readonly events: number
}

type TaskWord = "created" | "inprogress" | "completed" | "failed"

interface TaskPlan {
  /** Since the first task began; `Infinity` after a failure. */
  readonly startsAt: number
  readonly takes: number
  readonly end: "completed" | "failed"
}

/** A story with all parts computed that do not depend on events. */
export interface Plan {
  readonly tasks: ReadonlyArray<TaskPlan>
  /** Duration of all tasks that start, in milliseconds. */
  readonly takes: number
  readonly phases: ReadonlyArray<{ readonly status: string; readonly outcome: Outcome; readonly until?: Condition }>
  /** Index of the phase in which the tasks begin; -1 when no phase waits for them, and they never begin. */
  readonly working: number
  /** Whether the state depends on events; if not, they are not kept. */
  readonly listens: boolean
  readonly signals: ReadonlyArray<string>
  /** Recording of a recorded story; the other fields are then empty. */
  readonly recording?: Recording
}

/** State of a task. Times are in milliseconds since the job was created. */
export interface TaskView {
  readonly status: TaskWord
  readonly outcome: Outcome
  /** A whole number: 0, from 5 once the task has begun, and 100 at its end, even at a failure. */
  readonly progress: number
  readonly startedAt: number | undefined
  readonly finishedAt: number | undefined
}

/** State of a job. Times are in milliseconds since it was created. */
export interface JobView {
  readonly status: string
  readonly outcome: Outcome
  readonly progress: number
  readonly startedAt: number | undefined
  readonly finishedAt: number | undefined
  /** Time when a phase or a task last began or ended. */
  readonly updatedAt: number
  readonly tasks: ReadonlyArray<TaskView>
  readonly frame?: Frame
}

/** Returns a condition and its parts. */
const partsOf = (until: Condition | undefined): ReadonlyArray<Condition> =>
  until === undefined ? [] : [until, ...(until.all ?? []), ...(until.any ?? [])]

/**
 * Computes the start and the end of each task, listed in any order. A task that depends on a failed one never starts.
 */
const planTasks = (tasks: ReadonlyArray<TaskFixture>): ReadonlyArray<TaskPlan> => {
  const planned = new Map<string, TaskPlan>()
  const planOf = (name: string): TaskPlan => {
    const known = planned.get(name)
    if (known === undefined) throw new RangeError(`${name} is not a task, or depends on itself`)
    return known
  }
  const endOfTask = ({ end, startsAt, takes }: TaskPlan): number =>
    end === "failed" ? Number.POSITIVE_INFINITY : startsAt + takes
  for (const { depends_on = [], name, outcome = "completed", takes } of startOrder(tasks)) {
    const startsAt = depends_on.map((name) => endOfTask(planOf(name))).reduce((latest, end) => Math.max(latest, end), 0)
    planned.set(name, Object.freeze({ startsAt, takes: parseDuration(takes), end: outcome }))
  }
  return Object.freeze(tasks.map(({ name }) => planOf(name)))
}

const defaultPhases = ({ tasks, val_errors = [] }: JobFixture): NonNullable<JobFixture["phases"]> => {
  if (val_errors.length > 0) return [{ status: "failed" }]
  const end = tasks.some((task) => task.outcome === "failed") ? "failed" : "completed"
  return [
    { status: "queued", until: { after: "5s" } },
    { status: "running", until: { tasksDone: true } },
    { status: end }
  ]
}

/** Computes the plan of a story, which must pass the checks of `loadFixtures`. */
export const makePlan = (fixture: JobFixture): Plan => {
  if (fixture.frames !== undefined) {
    const recording = recordingOf(fixture.frames)
    return Object.freeze({ tasks: [], takes: 0, phases: [], working: -1, listens: false, signals: [], recording })
  }
  const tasks = planTasks(fixture.tasks)
  const phases = (fixture.phases ?? defaultPhases(fixture)).map(({ status, until }) =>
    Object.freeze({ status, outcome: outcomeOf(status), ...(until && { until }) })
  )
  const parts = phases.flatMap(({ until }) => partsOf(until))
  return Object.freeze({
    tasks,
    takes: Math.max(0, ...tasks.map(({ startsAt, takes }) => startsAt + takes).filter(Number.isFinite)),
    phases: Object.freeze(phases),
    working: phases.findIndex(({ until }) => partsOf(until).some(({ tasksDone }) => tasksDone === true)),
    listens: parts.some(({ polls, signal }) => polls !== undefined || signal !== undefined),
    signals: Object.freeze([...new Set(parts.flatMap(({ signal }) => signal ?? []))])
  })
}

export const plan = memoized(makePlan)

const never: Moment = { at: Number.POSITIVE_INFINITY, events: Number.POSITIVE_INFINITY }
const isBefore = (a: Moment, b: Moment) => a.at < b.at || (a.at === b.at && a.events < b.events)
const first = (a: Moment, b: Moment) => (isBefore(b, a) ? b : a)
const last = (a: Moment, b: Moment) => (isBefore(a, b) ? b : a)

type Events = ReadonlyArray<TimelineEvent>

const timeIs = (at: number, start: Moment, events: Events): Moment => {
  const index = events.findIndex((event, i) => i >= start.events && event.at >= at)
  return { at, events: index === -1 ? events.length : index }
}

const nth = (n: number, start: Moment, events: Events, matches: (event: TimelineEvent) => boolean): Moment => {
  let left = n
  for (const [index, event] of events.entries()) {
    if (index >= start.events && matches(event) && --left === 0) return { at: event.at, events: index + 1 }
  }
  return never
}

const isDelivery = ({ kind }: TimelineEvent) => kind === "delivery"
const isSignal = (name: string) => (event: TimelineEvent) => event.kind === "signal" && event.name === name

const endOf = (until: Condition, start: Moment, tasksDone: number, events: Events): Moment => {
  const { after, all, any, polls, signal } = until
  const ends = (parts: ReadonlyArray<Condition>) => parts.map((part) => endOf(part, start, tasksDone, events))
  let end = start
  if (after !== undefined) end = last(end, timeIs(start.at + parseDuration(after), start, events))
  if (until.tasksDone) end = last(end, timeIs(tasksDone, start, events))
  if (polls !== undefined) end = last(end, nth(polls, start, events, isDelivery))
  if (signal !== undefined) end = last(end, nth(1, start, events, isSignal(signal)))
  if (all !== undefined) end = ends(all).reduce(last, end)
  if (any !== undefined) end = last(end, ends(any).reduce(first, never))
  return end
}

/**
 * Returns the start of each phase that has begun by `elapsed`. With `Infinity`: of each phase that begins without
 * further events.
 */
export const phaseStarts = (plan: Plan, elapsed: number, events: Events): ReadonlyArray<Moment> => {
  const starts: Array<Moment> = []
  let moment: Moment = { at: 0, events: 0 }
  for (const { until } of plan.phases) {
    if (moment.at > elapsed || moment.at === Number.POSITIVE_INFINITY) break
    starts.push(moment)
    if (until === undefined) break
    const tasksDone = (starts[plan.working]?.at ?? Number.POSITIVE_INFINITY) + plan.takes
    moment = endOf(until, moment, tasksDone, events)
  }
  return starts
}

/** Returns the largest number of events of a kind that affect a condition. */
const usedBy = (until: Condition | undefined, { kind, name }: TimelineEvent): number =>
  partsOf(until).reduce((most, { polls = 0, signal }) => {
    const used = kind === "delivery" ? polls : signal === name ? 1 : 0
    return Math.max(most, used)
  }, 0)

/**
 * Whether an event now affects the job: its phase waits for such events and has had fewer than it can use. Other events
 * need not be kept, so that a job that is polled forever does not grow.
 */
export const matters = (plan: Plan, events: ReadonlyArray<TimelineEvent>, event: TimelineEvent): boolean => {
  const starts = phaseStarts(plan, event.at, events)
  const start = starts.at(-1)
  const used = usedBy(plan.phases[starts.length - 1]?.until, event)
  if (start === undefined || used === 0) return false
  return nth(used, start, events, ({ kind, name }) => kind === event.kind && name === event.name) === never
}

/** Computes the state of a task `at` milliseconds after the tasks began, which was at `began`. */
const viewTask = ({ end, startsAt, takes }: TaskPlan, at: number, began: number): TaskView => {
  if (at < startsAt) return notStarted
  const startedAt = began + startsAt
  if (at >= startsAt + takes) {
    const outcome = end === "failed" ? "failed" : "succeeded"
    return { status: end, outcome, progress: 100, startedAt, finishedAt: startedAt + takes }
  }
  const progress = 5 + Math.floor((90 * (at - startsAt)) / takes)
  return { status: "inprogress", outcome: "pending", progress, startedAt, finishedAt: undefined }
}

/** Computes the progress in percent: the time that tasks have run, relative to the time of all tasks. */
const percentDone = (tasks: ReadonlyArray<TaskPlan>, at: number): number => {
  let done = 0
  let all = 0
  for (const { startsAt, takes } of tasks) {
    all += takes
    done += Math.min(Math.max(at - startsAt, 0), takes)
  }
  return all === 0 ? 0 : Math.floor((100 * done) / all)
}

/**
 * Computes the state of a job `elapsed` milliseconds after its creation. `events` are in their order of time; later
 * ones have no effect. The state never goes back, and an end is final.
 */
export const view = (plan: Plan, elapsed: number, events: ReadonlyArray<TimelineEvent>): JobView => {
  if (plan.recording !== undefined) return viewOf(plan.recording, Math.max(0, elapsed))
  const starts = phaseStarts(plan, Math.max(0, elapsed), events)
  const phaseStart = starts.at(-1)?.at ?? 0
  const phase = plan.phases[starts.length - 1]
  const outcome = phase?.outcome ?? "pending"
  const finishedAt = outcome === "pending" ? undefined : phaseStart
  const startedAt = starts[plan.working]?.at
  // a job that has ended does no more work, even if a task was still running
  const worked = startedAt === undefined ? Number.NEGATIVE_INFINITY : (finishedAt ?? elapsed) - startedAt
  const tasks = plan.tasks.map((task) => viewTask(task, worked, startedAt ?? 0))
  return {
    status: phase?.status ?? "",
    outcome,
    progress: outcome === "succeeded" ? 100 : Math.min(99, percentDone(plan.tasks, worked)),
    startedAt,
    finishedAt,
    updatedAt: Math.max(phaseStart, ...tasks.map((task) => task.finishedAt ?? task.startedAt ?? 0)),
    tasks
  }
}
