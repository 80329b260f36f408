/** The job operations, and the operations composed of them. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { call, callDated, callOnce, callWatched } from "../../internal/call.js"
import * as classify from "../../internal/classify.js"
import { Connection } from "../../internal/connection.js"
import type { Creatable } from "../../internal/creatable.js"
import * as Raw from "../../internal/raw.js"
import * as runAll from "../../internal/runAll.js"
import { make as safeCreate } from "../../internal/safeCreate.js"
import * as span from "../../internal/span.js"
import { keyOf } from "../../internal/subject.js"
import { construct } from "../../internal/unsafe.js"
import { make as makeWaits, type YoungOptions } from "../../internal/waits.js"
import type { PixxelHttpClient } from "../../PixxelHttpClient.js"
import { getWorkflowCostEstimate } from "../../workflows/internal/estimate.js"
import { Job, type JobSummary } from "../Job.js"
import type { RunError } from "../JobError.js"
import type { JobsApi } from "../JobsApi.js"
import * as RunAll from "../RunAll.js"
import { type JobSubject, JobTarget } from "../Subject.js"
import * as endpoints from "./endpoints.js"
import { jobFailed } from "./jobFailed.js"
import { jobPackage } from "./packages.js"

interface Batch {
  Input: RunAll.Input
  Made: Job
  Result: JobsApi.RunResult
  Failure: RunError
  Settings: Omit<JobsApi.RunAllOptions, "keep" | "onOrphan" | "seen" | "concurrency">
  Event: RunAll.Event
}

const appearance = (job: Job) =>
  JSON.stringify([job.status, job.progress, job.tasks.map((task) => [task.id, task.status, task.progress])])

const subjectOf = ({ jobId, workflowId }: JobsApi.JobRef): JobSubject => ({ _tag: "Job", workflowId, jobId })

export const make: Effect.Effect<JobsApi.Service, never, PixxelHttpClient> = Effect.gen(function* () {
  const http = yield* Connection

  const lookAtJobs = (input: JobsApi.ListInput) =>
    Effect.map(callDated(http, endpoints.listJobs, input), (answer) => {
      const { workflowId } = input
      const { items } = answer.value
      http.recent.saw(() => items.map((job) => keyOf(subjectOf({ workflowId, jobId: job.id }))))
      return answer.with(items)
    })

  const waits = yield* makeWaits(http, {
    name: "JobsApi.wait",
    subjectOf,
    get: (ref) => callDated(http, endpoints.getJobById, ref),
    shared: {
      groupOf: ({ workflowId }) => workflowId,
      idOf: ({ jobId }) => jobId,
      list: ({ workflowId }) => lookAtJobs({ workflowId })
    },
    appearance,
    exists: "exists and is billed",
    failed: jobFailed
  })

  const creatable: Creatable<JobsApi.CreateInput, JobTarget, JobSummary, Job> = {
    words: { noun: "job", nouns: "jobs", payer: "project", place: ({ workflowId }) => `workflow ${workflowId}` },
    call: endpoints.createJob.call,
    isTarget: Schema.is(JobTarget),
    targetOf: ({ projectId, workflowId }) => JobTarget.make({ workflowId, projectId }),
    groupOf: ({ workflowId }) => workflowId,
    send: ({ projectId, workflowId }, _intent, onError) =>
      callOnce(http, endpoints.createJob, { workflowId, projectId }, onError),
    list: ({ workflowId }) => callWatched(http, endpoints.listJobs, { workflowId }),
    // A wait for it fetches what the list does not show.
    adopt: (summary) => Effect.succeed(Raw.share(summary, construct(Job, { ...summary }))),
    estimate: ({ workflowId }, onError) =>
      call(http, getWorkflowCostEstimate, { workflowId }).pipe(
        Effect.map(({ estimatedCost }) => estimatedCost),
        Effect.catchIf(classify.isJson, () => Effect.succeedNone),
        Effect.mapError(onError)
      )
  }
  const safe = safeCreate(creatable, http, ({ workflowId }, jobId, grace) => waits.record({ workflowId, jobId }, grace))

  const complete = (ref: JobsApi.JobRef, options: YoungOptions<Job>, created?: Job) =>
    Effect.map(waits.complete(ref, jobPackage(ref), options, created), ({ item, ready }) => ({
      job: item,
      download: ready
    }))

  return {
    create: (input) => safe.create(input),
    resolve: (target) => span.within("JobsApi.resolve")(safe.resolve(target)),
    list: (input) => Effect.map(lookAtJobs(input), ({ value }) => value),
    get: waits.get,
    download: (ref) => call(http, endpoints.downloadJob, ref),
    downloadTask: (ref) => call(http, endpoints.downloadTask, ref),
    watch: waits.watch,
    wait: waits.wait,
    run: (input) =>
      Effect.flatMap(Effect.zipRight(waits.check(input), safe.create(input)), (created) =>
        complete({ workflowId: input.workflowId, jobId: created.id }, input, created)
      ).pipe(span.within("JobsApi.run")),
    runAll: runAll.make<Batch>({
      ...safe,
      check: waits.check,
      intended: (input, intent) => new RunAll.Intended({ input, intent }),
      created: (input, jobId) => new RunAll.Created({ input, jobId }),
      succeeded: (input, jobId, result) => new RunAll.Succeeded({ input, jobId, result }),
      failed: (input, jobId, error) => new RunAll.Failed({ input, jobId, error }),
      idIn: (from) => ("jobId" in from ? from.jobId : undefined),
      create: (input, { adopt, grace, maxCost }, hooks) => safe.create({ ...input, adopt, grace, maxCost }, hooks),
      complete: ({ workflowId }, jobId, options) => complete({ workflowId, jobId }, options)
    })
  }
})
