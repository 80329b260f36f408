/** The progress of a job and its tasks: start, duration, and expected end. */
import type { Job, Task } from "@effect-pixxel/client"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

const millis = Option.map(DateTime.toEpochMillis)

const spanOf = (from: Option.Option<number>, to: Option.Option<number>) =>
  Option.zipWith(from, to, (begin, end) => Math.max(0, end - begin))

/** The start of a task, in milliseconds since 1970; none for a waiting task. */
export const begun = (task: Task): Option.Option<number> =>
  Option.firstSomeOf([millis(task.blockInfStartTime), millis(task.sendTime), millis(task.recvTime)])

/** The end of a task; none before its end. */
export const ended = (task: Task): Option.Option<number> =>
  task.outcome === "pending"
    ? Option.none()
    : Option.firstSomeOf([millis(task.finishedAt), millis(task.blockInfEndTime), millis(task.updatedAt)])

/** Whether a task has started. A task that failed before running has not. */
export const hasBegun = (task: Task): boolean =>
  Option.isSome(begun(task)) || Option.exists(task.progress, (progress) => progress > 0)

/** The duration of a task in milliseconds; up to `now` for a running task. */
export const taskTook = (task: Task, now: number): Option.Option<number> =>
  Option.firstSomeOf([
    Option.map(task.timeTaken, Duration.toMillis),
    spanOf(begun(task), task.outcome === "pending" ? Option.some(now) : ended(task))
  ])

/** The duration of a job in milliseconds; up to `now` for a running job. */
export const jobTook = (job: Job, now: number): Option.Option<number> =>
  spanOf(
    millis(job.createdAt),
    job.outcome === "pending" ? Option.some(now) : Option.orElse(millis(job.finishedAt), () => millis(job.updatedAt))
  )

/**
 * The expected milliseconds until the end: by the progress, or by the estimate while the progress is small. None
 * without a prediction, or if the end is overdue.
 */
export const left = (job: Job, now: number): Option.Option<number> => {
  if (job.outcome !== "pending") return Option.none()
  const took = jobTook(job, now)
  const byProgress = Option.flatMap(Option.all([took, job.progress]), ([elapsed, progress]) =>
    progress >= 5 && progress < 100 ? Option.some((elapsed * (100 - progress)) / progress) : Option.none()
  )
  const byEstimate = Option.zipWith(job.estimatedDuration, took, (all, elapsed) => Duration.toMillis(all) - elapsed)
  return Option.filter(
    Option.orElse(byProgress, () => byEstimate),
    (millis) => millis > 0
  )
}
