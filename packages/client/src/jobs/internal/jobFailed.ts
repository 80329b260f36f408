/**
 * Makes the error of a failed job. A task counts as a reason if its status is a failure, or if it has an error text,
 * regardless of its status. The server's texts are scrubbed, since they may quote signed URLs that the blocks used.
 * `subject` is already scrubbed.
 */
import * as Option from "effect/Option"
import { TaskId } from "../../Ids.js"
import type { Scrub } from "../../internal/redact.js"
import { atStart } from "../../internal/subject.js"
import { ValError } from "../../ValError.js"
import type { Job } from "../Job.js"
import { type FailedTask, JobFailed } from "../JobError.js"
import type { JobSubject } from "../Subject.js"

const reasonOf = (task: FailedTask) => {
  const why = [task.errMsg, task.failureType, task.stateMsg].find(Option.isSome)
  return `task ${Option.getOrElse(task.name, () => task.id)}: ${why === undefined ? "no reason given" : why.value}`
}

const faultOf = (error: ValError) =>
  Option.match(
    Option.orElse(error.err, () => error.reason),
    { onNone: () => "a component is not valid", onSome: (text) => text }
  )

export const jobFailed = (subject: JobSubject, job: Job, scrub: Scrub): JobFailed => {
  const scrubbed = Option.map(scrub.text)
  const failedTasks = job.tasks
    .filter((task) => task.outcome === "failed" || Option.exists(task.errMsg, (text) => text.trim() !== ""))
    .map((task) => ({
      id: TaskId.make(scrub.text(task.id)),
      name: scrubbed(task.name),
      errMsg: scrubbed(task.errMsg),
      failureType: scrubbed(task.failureType),
      stateMsg: scrubbed(task.stateMsg)
    }))
  const valErrors = job.valErrors.map(
    (error) =>
      new ValError({
        from: scrubbed(error.from),
        to: scrubbed(error.to),
        err: scrubbed(error.err),
        reason: scrubbed(error.reason),
        componentName: scrubbed(error.componentName)
      })
  )
  const status = Option.match(job.status, { onNone: () => "", onSome: scrub.text })
  const reasons = [...failedTasks.map(reasonOf), ...valErrors.map(faultOf)]
  return new JobFailed({
    subject,
    status,
    failedTasks,
    valErrors,
    message: `${atStart(subject)} ended as ${status}: ${reasons.length === 0 ? "no reason given" : reasons.join("; ")}.`
  })
}
