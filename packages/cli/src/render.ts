/**
 * Results as text for people: aligned tables for lists, `key  value` lines for one thing. What a server sent is shown
 * without control characters, so that a job's name cannot move the cursor or forge a line.
 */
import type { DownloadPackage, Job, JobSummary, Task, Workflow, WorkflowSummary } from "@effect-pixxel/client"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

/** Control characters, and those that turn the direction of what follows. */
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

export const plain = (text: string): string => text.replace(/[\t\r\n]+/g, " ").replace(unprintable, "\ufffd")

type Cell = string | Option.Option<string>

const shown = (cell: Cell) =>
  plain(
    typeof cell === "string"
      ? cell
      : Option.getOrElse(
          Option.filter(cell, (text) => text !== ""),
          () => "-"
        )
  )

/** Columns of equal width, two spaces apart. */
export const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<Cell>>): string => {
  const cells = [head, ...rows.map((row) => row.map(shown))]
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return cells
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}

/** One line a field; those without a value are left out. */
const fields = (entries: ReadonlyArray<readonly [name: string, value: Cell]>): string => {
  const present = entries.filter(([, value]) => typeof value === "string" || Option.isSome(value))
  const width = Math.max(0, ...present.map(([name]) => name.length))
  return present.map(([name, value]) => `${name.padEnd(width)}  ${shown(value)}`).join("\n")
}

const sections = (...parts: ReadonlyArray<string>) => parts.filter((part) => part !== "").join("\n\n")

const list = (things: string, head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<Cell>>) =>
  rows.length === 0 ? `No ${things}.` : table(head, rows)

const time = Option.map(DateTime.formatIso)
const percent = Option.map((progress: number) => `${progress} %`)
const tokens = Option.map((cost: number) => `${cost} ${cost === 1 ? "token" : "tokens"}`)
const span = Option.map((duration: Duration.Duration) => Duration.format(duration))

export const jobs = (items: ReadonlyArray<JobSummary>): string =>
  list(
    "jobs",
    ["ID", "STATUS", "PROGRESS", "COST", "CREATED", "BY"],
    items.map((job) => [
      job.id,
      job.status,
      percent(job.progress),
      tokens(job.cost),
      time(job.createdAt),
      job.createdBy
    ])
  )

const why = (task: Task) => Option.firstSomeOf([task.errMsg, task.failureType, task.stateMsg])

const tasks = (items: ReadonlyArray<Task>) =>
  items.length === 0
    ? ""
    : table(
        ["TASK", "STATUS", "PROGRESS", "TOOK", "MESSAGE"],
        items.map((task) => [
          Option.getOrElse(task.name, () => task.id),
          task.status,
          percent(task.progress),
          task.timeTakenText,
          why(task)
        ])
      )

const faults = (errors: Job["valErrors"]) =>
  errors.length === 0
    ? ""
    : table(
        ["FROM", "TO", "COMPONENT", "FAULT"],
        errors.map((error) => [error.from, error.to, error.componentName, Option.orElse(error.err, () => error.reason)])
      )

export const job = (it: Job): string =>
  sections(
    fields([
      ["job", it.id],
      ["workflow", it.workflowId],
      ["status", it.status],
      ["outcome", it.outcome],
      ["progress", percent(it.progress)],
      ["cost", tokens(it.cost)],
      ["estimated", span(it.estimatedDuration)],
      ["took", it.timeTakenText],
      ["created by", it.createdBy],
      ["created", time(it.createdAt)],
      ["updated", time(it.updatedAt)],
      ["finished", time(it.finishedAt)]
    ]),
    tasks(it.tasks),
    faults(it.valErrors)
  )

/** One line for a change of a job that is being followed. */
export const change = (it: Job): string => {
  const done = it.tasks.filter((task) => task.outcome === "succeeded").length
  return plain(
    [
      `job ${it.id}`,
      Option.getOrElse(it.status, () => "status unknown"),
      ...Option.toArray(percent(it.progress)),
      ...(it.tasks.length === 0 ? [] : [`${done}/${it.tasks.length} tasks done`])
    ].join("  ")
  )
}

/** A package without its URL, which would open it to whoever reads the screen or the log. */
export const download = (it: DownloadPackage): string =>
  fields([
    ["download", it.isReady ? "the package is ready" : "the package is not ready"],
    ["status", it.status],
    ["id", it.id]
  ])

export const workflows = (items: ReadonlyArray<WorkflowSummary>): string =>
  list(
    "workflows",
    ["ID", "NAME", "PROJECT", "UPDATED"],
    items.map((workflow) => [workflow.id, workflow.name, workflow.projectId, time(workflow.updatedAt)])
  )

export const workflow = (it: Workflow): string =>
  sections(
    fields([
      ["workflow", it.id],
      ["name", it.name],
      ["description", it.description],
      ["project", it.projectId],
      ["cost", Option.map(tokens(it.estimatedCost), (cost) => `about ${cost} a run`)],
      ["created by", it.createdBy],
      ["created", time(it.createdAt)],
      ["updated", time(it.updatedAt)]
    ]),
    faults(it.valErrors)
  )

export const estimate = (cost: Option.Option<number>): string =>
  Option.match(tokens(cost), {
    onNone: () => "The server gave no estimate that can be read.",
    onSome: (amount) => `About ${amount} a run.`
  })
