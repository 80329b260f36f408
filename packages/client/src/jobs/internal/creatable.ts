/** The description of jobs for the safe create. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { call, callOnce, callWatched } from "../../internal/call.js"
import * as classify from "../../internal/classify.js"
import type { Connection } from "../../internal/connection.js"
import type { Creatable } from "../../internal/creatable.js"
import * as Raw from "../../internal/raw.js"
import { construct } from "../../internal/unsafe.js"
import { getWorkflowCostEstimate } from "../../workflows/internal/estimate.js"
import { Job, type JobSummary } from "../Job.js"
import type { JobsApi } from "../JobsApi.js"
import { JobTarget } from "../Subject.js"
import { createJob, listJobs } from "./endpoints.js"

export const make = (
  http: Connection,
  record: (ref: JobsApi.JobRef, grace: Duration.Duration) => Effect.Effect<void>
): Creatable<JobsApi.CreateInput, JobTarget, JobSummary, Job> => ({
  words: { noun: "job", nouns: "jobs", payer: "project", place: ({ workflowId }) => `workflow ${workflowId}` },
  call: createJob.call,
  isTarget: Schema.is(JobTarget),
  targetOf: ({ projectId, workflowId }) => JobTarget.make({ workflowId, projectId }),
  groupOf: ({ workflowId }) => workflowId,
  send: ({ projectId, workflowId }, _intent, onError) => callOnce(http, createJob, { workflowId, projectId }, onError),
  list: ({ workflowId }) => callWatched(http, listJobs, { workflowId }),
  // A wait for it fetches what the list does not show.
  adopt: (summary) => Effect.succeed(Raw.share(summary, construct(Job, { ...summary }))),
  estimate: ({ workflowId }, onError) =>
    call(http, getWorkflowCostEstimate, { workflowId }).pipe(
      Effect.map(({ estimatedCost }) => estimatedCost),
      Effect.catchIf(classify.isJson, () => Effect.succeedNone),
      Effect.mapError(onError)
    ),
  record: ({ workflowId }, jobId, grace) => record({ workflowId, jobId }, grace)
})
