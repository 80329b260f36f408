/** The batches of jobs. */
import type * as Effect from "effect/Effect"
import type { JobId } from "../../Ids.js"
import * as runAll from "../../internal/runAll.js"
import type { SafeCreate } from "../../internal/safeCreate.js"
import type { Job, JobSummary } from "../Job.js"
import type { RunError } from "../JobError.js"
import type { JobsApi } from "../JobsApi.js"
import { Created, type Event, Failed, type Input, Intended, Succeeded } from "../RunAll.js"
import { JobTarget } from "../Subject.js"

export interface Parts
  extends Pick<
    SafeCreate<JobsApi.CreateInput, JobTarget, JobSummary, Job>,
    "create" | "resolveAll" | "remember" | "logOrphan"
  > {
  /** Waits for a job, and polls its package until it is ready. */
  readonly complete: (
    ref: JobsApi.JobRef,
    options: Settings & Pick<JobsApi.WaitOptions, "createdAt">
  ) => Effect.Effect<JobsApi.RunResult, RunError>
}

type Settings = Omit<JobsApi.RunAllOptions, "keep" | "onOrphan" | "seen" | "concurrency">

interface Batch {
  Input: Input
  Id: JobId
  Made: Job
  Target: JobTarget
  Result: JobsApi.RunResult
  Own: never
  Failure: RunError
  Settings: Settings
  Event: Event
  Intended: Intended
  Created: Created
  Succeeded: Succeeded
  Failed: Failed
}

export const make = ({ complete, create, ...safe }: Parts): JobsApi.Service["runAll"] =>
  runAll.make<Batch>({
    ...safe,
    seen: (event) => {
      switch (event._tag) {
        case "Intended":
          return event
        case "Failed":
          return { _tag: event._tag, input: event.input, id: event.jobId, error: event.error }
        default:
          return { _tag: event._tag, input: event.input, id: event.jobId }
      }
    },
    intended: (input, intent) => new Intended({ input, intent }),
    created: (input, jobId) => new Created({ input, jobId }),
    succeeded: (input, jobId, result) => new Succeeded({ input, jobId, result }),
    failed: (input, jobId, error) => new Failed({ input, jobId, error }),
    idIn: ({ jobId }) => jobId,
    groupOf: ({ workflowId }) => workflowId,
    targetOf: ({ projectId, workflowId }) => JobTarget.make({ workflowId, projectId }),
    create: ({ projectId, workflowId }, { adopt, grace, maxCost }, hooks) =>
      create({ workflowId, projectId, adopt, grace, maxCost }, hooks),
    complete: ({ workflowId }, jobId, options) => complete({ workflowId, jobId }, options)
  })
