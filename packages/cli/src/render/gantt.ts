/** Gantt charts of jobs: the rows of all charts, and the chart for a terminal. */
import type { Job, Task } from "@effect-pixxel/client"
import * as Option from "effect/Option"
import { cut, padEnd, plain, widthOf } from "./plain.js"
import { begun, ended, jobTook } from "./progress.js"
import { paint, type Style } from "./style.js"
import { colourOf, signOf, span } from "./words.js"

/** A task in a chart. Times are milliseconds since the job began. */
export interface Row {
  readonly name: string
  readonly outcome: Task["outcome"]
  /** None for a waiting task. */
  readonly bar: Option.Option<{ readonly from: number; readonly to: number }>
  /** The indexes of the rows that must end first. */
  readonly after: ReadonlyArray<number>
}

/** Orders the tasks by their start, waiting tasks last. */
export const chart = (job: Job, now: number) => {
  const start = Option.getOrElse(
    Option.map(job.createdAt, (at) => at.epochMillis),
    () => Math.min(now, ...job.tasks.flatMap((task) => Option.toArray(begun(task))))
  )
  const timed = job.tasks.map((task) => ({
    task,
    bar: Option.map(begun(task), (from) => ({
      from: Math.max(0, from - start),
      to: Math.max(0, from - start, Option.getOrElse(ended(task), () => now) - start)
    }))
  }))
  const first = ({ bar }: (typeof timed)[number]) =>
    Option.match(bar, { onNone: () => Number.POSITIVE_INFINITY, onSome: ({ from }) => from })
  // equal tasks keep the server's order; infinity minus infinity would give no order to waiting tasks
  const ordered = [...timed].sort((a, b) => (first(a) === first(b) ? 0 : first(a) - first(b)))
  const nameOf = (task: Task) => Option.getOrElse(task.name, () => task.id)
  return {
    rows: ordered.map(
      ({ bar, task }): Row => ({
        name: plain(nameOf(task)),
        outcome: task.outcome,
        bar,
        after: task.dependsOn.flatMap((name) => {
          const at = ordered.findIndex(({ task: other }) => nameOf(other) === name)
          return at === -1 ? [] : [at]
        })
      })
    ),
    /** Milliseconds from the start of the job to its end, or to now; at least 1. */
    length: Math.max(
      1,
      Option.getOrElse(jobTook(job, now), () => 0),
      ...timed.flatMap(({ bar }) => Option.toArray(Option.map(bar, ({ to }) => to)))
    )
  }
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400].map(
  (seconds) => seconds * 1_000
)

/** The ticks of a chart's scale, in milliseconds: round values, at most `most`. */
export const ticks = (length: number, most: number): ReadonlyArray<number> => {
  const step = steps.find((one) => length / one <= most) ?? Math.ceil(length / most / 86_400_000) * 86_400_000
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, at) => at * step)
}

const scale = (length: number, width: number) => {
  let line = ""
  for (const tick of ticks(length, Math.max(1, Math.floor(width / 10)))) {
    const text = tick === 0 ? "0" : span(tick).replace(/ 00[smh]$/, "")
    const at = Math.round((tick / length) * (width - 1))
    if (at >= line.length && at + text.length <= width) line = `${line.padEnd(at)}${text} `
  }
  return line.trimEnd()
}

/**
 * Draws one row per task: number, name, time bar, and the numbers of its dependencies. The chart is as wide as the
 * terminal, or 100 columns.
 */
export const gantt = (job: Job, now: number, style: Style): string => {
  const { length, rows } = chart(job, now)
  if (rows.length === 0) return "No tasks."
  const width = Number.isFinite(style.width) ? style.width : 100
  const digits = String(rows.length).length
  const names = Math.min(Math.max(8, Math.floor(width / 3)), Math.max(...rows.map(({ name }) => widthOf(name))))
  const notes = rows.map(({ after }) => (after.length === 0 ? "" : `after ${after.map((at) => at + 1).join(", ")}`))
  // many dependencies are truncated
  const note = Math.min(Math.max(...notes.map(widthOf)), Math.floor(width / 5))
  const left = digits + 1 + names + 3
  const room = Math.max(1, width - left - (note === 0 ? 0 : note + 2))
  const line = (row: Row, at: number) => {
    const drawn = Option.match(row.bar, {
      onNone: () => " ".repeat(room),
      onSome: ({ from, to }) => {
        const begin = Math.min(room - 1, Math.floor((from / length) * room))
        const end = Math.max(begin + 1, Math.min(room, Math.round((to / length) * room)))
        return " ".repeat(begin) + paint(style, colourOf(row.outcome), "█".repeat(end - begin)) + " ".repeat(room - end)
      }
    })
    const hasBegun = Option.isSome(row.bar)
    const sign = paint(style, colourOf(row.outcome, hasBegun), signOf(row.outcome, hasBegun))
    return [
      String(at + 1).padStart(digits),
      " ",
      padEnd(cut(row.name, names), names),
      ` ${sign} `,
      drawn,
      note === 0 ? "" : `  ${paint(style, "dim", cut(notes[at] ?? "", note))}`
    ]
      .join("")
      .trimEnd()
  }
  return [`${" ".repeat(left)}${scale(length, room)}`, ...rows.map(line)].join("\n")
}
