/** Polls the download package of a job or a task, detects its end, and interprets it. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { DownloadError } from "../../DownloadError.js"
import type { TaskId } from "../../Ids.js"
import { callDated } from "../../internal/call.js"
import type { Polled } from "../../internal/following.js"
import * as Raw from "../../internal/raw.js"
import type { Scrub } from "../../internal/redact.js"
import { nameOf } from "../../internal/subject.js"
import { kindOf } from "../../internal/wire.js"
import type { PixxelHttpClient } from "../../PixxelHttpClient.js"
import type { Subject } from "../../Subject.js"
import type { DownloadPackage } from "../DownloadPackage.js"
import type { JobsApi } from "../JobsApi.js"
import * as endpoints from "./endpoints.js"

export interface PackageRef extends JobsApi.JobRef {
  readonly taskId?: TaskId | undefined
}

/** Requests the package, which starts its build. A replica may not know a job created a moment ago. */
export const polled = (http: PixxelHttpClient.Service, ref: PackageRef): Polled<DownloadPackage> => {
  const params = { workflow_id: ref.workflowId, job_id: ref.jobId }
  return {
    look:
      ref.taskId === undefined
        ? callDated(http, endpoints.downloadJob, { params })
        : callDated(http, endpoints.downloadTask, { params: { ...params, task_id: ref.taskId } }),
    mayBeUnknown: (now) => http.recent.isYoung(ref, now)
  }
}

/** The unusable signed URL of a finished package, as the server sent it. */
const unusableUrl = (answer: DownloadPackage): Option.Option<unknown> =>
  answer.outcome === "succeeded" && Option.isNone(answer.signedUrl)
    ? Option.filter(
        Option.map(Raw.of(answer), (json) => Object(json).signed_url),
        (sent: unknown) => sent !== undefined && sent !== null && !(typeof sent === "string" && sent.trim() === "")
      )
    : Option.none()

/** The number of consecutive unusable URLs that ends a wait: a single one may be an accident. */
const unusableInRow = 3

/** A predicate for the final answer of one wait. Stateful: call it with the answers in order. */
export const endOf = (): ((answer: DownloadPackage) => boolean) => {
  let unusable = 0
  return (answer) => {
    unusable = Option.isSome(unusableUrl(answer)) ? unusable + 1 : 0
    return answer.isReady || answer.outcome === "failed" || unusable >= unusableInRow
  }
}

/** Returns the signed URL of a final answer, or fails with the reason. `subject` is already scrubbed. */
export const urlOf = <S extends Subject>(
  answer: DownloadPackage,
  subject: S,
  path: DownloadError["path"],
  { text }: Scrub
) => {
  if (answer.isReady && Option.isSome(answer.signedUrl)) return Effect.succeed(answer.signedUrl.value)
  const status = Option.map(answer.status, text)
  const word = Option.getOrElse(status, () => "")
  const why = Option.match(unusableUrl(answer), {
    onNone: () => `ended as ${word}. Check the tasks of the job, and request the package again later.`,
    onSome: (sent) =>
      `is ${word}, but its signed URL is ${kindOf(sent)} and not an absolute http or https URL. ` +
      "The job is done and billed. Request the package again later, and report the problem to Pixxel if it persists."
  })
  return Effect.fail(
    new DownloadError<S>({
      subject,
      path,
      reason: "PackageFailed",
      status,
      message: `The download package of ${nameOf(subject)} ${why}`
    })
  )
}
