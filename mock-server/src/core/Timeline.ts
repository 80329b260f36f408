/**
 * What a job is at a moment: a pure function of its story, of the time since it was created, and of what happened to
 * it. Nothing here passes by itself, so looking is free and changes nothing, and one jump over an hour gives the same
 * as a thousand small steps.
 *
 * All times are milliseconds since the job was created; what never comes is at `Infinity`.
 */
import { parseDuration } from "./Duration.js"
import type { Condition, JobFixture, TaskFixture } from "./Fixture.js"
import { type Frame, type Recording, recordingOf, viewOf } from "./Recording.js"
import { type Outcome, outcomeOf } from "./Status.js"
import { startOrder } from "./TaskOrder.js"

/**
 * Something that happened to a job: an answer that showed it was handed whole to the transport, or the test said go.
 *
 * @since 0.1.0
 * @category models
 */
export interface TimelineEvent {
  readonly kind: "delivery" | "signal"
  readonly at: number
  /** Of a signal. */
  readonly name?: string
}

/** A moment in the order of events: everything from index `events` on happened after it. */
interface Moment {
  readonly at: number
  readonly events: number
}

type TaskWord = "created" | "inprogress" | "completed" | "failed"

/** One task of a plan. */
interface TaskPlan {
  /** Since the beginning of the tasks; `Infinity` after a failure. */
  readonly startsAt: number
  readonly takes: number
  readonly end: "completed" | "failed"
}

/** What must have happened for a phase to end, as in the story; `after` in milliseconds. */
export interface Until extends Omit<Condition, "after" | "all" | "any"> {
  readonly after?: number
  readonly all?: ReadonlyArray<Until>
  readonly any?: ReadonlyArray<Until>
}

/**
 * A story, worked out as far as it can be before it happens.
 *
 * @since 0.1.0
 * @category models
 */
export interface Plan {
  readonly tasks: ReadonlyArray<TaskPlan>
  /** How long the tasks take together, in milliseconds. Those that never start take no part. */
  readonly takes: number
  readonly phases: ReadonlyArray<{ readonly status: string; readonly outcome: Outcome; readonly until?: Until }>
  /** The phase that the tasks begin with; -1 when nothing waits for them, and they never begin. */
  readonly working: number
  /** Whether events make a difference; if not, nobody needs to keep them. */
  readonly listens: boolean
  /** The signals that some phase waits for. */
  readonly signals: ReadonlyArray<string>
  /** Of a recorded story, for which all of the above is empty. */
  readonly recording?: Recording
}

/**
 * @since 0.1.0
 * @category models
 */
export interface TaskView {
  readonly status: TaskWord
  readonly outcome: Outcome
  /** A whole number: 0, from 5 on when it has begun, and 100 at its end, however it ended. */
  readonly progress: number
  readonly startedAt: number | undefined
  readonly finishedAt: number | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export interface JobView {
  readonly status: string
  readonly outcome: Outcome
  /** A whole number from 0 to 100, which only a success reaches. */
  readonly progress: number
  /** When the tasks began. */
  readonly startedAt: number | undefined
  readonly finishedAt: number | undefined
  /** When a phase or a task last began or ended. */
  readonly updatedAt: number
  readonly tasks: ReadonlyArray<TaskView>
  /** Of a recorded story: what it looks like, as it is written. */
  readonly frame?: Frame
}

/** Whether some part of a condition is of a kind. */
const mentions = (until: Until | undefined, matches: (part: Until) => boolean): boolean =>
  until !== undefined && [until, ...(until.all ?? []), ...(until.any ?? [])].some(matches)

/** The signals that a condition waits for. */
const signalsOf = (until: Until | undefined): ReadonlyArray<string> =>
  until === undefined
    ? []
    : [until, ...(until.all ?? []), ...(until.any ?? [])].flatMap(({ signal }) =>
        signal === undefined ? [] : [signal]
      )

/** When each task starts and ends, however the tasks are ordered. What depends on a failure never starts. */
const planTasks = (tasks: ReadonlyArray<TaskFixture>): ReadonlyArray<TaskPlan> => {
  const planned = new Map<string, TaskPlan>()
  const planOf = (name: string): TaskPlan => {
    const known = planned.get(name)
    if (known === undefined) throw new RangeError(`${name} is no task, or waits for itself`)
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

/** The phases of a story that names none. */
const defaultPhases = ({ tasks, val_errors = [] }: JobFixture): NonNullable<JobFixture["phases"]> => {
  if (val_errors.length > 0) return [{ status: "failed" }]
  const end = tasks.some((task) => task.outcome === "failed") ? "failed" : "completed"
  return [
    { status: "queued", until: { after: "5s" } },
    { status: "running", until: { tasksDone: true } },
    { status: end }
  ]
}

const planUntil = ({ after, all, any, ...others }: Condition): Until => ({
  ...others,
  ...(after !== undefined && { after: parseDuration(after) }),
  ...(all && { all: all.map(planUntil) }),
  ...(any && { any: any.map(planUntil) })
})

const makePlan = (fixture: JobFixture): Plan => {
  if (fixture.frames !== undefined) {
    const recording = recordingOf(fixture.frames)
    return Object.freeze({ tasks: [], takes: 0, phases: [], working: -1, listens: false, signals: [], recording })
  }
  const tasks = planTasks(fixture.tasks)
  const phases = (fixture.phases ?? defaultPhases(fixture)).map(({ status, until }) =>
    Object.freeze({ status, outcome: outcomeOf(status), ...(until && { until: planUntil(until) }) })
  )
  return Object.freeze({
    tasks,
    takes: Math.max(0, ...tasks.map(({ startsAt, takes }) => startsAt + takes).filter(Number.isFinite)),
    phases: Object.freeze(phases),
    working: phases.findIndex(({ until }) => mentions(until, ({ tasksDone }) => tasksDone === true)),
    listens: phases.some(({ until }) =>
      mentions(until, ({ polls, signal }) => polls !== undefined || signal !== undefined)
    ),
    signals: Object.freeze([...new Set(phases.flatMap(({ until }) => signalsOf(until)))])
  })
}

const plans = new WeakMap<JobFixture, Plan>()

/** The plan of a story; worked out once. The story must be one that `loadFixtures` would accept. */
export const plan = (fixture: JobFixture): Plan => {
  const known = plans.get(fixture) ?? makePlan(fixture)
  plans.set(fixture, known)
  return known
}

const never: Moment = { at: Number.POSITIVE_INFINITY, events: Number.POSITIVE_INFINITY }
const isBefore = (a: Moment, b: Moment) => a.at < b.at || (a.at === b.at && a.events < b.events)
const first = (a: Moment, b: Moment) => (isBefore(b, a) ? b : a)
const last = (a: Moment, b: Moment) => (isBefore(a, b) ? b : a)

type Events = ReadonlyArray<TimelineEvent>

const timeIs = (at: number, start: Moment, events: Events): Moment => {
  const index = events.findIndex((event, i) => i >= start.events && event.at >= at)
  return { at, events: index === -1 ? events.length : index }
}

/** The nth event of a kind. */
const nth = (n: number, start: Moment, events: Events, matches: (event: TimelineEvent) => boolean): Moment => {
  let left = n
  for (const [index, event] of events.entries()) {
    if (index >= start.events && matches(event) && --left === 0) return { at: event.at, events: index + 1 }
  }
  return never
}

const isDelivery = ({ kind }: TimelineEvent) => kind === "delivery"
const isSignal = (wanted: string) => (event: TimelineEvent) => event.kind === "signal" && event.name === wanted

/** When a phase that began at `start` ends. */
const endOf = (until: Until, start: Moment, tasksDone: number, events: Events): Moment => {
  const { after, all, any, polls, signal } = until
  const ends = (parts: ReadonlyArray<Until>) => parts.map((part) => endOf(part, start, tasksDone, events))
  let end = start
  if (after !== undefined) end = last(end, timeIs(start.at + after, start, events))
  if (until.tasksDone) end = last(end, timeIs(tasksDone, start, events))
  if (polls !== undefined) end = last(end, nth(polls, start, events, isDelivery))
  if (signal !== undefined) end = last(end, nth(1, start, events, isSignal(signal)))
  if (all !== undefined) end = ends(all).reduce(last, end)
  if (any !== undefined) end = last(end, ends(any).reduce(first, never))
  return end
}

/** The moments at which the phases that have come by then began. */
const phaseMoments = (plan: Plan, elapsed: number, events: Events): ReadonlyArray<Moment> => {
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

/** When each phase that has come by then began. With `Infinity` as `elapsed`: each that comes if nothing else happens. */
export const phaseStarts = (plan: Plan, elapsed: number, events: ReadonlyArray<TimelineEvent>): ReadonlyArray<number> =>
  phaseMoments(plan, elapsed, events).map(({ at }) => at)

/** How many events of a kind a condition can make use of. */
const wantedOf = (until: Until | undefined, { kind, name }: TimelineEvent): number =>
  until === undefined
    ? 0
    : [until, ...(until.all ?? []), ...(until.any ?? [])].reduce((most, { polls = 0, signal }) => {
        const wanted = kind === "delivery" ? polls : signal === name ? 1 : 0
        return Math.max(most, wanted)
      }, 0)

/**
 * Whether an event that happens now makes a difference: the phase that the job is in waits for such events, and has not
 * had as many as it can use. Others need not be kept, so that a job which is polled for ever does not grow.
 */
export const matters = (plan: Plan, events: ReadonlyArray<TimelineEvent>, event: TimelineEvent): boolean => {
  const starts = phaseMoments(plan, event.at, events)
  const start = starts.at(-1)
  const wanted = wantedOf(plan.phases[starts.length - 1]?.until, event)
  if (start === undefined || wanted === 0) return false
  const isSame = event.kind === "delivery" ? isDelivery : isSignal(event.name ?? "")
  return nth(wanted, start, events, isSame) === never
}

/** A task when `at` milliseconds of all tasks' time have passed, and they began at `began`. */
const viewTask = ({ end, startsAt, takes }: TaskPlan, at: number, began: number): TaskView => {
  if (at < startsAt) {
    return { status: "created", outcome: "pending", progress: 0, startedAt: undefined, finishedAt: undefined }
  }
  const startedAt = began + startsAt
  if (at >= startsAt + takes) {
    const outcome = end === "failed" ? "failed" : "succeeded"
    return { status: end, outcome, progress: 100, startedAt, finishedAt: startedAt + takes }
  }
  const progress = 5 + Math.floor((90 * (at - startsAt)) / takes)
  return { status: "inprogress", outcome: "pending", progress, startedAt, finishedAt: undefined }
}

/** The share of the work that is done, in percent: time that tasks have taken, of what all of them would take. */
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
 * What a job is `elapsed` milliseconds after it was created; `events` are in the order in which they happened, and
 * those that are still to come make no difference. It never goes back, and an end stays as it is.
 */
export const view = (plan: Plan, elapsed: number, events: ReadonlyArray<TimelineEvent>): JobView => {
  if (plan.recording !== undefined) return viewOf(plan.recording, Math.max(0, elapsed))
  const starts = phaseStarts(plan, Math.max(0, elapsed), events)
  const phaseStart = starts.at(-1) ?? 0
  const phase = plan.phases[starts.length - 1]
  const outcome = phase?.outcome ?? "pending"
  const finishedAt = outcome === "pending" ? undefined : phaseStart
  const startedAt = starts[plan.working]
  // a job that has ended does no more work, even if a task was still at it
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
