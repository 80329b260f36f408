/**
 * `pixxel jobs`: start a job, look at jobs, and follow one to its end.
 */
import * as Command from "@effect/cli/Command"
import { DownloadPackage, Job, JobId, JobSummary, JobsApi } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { UsageError } from "../Failure.js"
import * as render from "../render.js"
import { answer } from "./answer.js"
import { following } from "./following.js"
import { common, date, id, job, maybe, project, text, waiting, workflow, yes } from "./options.js"

const one = (it: Job) => ({ json: Schema.encodeSync(Job)(it), text: render.job(it) })

const create = Command.make("create", { workflowId: workflow, projectId: project, yes, ...common }, (options) =>
  answer(
    options,
    Effect.gen(function* () {
      const api = yield* JobsApi
      return one(yield* following(options, api.create))
    })
  )
).pipe(Command.withDescription("Start a job. It costs money."))

const list = Command.make(
  "list",
  {
    workflowId: workflow,
    id: maybe(id("id", JobId.make, "Only the job with this id.")),
    status: maybe(text("status", "STATUS", "Only those with this status: running, completed, …")),
    createdBy: maybe(text("created-by", "USER", "Only those of this user.")),
    createdOn: maybe(date("created-on", "Only those created on this date.")),
    ...common
  },
  (options) =>
    answer(
      options,
      Effect.gen(function* () {
        const api = yield* JobsApi
        const found = yield* api.list(options)
        return { json: { jobs: Schema.encodeSync(Schema.Array(JobSummary))(found) }, text: render.jobs(found) }
      })
    )
).pipe(Command.withDescription("List the jobs of a workflow."))

const get = Command.make("get", { workflowId: workflow, jobId: job, ...common }, (options) =>
  answer(
    options,
    Effect.gen(function* () {
      const api = yield* JobsApi
      return one(yield* api.get(options))
    })
  )
).pipe(Command.withDescription("Show a job and its tasks."))

const wait = Command.make("wait", { workflowId: workflow, jobId: job, ...waiting, ...common }, (options) =>
  answer(
    options,
    Effect.gen(function* () {
      const api = yield* JobsApi
      return one(yield* following(options, api.wait))
    })
  )
).pipe(Command.withDescription("Wait until a job has ended."))

const run = Command.make("run", { workflowId: workflow, projectId: project, yes, ...waiting, ...common }, (options) =>
  answer(
    options,
    Effect.gen(function* () {
      const api = yield* JobsApi
      const done = yield* following(options, api.run)
      return {
        json: { job: Schema.encodeSync(Job)(done.job), download: Schema.encodeSync(DownloadPackage)(done.download) },
        text: `${render.job(done.job)}\n\n${render.download(done.download)}`
      }
    })
  )
).pipe(Command.withDescription("Start a job, wait for its end and for its package. It costs money."))

export const jobs = Command.make("jobs", {}, () =>
  Effect.fail(new UsageError({ message: "pixxel jobs needs a command: create, list, get, wait or run." }))
).pipe(
  Command.withDescription("Start jobs, and follow them to their end."),
  Command.withSubcommands([create, list, get, wait, run])
)
