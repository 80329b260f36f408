/** The batches of jobs. */
import type * as Effect from "effect/Effect"
import * as runAll from "../../internal/runAll.js"
import type { SafeCreate } from "../../internal/safeCreate.js"
import type { Job, JobSummary } from "../Job.js"
import type { RunError } from "../JobError.js"
import type { JobsApi } from "../JobsApi.js"
import { Created, type Event, Failed, type Input, Intended, Succeeded } from "../RunAll.js"
import type { JobTarget } from "../Subject.js"

type Settings = Omit<JobsApi.RunAllOptions, "keep" | "onOrphan" | "seen" | "concurrency">

interface Batch {
  Input: Input
  Made: Job
  Target: JobTarget
  Result: JobsApi.RunResult
  Own: never
  Failure: RunError
  Settings: Settings
  Event: Event
}

/** `complete` waits for an item, and polls its package until it is ready; `check` checks the options of both. */
export const make = (
  { create, ...safe }: SafeCreate<JobsApi.CreateInput, JobTarget, JobSummary, Job>,
  complete: (
    ref: JobsApi.JobRef,
    options: Settings & Pick<JobsApi.WaitOptions, "createdAt">
  ) => Effect.Effect<JobsApi.RunResult, RunError>,
  check: (options: Settings) => Effect.Effect<void>
): JobsApi.Service["runAll"] =>
  runAll.make<Batch>({
    ...safe,
    check,
    // alike twice: the compiler would otherwise mix the ids of events with the optional one of `Failed`
    seen: (event) =>
      event._tag === "Intended"
        ? event
        : event._tag === "Failed"
          ? { ...event, id: event.jobId }
          : { ...event, id: event.jobId },
    intended: (input, intent) => new Intended({ input, intent }),
    created: (input, jobId) => new Created({ input, jobId }),
    succeeded: (input, jobId, result) => new Succeeded({ input, jobId, result }),
    failed: (input, jobId, error) => new Failed({ input, jobId, error }),
    idIn: ({ jobId }) => jobId,
    create: (input, { adopt, grace, maxCost }, hooks) => create({ ...input, adopt, grace, maxCost }, hooks),
    complete: ({ workflowId }, jobId, options) => complete({ workflowId, jobId }, options)
  })
