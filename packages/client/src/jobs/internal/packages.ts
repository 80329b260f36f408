/** The packages of jobs and tasks. */
import type { TaskId } from "../../Ids.js"
import { callDated } from "../../internal/call.js"
import type { Connection } from "../../internal/connection.js"
import type { Polled } from "../../internal/following.js"
import { requested, type Source } from "../../internal/packages.js"
import type { DownloadPackage } from "../DownloadPackage.js"
import type { JobsApi } from "../JobsApi.js"
import type { JobSubject, TaskSubject } from "../Subject.js"
import * as endpoints from "./endpoints.js"

const source = <S extends JobSubject | TaskSubject>(
  subject: S,
  format: "zip" | "unknown",
  look: (http: Connection) => Polled<DownloadPackage>["look"]
): Source<S, DownloadPackage> => {
  const { jobId, workflowId } = subject
  return {
    subject,
    format,
    ask: requested({ _tag: "Job", workflowId, jobId }, look),
    advice: "Check the tasks of the job, and request the package again later.",
    done: "The job is done and billed."
  }
}

/** The package of a job, which is documented as a ZIP. */
export const jobPackage = ({ jobId, workflowId }: JobsApi.JobRef): Source<JobSubject, DownloadPackage> =>
  source({ _tag: "Job", workflowId, jobId }, "zip", (http) =>
    callDated(http, endpoints.downloadJob, { workflowId, jobId })
  )

/** The package of a task, or without a `taskId` that of the job. */
export const packageOf = (
  ref: JobsApi.JobRef & { readonly taskId?: TaskId | undefined }
): Source<JobSubject | TaskSubject, DownloadPackage> => {
  const { jobId, taskId, workflowId } = ref
  if (taskId === undefined) return jobPackage(ref)
  return source({ _tag: "Task", workflowId, jobId, taskId }, "unknown", (http) =>
    callDated(http, endpoints.downloadTask, { workflowId, jobId, taskId })
  )
}
