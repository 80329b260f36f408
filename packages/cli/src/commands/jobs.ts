/** `pixxel jobs`: start jobs, show them, and follow them to their end. */
import { JobId } from "@effect-pixxel/client/Ids"
import type { DownloadPackage } from "@effect-pixxel/client/jobs/DownloadPackage"
import { jobPackage } from "@effect-pixxel/client/jobs/internal/packages"
import { JobsApi } from "@effect-pixxel/client/jobs/JobsApi"
import { WorkflowsApi } from "@effect-pixxel/client/workflows/WorkflowsApi"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { fileName } from "../fileName.js"
import { checkPlace, saved } from "../files.js"
import { Output } from "../Output.js"
import { live } from "../render/live.js"
import * as results from "../render/results.js"
import { sections } from "../render/table.js"
import { group, listed, shown, using } from "./calling.js"
import * as changes from "./changes.js"
import { spend } from "./consent.js"
import { printUrl, ran, download as save, savedFiles, saving } from "./downloading.js"
import { fetched, following, out, wait as waitFirst } from "./following.js"
import { date, file, flag, id, job, maybe, project, spending, text, waiting, workflow } from "./options.js"

const calling = using(JobsApi, Layer.merge(JobsApi.layer, WorkflowsApi.layer))

const one = shown(results.job)

const ended = changes.ended("job", one)

/** Requires consent before a command starts a job. */
const consent = (options: Parameters<typeof spend>[0] & JobsApi.CreateInput) =>
  spend(options, {
    what: `a job of workflow ${options.workflowId} in project ${options.projectId}`,
    things: "jobs",
    estimate: Effect.flatMap(WorkflowsApi, (api) => Effect.option(api.estimate(options))).pipe(
      Effect.map(Option.flatMap(({ estimatedCost }) => estimatedCost))
    )
  })

const create = calling(
  "jobs create --workflow wf-crop-classification --project project-monsoon-2024",
  "Start a job. This costs money.",
  { workflowId: workflow, projectId: project, ...spending },
  (options, api) =>
    Effect.gen(function* () {
      yield* consent(options)
      return one(yield* following(options, (input) => Effect.tap(api.create(input), input.onOrphan)))
    })
)

const list = calling(
  "jobs list --workflow wf-crop-classification --status running",
  "List the jobs of a workflow.",
  {
    workflowId: workflow,
    id: maybe(id("id", JobId.make, "Only the job with this id.")),
    status: maybe(text("status", "STATUS", "Only jobs with this status: running, completed, …")),
    createdBy: maybe(text("created-by", "USER", "Only jobs of this user.")),
    createdOn: maybe(date("created-on", "Only jobs created on this date."))
  },
  (options, api) => Effect.map(api.list(options), listed("jobs", results.jobColumns))
)

const get = calling(
  "jobs get --workflow wf-crop-classification --job job-crop-done --json",
  "Show a job and its tasks.",
  { workflowId: workflow, jobId: job },
  (options, api) => Effect.map(api.get(options), one)
)

const show = calling(
  "jobs show --workflow wf-crop-classification --job job-crop-done --gantt",
  "Show a job and its tasks as bars, or as a chart over time.",
  {
    workflowId: workflow,
    jobId: job,
    gantt: flag("gantt", "Show the times and dependencies of the tasks as a chart."),
    svg: maybe(file("svg", "Write the same chart to this file, as an SVG."))
  },
  (options, api) =>
    Effect.gen(function* () {
      const it = yield* api.get(options)
      const now = yield* Clock.currentTimeMillis
      if (options.svg !== undefined) {
        const { svg } = yield* Effect.promise(() => import("../render/svg.js"))
        yield* saved(options.svg, svg(it, now))
      }
      const chart = options.gantt ? yield* Effect.promise(() => import("../render/gantt.js")) : undefined
      const height = Number.POSITIVE_INFINITY
      return {
        json: one(it).json,
        text: (style) => {
          const width = Math.min(style.width, 100)
          const [head = "", ...rest] = live(it, { ...style, width, height, now })
          return chart === undefined ? [head, ...rest].join("\n") : sections(head, chart.gantt(it, now, style))
        }
      }
    })
)

const wait = calling(
  "jobs wait --workflow wf-crop-classification --job job-crop-running --timeout 2h",
  "Wait until a job has ended.",
  { workflowId: workflow, jobId: job, ...waiting },
  (options, api) => Effect.map(following(options, api.wait), ended)
)

const watch = calling(
  "jobs watch --workflow wf-crop-classification --job job-crop-running --jsonl",
  "Report every change of a job until it has ended.",
  { workflowId: workflow, jobId: job, ...waiting },
  (options, api) =>
    Effect.gen(function* () {
      const timeout = options.timeout ?? Duration.infinity
      const { notes, results: screen } = yield* Output
      const isLive = screen.isTerminal && notes.isTerminal
      const it = yield* following({ ...options, changesAreResults: !isLive, timeout }, api.wait)
      // the last line shows this already
      return { ...ended(it), text: (style) => (isLive ? results.change(it, style) : "") }
    })
)

const run = calling(
  "jobs run --workflow wf-crop-classification --project project-monsoon-2024 --max-cost 100 --out results",
  "Start a job, wait for it and its package, and download the package with --out. This costs money.",
  {
    workflowId: workflow,
    projectId: project,
    out: maybe(file("out", "Download the package to this folder, created if missing.")),
    ...spending,
    ...saving,
    ...waiting
  },
  (options, api) =>
    Effect.gen(function* () {
      if (options.out !== undefined) yield* checkPlace(options.out)
      yield* consent(options)
      const done = yield* following(options, api.run)
      if (options.out === undefined) {
        return ran("job", one(done.job), shown<DownloadPackage>(results.download)(done.download))
      }
      const source = jobPackage({ workflowId: options.workflowId, jobId: done.job.id })
      const it = yield* save({ source, name: fileName(done.job.id) }, options.out, options)
      return ran("job", one(done.job), savedFiles(it))
    })
)

const download = calling(
  "jobs download --workflow wf-crop-classification --job job-crop-done --out results --unpack",
  "Download the results of a job. Resumes an earlier download.",
  { workflowId: workflow, jobId: job, out, wait: waitFirst, printUrl, ...saving, ...waiting },
  (options) => fetched(options, fileName(options.jobId), options)
)

export const jobs = group("jobs", "Start jobs, follow them to their end, and fetch their results.", [
  create,
  list,
  get,
  show,
  wait,
  watch,
  run,
  download
])
