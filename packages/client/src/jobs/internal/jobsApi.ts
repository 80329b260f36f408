/** The job operations, and the operations composed of them. */
import * as Effect from "effect/Effect"
import { call, callDated, type Dated } from "../../internal/call.js"
import { Connection } from "../../internal/connection.js"
import * as policies from "../../internal/policy.js"
import * as redact from "../../internal/redact.js"
import { make as safeCreate } from "../../internal/safeCreate.js"
import * as span from "../../internal/span.js"
import { keyOf } from "../../internal/subject.js"
import { make as makeWaits, type Notify, type YoungOptions } from "../../internal/waits.js"
import type { PixxelHttpClient } from "../../PixxelHttpClient.js"
import type { Job } from "../Job.js"
import type { JobsApi } from "../JobsApi.js"
import type { JobSubject } from "../Subject.js"
import * as creatable from "./creatable.js"
import * as endpoints from "./endpoints.js"
import { jobFailed } from "./jobFailed.js"
import { jobPackage } from "./packages.js"
import { make as makeRunAll } from "./runAll.js"

/** The fields whose changes `watch` reports. */
const appearance = (job: Job) =>
  JSON.stringify([job.status, job.progress, job.tasks.map((task) => [task.id, task.status, task.progress])])

const subjectOf = ({ jobId, workflowId }: JobsApi.JobRef): JobSubject => ({ _tag: "Job", workflowId, jobId })

export const make: Effect.Effect<JobsApi.Service, never, PixxelHttpClient> = Effect.gen(function* () {
  const http = yield* Connection
  const scrub = redact.now(http.auth)

  const lookAtJobs = (input: JobsApi.ListInput) =>
    Effect.map(callDated(http, endpoints.listJobs, input), (answer) => {
      const { workflowId } = input
      const { items } = answer.value
      http.recent.saw(() => items.map((job) => keyOf(subjectOf({ workflowId, jobId: job.id }))))
      return answer.with(items)
    })

  const waits = yield* makeWaits(http, {
    subjectOf,
    get: (ref) => callDated(http, endpoints.getJobById, ref),
    shared: {
      groupOf: ({ workflowId }) => workflowId,
      idOf: ({ jobId }) => jobId,
      list: ({ workflowId }) => lookAtJobs({ workflowId })
    },
    appearance,
    failed: jobFailed,
    timeout: "24 hours"
  })
  const { record } = waits

  const list: JobsApi.Service["list"] = (input) => Effect.map(lookAtJobs(input), valueOf)

  const get: JobsApi.Service["get"] = (ref) => Effect.map(waits.look(ref), valueOf)

  const download: JobsApi.Service["download"] = (ref) => call(http, endpoints.downloadJob, ref)

  const downloadTask: JobsApi.Service["downloadTask"] = (ref) => call(http, endpoints.downloadTask, ref)

  const safe = safeCreate(creatable.make(http, record), { scrub, policy: policies.inForce(http.retry) })

  const wait: JobsApi.Service["wait"] = (input) => waits.wait(input, input).pipe(span.within("JobsApi.wait"))

  const complete = (ref: JobsApi.JobRef, options: YoungOptions<Job>, notify: Notify<Job>) =>
    Effect.map(waits.complete(ref, jobPackage(ref), options, notify), ({ item, ready }) => ({
      job: item,
      download: ready
    }))

  const run: JobsApi.Service["run"] = (input) =>
    Effect.gen(function* () {
      const notify = yield* waits.notifier(input)
      const created = yield* safe.create(input)
      yield* notify(created)
      return yield* complete({ workflowId: input.workflowId, jobId: created.id }, input, notify)
    }).pipe(span.within("JobsApi.run"))

  const runAll = makeRunAll({
    ...safe,
    complete: (ref, options) => Effect.flatMap(waits.notifier(options), (notify) => complete(ref, options, notify))
  })

  return {
    create: (input) => safe.create(input),
    resolve: (target) => span.within("JobsApi.resolve")(safe.resolve(target)),
    list,
    get,
    download,
    downloadTask,
    watch: (input) => waits.watch(input, input),
    wait,
    run,
    runAll
  }
})

const valueOf = <A>({ value }: Dated<A>): A => value
