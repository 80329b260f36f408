/** The shared part of the downloads of jobs and tasks. */
import * as Options from "@effect/cli/Options"
import type { PixxelBadRequest } from "@effect-pixxel/client"
import type * as Download from "@effect-pixxel/client/Download"
import { packageOf } from "@effect-pixxel/client/jobs/internal/packages"
import { JobsApi } from "@effect-pixxel/client/jobs/JobsApi"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { JobNotEnded } from "../failure/errors.js"
import { type AnsweredOptions, answered } from "./downloading.js"
import { following } from "./following.js"
import { file, flag } from "./options.js"

/** The option of the folder. */
export const out = file("out", "The folder for the file, created if missing. Default: the current folder.").pipe(
  Options.withDefault(".")
)

export const wait = flag("wait", "Wait for the end of the job first. --timeout applies to each of the two steps.")

/** Explains a 400: the API answers it for the package of a running job as for a wrong id (inferred). */
const explained =
  ({ jobId, workflowId }: JobsApi.JobRef) =>
  (error: PixxelBadRequest) =>
    Effect.gen(function* () {
      const api = yield* JobsApi
      const job = yield* Effect.orElseFail(api.get({ workflowId, jobId }), () => error)
      if (job.outcome !== "pending") return yield* error
      const status = Option.getOrElse(job.status, () => "without a status")
      const progress = Option.match(job.progress, { onNone: () => "", onSome: (share) => `, ${share} %` })
      const message = `Job ${jobId} is still running (${status}${progress}), so it has no package yet.`
      return yield* new JobNotEnded({ workflowId, jobId, message })
    })

/** The answer of a download command for a job or a task. */
export const fetched = (ref: Download.JobInput, name: string, options: AnsweredOptions & { readonly wait: boolean }) =>
  Effect.gen(function* () {
    const { jobId, workflowId } = ref
    const api = yield* JobsApi
    if (options.wait) yield* following({ ...options, workflowId, jobId }, api.wait)
    return yield* answered({ source: packageOf(ref), name }, options)
  }).pipe(Effect.catchTag("PixxelBadRequest", explained(ref)))
