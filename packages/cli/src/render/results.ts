/** Results as text for users: tables for lists, fields for single items. */
import type { DownloadPackage, Job, JobSummary, Task, Workflow, WorkflowSummary } from "@effect-pixxel/client"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import { plain } from "./plain.js"
import { hasBegun } from "./progress.js"
import { paint, type Style } from "./style.js"
import { type Cell, fields, list, sections, table } from "./table.js"
import { colourOf, percent, time, tokens } from "./words.js"

const status = (it: JobSummary | Task, begun = true): Cell => ({
  value: it.status,
  colour: colourOf(it.outcome, begun)
})

export const jobs = (items: ReadonlyArray<JobSummary>, style: Style): string =>
  list(
    "jobs",
    [
      { head: "ID" },
      { head: "STATUS" },
      { head: "PROGRESS" },
      { head: "COST", minor: true },
      { head: "CREATED", minor: true },
      { head: "BY", cuts: true, minor: true }
    ],
    items.map((job) => [
      job.id,
      status(job),
      percent(job.progress),
      tokens(job.cost),
      time(job.createdAt),
      job.createdBy
    ]),
    style
  )

const why = (task: Task) => Option.firstSomeOf([task.errMsg, task.failureType, task.stateMsg])

const tasks = (items: ReadonlyArray<Task>, style: Style) =>
  items.length === 0
    ? ""
    : table(
        [
          { head: "TASK", cuts: true },
          { head: "STATUS" },
          { head: "PROGRESS" },
          { head: "TOOK" },
          { head: "MESSAGE", cuts: true }
        ],
        items.map((task) => [
          Option.getOrElse(task.name, () => task.id),
          status(task, hasBegun(task)),
          percent(task.progress),
          task.timeTakenText,
          why(task)
        ]),
        style
      )

const faults = (errors: Job["valErrors"], style: Style) =>
  errors.length === 0
    ? ""
    : table(
        [
          { head: "FROM", cuts: true },
          { head: "TO", cuts: true },
          { head: "COMPONENT", cuts: true },
          { head: "FAULT", cuts: true }
        ],
        errors.map((error) => [
          error.from,
          error.to,
          error.componentName,
          Option.orElse(error.err, () => error.reason)
        ]),
        style
      )

export const job = (it: Job, style: Style): string =>
  sections(
    fields(
      [
        ["job", it.id],
        ["workflow", it.workflowId],
        ["status", status(it)],
        ["outcome", it.outcome],
        ["progress", percent(it.progress)],
        ["cost", tokens(it.cost)],
        ["estimated", Option.map(it.estimatedDuration, Duration.format)],
        ["took", it.timeTakenText],
        ["created by", it.createdBy],
        ["created", time(it.createdAt)],
        ["updated", time(it.updatedAt)],
        ["finished", time(it.finishedAt)]
      ],
      style
    ),
    tasks(it.tasks, style),
    faults(it.valErrors, style)
  )

/** One line per change of a followed job, for output that is not redrawn. */
export const change = (it: Job, style: Style): string => {
  const done = it.tasks.filter((task) => task.outcome === "succeeded").length
  const word = plain(Option.getOrElse(it.status, () => "status unknown"))
  return [
    `job ${plain(it.id)}`,
    paint(style, colourOf(it.outcome), word),
    ...Option.toArray(percent(it.progress)),
    ...(it.tasks.length === 0 ? [] : [`${done}/${it.tasks.length} tasks done`])
  ].join("  ")
}

/** A package without its URL, which would give every reader of the screen or the log access. */
export const download = (it: DownloadPackage, style: Style): string =>
  fields(
    [
      ["download", it.isReady ? "the package is ready" : "the package is not ready"],
      ["status", it.status],
      ["id", it.id]
    ],
    style
  )

export const workflows = (items: ReadonlyArray<WorkflowSummary>, style: Style): string =>
  list(
    "workflows",
    [{ head: "ID" }, { head: "NAME", cuts: true }, { head: "PROJECT" }, { head: "UPDATED", minor: true }],
    items.map((workflow) => [workflow.id, workflow.name, workflow.projectId, time(workflow.updatedAt)]),
    style
  )

export const workflow = (it: Workflow, style: Style): string =>
  sections(
    fields(
      [
        ["workflow", it.id],
        ["name", it.name],
        ["description", it.description],
        ["project", it.projectId],
        ["cost", Option.map(tokens(it.estimatedCost), (cost) => `about ${cost} per run`)],
        ["created by", it.createdBy],
        ["created", time(it.createdAt)],
        ["updated", time(it.updatedAt)]
      ],
      style
    ),
    faults(it.valErrors, style)
  )

export const estimate = (cost: Option.Option<number>): string =>
  Option.match(tokens(cost), {
    onNone: () => "The server sent no readable estimate.",
    onSome: (amount) => `About ${amount} per run.`
  })
