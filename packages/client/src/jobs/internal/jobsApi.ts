/** The job operations, and the operations composed of them. */
import * as Effect from "effect/Effect"
import { call, callDated } from "../../internal/call.js"
import { Connection } from "../../internal/connection.js"
import { make as safeCreate } from "../../internal/safeCreate.js"
import * as span from "../../internal/span.js"
import { keyOf } from "../../internal/subject.js"
import { make as makeWaits, type YoungOptions } from "../../internal/waits.js"
import type { PixxelHttpClient } from "../../PixxelHttpClient.js"
import type { Job } from "../Job.js"
import type { JobsApi } from "../JobsApi.js"
import type { JobSubject } from "../Subject.js"
import * as creatable from "./creatable.js"
import * as endpoints from "./endpoints.js"
import { jobFailed } from "./jobFailed.js"
import { jobPackage } from "./packages.js"
import { make as makeRunAll } from "./runAll.js"

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
  const safe = safeCreate(creatable.make(http, waits.record), http)

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
    runAll: makeRunAll(safe, complete, waits.check)
  }
})
