/** The packages of jobs and tasks. */
import * as Effect from "effect/Effect"
import type { TaskId } from "../../Ids.js"
import { callDated } from "../../internal/call.js"
import type { Source } from "../../internal/packages.js"
import { keyOf } from "../../internal/subject.js"
import type { DownloadPackage } from "../DownloadPackage.js"
import type { JobsApi } from "../JobsApi.js"
import type { JobSubject, TaskSubject } from "../Subject.js"
import * as endpoints from "./endpoints.js"

export interface PackageRef extends JobsApi.JobRef {
  readonly taskId?: TaskId | undefined
}

/** Requests the package, which starts its build: the same call polls it, and gives a fresh URL. */
const source = <S extends JobSubject | TaskSubject>(
  subject: S,
  taskId: TaskId | undefined
): Source<S, DownloadPackage> => {
  const { jobId, workflowId } = subject
  const ref = { workflowId, jobId }
  const job = keyOf({ _tag: "Job", ...ref })
  return {
    subject,
    // The package of a job is documented as a ZIP.
    format: taskId === undefined ? "zip" : "unknown",
    ask: (http) =>
      Effect.succeed({
        look:
          taskId === undefined
            ? callDated(http, endpoints.downloadJob, ref)
            : callDated(http, endpoints.downloadTask, { ...ref, taskId }),
        // A replica may not know a job created a moment ago.
        mayBeUnknown: (now) => http.recent.isYoung(job, now)
      }),
    advice: "Check the tasks of the job, and request the package again later.",
    done: "The job is done and billed."
  }
}

export const jobPackage = ({ jobId, workflowId }: JobsApi.JobRef): Source<JobSubject, DownloadPackage> =>
  source({ _tag: "Job", workflowId, jobId }, undefined)

/** The package of a task, or without a `taskId` that of the job. */
export const packageOf = (ref: PackageRef): Source<JobSubject | TaskSubject, DownloadPackage> => {
  const { jobId, taskId, workflowId } = ref
  return taskId === undefined ? jobPackage(ref) : source({ _tag: "Task", workflowId, jobId, taskId }, taskId)
}
