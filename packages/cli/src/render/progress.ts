/**
 * How far a job and its tasks are: when they began, how long they have taken, and when the end is to be expected.
 */
import type { Job, Task } from "@effect-pixxel/client"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

const millis = Option.map(DateTime.toEpochMillis)

const spanOf = (from: Option.Option<number>, to: Option.Option<number>) =>
  Option.map(Option.all([from, to]), ([begin, end]) => Math.max(0, end - begin))

/** When a task began to run, in milliseconds since 1970; none while it waits. */
export const begun = (task: Task): Option.Option<number> =>
  Option.firstSomeOf([millis(task.blockInfStartTime), millis(task.sendTime), millis(task.recvTime)])

/** When a task came to its end; none while it has not. */
export const ended = (task: Task): Option.Option<number> =>
  task.outcome === "pending"
    ? Option.none()
    : Option.firstSomeOf([millis(task.finishedAt), millis(task.blockInfEndTime), millis(task.updatedAt)])

/** Whether a task has begun. One that failed without having run has not. */
export const hasBegun = (task: Task): boolean =>
  Option.isSome(begun(task)) || Option.exists(task.progress, (progress) => progress > 0)

/** The milliseconds that a task has taken, by `now` if it is under way. */
export const taskTook = (task: Task, now: number): Option.Option<number> =>
  Option.firstSomeOf([
    Option.map(task.timeTaken, Duration.toMillis),
    spanOf(begun(task), task.outcome === "pending" ? Option.some(now) : ended(task))
  ])

/** The milliseconds that a job has taken, by `now` if it is under way. */
export const jobTook = (job: Job, now: number): Option.Option<number> =>
  spanOf(
    millis(job.createdAt),
    job.outcome === "pending" ? Option.some(now) : Option.orElse(millis(job.finishedAt), () => millis(job.updatedAt))
  )

/**
 * The milliseconds until the end is to be expected: by the progress so far, or by the estimate as long as there is
 * little of it. None when there is no telling, or the end is overdue.
 */
export const left = (job: Job, now: number): Option.Option<number> => {
  if (job.outcome !== "pending") return Option.none()
  const took = jobTook(job, now)
  const byProgress = Option.flatMap(Option.all([took, job.progress]), ([elapsed, progress]) =>
    progress >= 5 && progress < 100 ? Option.some((elapsed * (100 - progress)) / progress) : Option.none()
  )
  const byEstimate = Option.map(
    Option.all([took, job.estimatedDuration]),
    ([elapsed, estimate]) => Duration.toMillis(estimate) - elapsed
  )
  return Option.filter(
    Option.orElse(byProgress, () => byEstimate),
    (millis) => millis > 0
  )
}
