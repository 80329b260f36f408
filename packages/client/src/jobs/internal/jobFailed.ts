/**
 * Makes the error of a failed job. A task counts as a reason if its status is a failure, or if it has an error text,
 * regardless of its status. The server's texts are scrubbed, since they may quote signed URLs that the blocks used.
 * The subject and the status are already scrubbed.
 */
import * as Option from "effect/Option"
import { TaskId } from "../../Ids.js"
import type { Scrub } from "../../internal/redact.js"
import type { Ended } from "../../internal/waits.js"
import { ValError } from "../../ValError.js"
import type { Job } from "../Job.js"
import { type FailedTask, JobFailed } from "../JobError.js"
import type { JobSubject } from "../Subject.js"

const reasonOf = ({ errMsg, failureType, id, name, stateMsg }: FailedTask) => {
  const why = Option.firstSomeOf([errMsg, failureType, stateMsg])
  return `task ${Option.getOrElse(name, () => id)}: ${Option.getOrElse(why, () => "no reason given")}`
}

const faultOf = ({ err, reason }: ValError) =>
  Option.getOrElse(Option.firstSomeOf([err, reason]), () => "a component is not valid")

export const jobFailed = ({ what, ...ended }: Ended<JobSubject>, job: Job, scrub: Scrub): JobFailed => {
  /** The optional texts of a model, scrubbed. */
  const scrubbed = <K extends string>(from: Readonly<Record<K, Option.Option<string>>>, ...names: ReadonlyArray<K>) =>
    // Each name has its text.
    Object.fromEntries(names.map((name) => [name, Option.map(from[name], scrub.text)])) as typeof from
  const failedTasks = job.tasks
    .filter((task) => task.outcome === "failed" || Option.exists(task.errMsg, (text) => text.trim() !== ""))
    .map((task) => ({
      id: TaskId.make(scrub.text(task.id)),
      ...scrubbed(task, "name", "errMsg", "failureType", "stateMsg")
    }))
  const valErrors = job.valErrors.map(
    (error) => new ValError(scrubbed(error, "from", "to", "err", "reason", "componentName"))
  )
  const reasons = [...failedTasks.map(reasonOf), ...valErrors.map(faultOf)].join("; ")
  const message = `${what}: ${reasons === "" ? "no reason given" : reasons}.`
  return new JobFailed({ ...ended, failedTasks, valErrors, message })
}
