/** Makes the record of a create, and matches jobs against it. */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import { type Baseline, CreateIntent } from "../CreateIntent.js"
import type { JobId, ProjectId, WorkflowId } from "../Ids.js"
import type { JobSummary } from "../jobs/Job.js"
import type { Listing } from "./adopt.js"

/** Random bytes as hexadecimal. Effect's `Random` would repeat in processes that share a seed. */
const randomId = (): string =>
  Array.from(globalThis.crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(
    ""
  )

const secondOf = (millis: number) => Math.floor(millis / 1000)

/** The window of a create, in whole seconds of the server's clock, the resolution of `Date`. */
export interface Window {
  readonly from: number
  readonly to: number
}

/** Milliseconds by which a job may seem older than its create: the clocks of one service differ a little. */
const tolerance = 1_000

/** Milliseconds after the sending within which the job of a create may be made and listed. */
export const span = ({ grace, timeout }: CreateIntent): number => Duration.toMillis(timeout) + Duration.toMillis(grace)

export const windowOf = (intent: CreateIntent): Option.Option<Window> =>
  Option.map(intent.sentAt, (sentAt) => {
    const sent = DateTime.toEpochMillis(sentAt)
    return { from: secondOf(sent - tolerance), to: secondOf(sent + span(intent)) }
  })

const isIn = ({ from, to }: Window, createdAt: DateTime.Utc): boolean => {
  const second = secondOf(DateTime.toEpochMillis(createdAt))
  return second >= from && second <= to
}

/** Whether the job was certainly made within the window, by readable times. */
export const isCertainlyOf = (intent: CreateIntent, { createdAt }: JobSummary): boolean =>
  Option.exists(Option.all({ window: windowOf(intent), createdAt }), ({ createdAt, window }) => isIn(window, createdAt))

/** Whether the times of the job do not exclude this create. */
const mayFit = (window: Option.Option<Window>, newest: Option.Option<DateTime.Utc>, { createdAt }: JobSummary) => {
  if (Option.isNone(createdAt)) return true
  if (Option.isSome(window)) return isIn(window.value, createdAt.value)
  return Option.match(newest, {
    onNone: () => true,
    onSome: (newest) => secondOf(DateTime.toEpochMillis(createdAt.value)) >= secondOf(DateTime.toEpochMillis(newest))
  })
}

/** A predicate for the jobs that the create may have made: not listed before, and with a fitting time. */
export const matcher = (intent: CreateIntent): ((job: JobSummary) => boolean) => {
  const window = windowOf(intent)
  const newest = Option.flatMap(intent.before, (before) => before.newest)
  const before = new Set<JobId>(Option.match(intent.before, { onNone: () => [], onSome: ({ jobIds }) => jobIds }))
  return (job) => !before.has(job.id) && mayFit(window, newest, job)
}

/** The parts of a new record. Times are in milliseconds. */
export interface Parts {
  readonly key: string | undefined
  readonly workflowId: WorkflowId
  readonly projectId: ProjectId
  readonly timeout: Duration.Duration
  readonly grace: Duration.Duration
  /** The list before the create, if any. */
  readonly baseline: Option.Option<Listing>
  /** The current monotonic time. */
  readonly now: number
}

const newestOf = (jobs: ReadonlyArray<JobSummary>): Option.Option<DateTime.Utc> =>
  jobs.reduce(
    (newest, { createdAt }) =>
      Option.isNone(createdAt) || (Option.isSome(newest) && DateTime.greaterThan(newest.value, createdAt.value))
        ? newest
        : createdAt,
    Option.none<DateTime.Utc>()
  )

/** Makes the record of a create that is sent now. */
export const make = ({ baseline, grace, key, now, projectId, timeout, workflowId }: Parts): CreateIntent => {
  const sentAt = Option.flatMap(baseline, ({ at, date }) =>
    Option.map(date, (date) => DateTime.unsafeMake(date + (now - at)))
  )
  const intent = new CreateIntent({
    id: randomId(),
    key: Option.fromNullable(key),
    workflowId,
    projectId,
    sentAt,
    timeout,
    grace
  })
  const window = windowOf(intent)
  const before = Option.map(baseline, ({ jobs, unreadable }): Baseline => {
    const newest = newestOf(jobs)
    return { jobIds: jobs.filter((job) => mayFit(window, newest, job)).map(({ id }) => id), unreadable, newest }
  })
  return new CreateIntent({ ...intent, before })
}

/** Dates a create by a later answer of the server: sent `age` milliseconds before `date`. */
export const dated = (intent: CreateIntent, date: number, age: number): CreateIntent =>
  new CreateIntent({ ...intent, sentAt: Option.some(DateTime.unsafeMake(date - age)) })

/** Extends the timeout of a create whose request was in flight for at least `millis`. */
export const lasting = (intent: CreateIntent, millis: number): CreateIntent =>
  millis <= Duration.toMillis(intent.timeout)
    ? intent
    : new CreateIntent({ ...intent, timeout: Duration.millis(Math.ceil(millis)) })
