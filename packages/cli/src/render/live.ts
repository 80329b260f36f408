/**
 * A running job as redrawn in place: a summary line, and one line per task with its bar, state, block and time. Columns
 * that do not fit are dropped: first the block, then the state. Of many tasks, the running and failed ones stay, and
 * the last line counts the others. No line exceeds the width of the terminal, and the lines never exceed its height.
 */
import type { Job, Task } from "@effect-pixxel/client"
import * as Option from "effect/Option"
import { bar } from "./bar.js"
import { cut, padEnd, padStart, plain, widthOf } from "./plain.js"
import { hasBegun, jobTook, left, taskTook } from "./progress.js"
import { paint, type Style } from "./style.js"
import { colourOf, percent, signOf, span } from "./words.js"

export interface View extends Style {
  /** The height in lines. */
  readonly height: number
  /** Milliseconds since 1970. */
  readonly now: number
}

const nameOf = (task: Task) => plain(Option.getOrElse(task.name, () => task.id))

const blockOf = (task: Task) =>
  plain(
    Option.match(task.blockInfo, {
      onNone: () => "",
      onSome: ({ id, name, version }) =>
        [...Option.toArray(Option.orElse(name, () => id)), ...Option.toArray(version)].join(" ")
    })
  )

const painted = (style: Style, share: number, width: number, task: Pick<Task, "outcome">, begun: boolean) => {
  const [filled, rest] = bar(share, width)
  return paint(style, colourOf(task.outcome, begun), filled) + paint(style, "dim", rest)
}

const shareOf = (task: { readonly progress: Option.Option<number>; readonly outcome: Job["outcome"] }) =>
  task.outcome === "succeeded" ? 100 : Option.getOrElse(task.progress, () => 0)

/** The widths of the task columns; 0 for a dropped column. */
const layout = (tasks: ReadonlyArray<Task>, width: number) => {
  const widest = (texts: ReadonlyArray<string>, most: number) => Math.min(most, Math.max(0, ...texts.map(widthOf)))
  // sign and gap, share, time: "✔ " + name + " 100 %" + "  12m 34s"
  const fixed = 2 + 1 + 5 + 2 + 7
  const name = widest(tasks.map(nameOf), Math.max(1, Math.min(Math.max(8, Math.floor(width / 3)), width - fixed)))
  const state = widest(
    tasks.map((task) => plain(Option.getOrElse(task.status, () => ""))),
    12
  )
  const block = widest(tasks.map(blockOf), 28)
  const room = width - fixed - name
  const withState = room - (state + 2)
  const withBlock = withState - (block + 2)
  const shortest = 8
  const longest = 20
  if (withBlock >= shortest + 1) return { name, state, block, bar: Math.min(longest, withBlock - 1) }
  if (withState >= shortest + 1) return { name, state, block: 0, bar: Math.min(longest, withState - 1) }
  return { name, state: 0, block: 0, bar: Math.max(0, Math.min(longest, room - 1)) }
}

const taskLine = (task: Task, columns: ReturnType<typeof layout>, view: View) => {
  const begun = hasBegun(task)
  const colour = colourOf(task.outcome, begun)
  const column = (text: string, width: number) => (width === 0 ? "" : `  ${padEnd(cut(text, width), width)}`)
  return [
    paint(view, colour, signOf(task.outcome, begun)),
    " ",
    padEnd(cut(nameOf(task), columns.name), columns.name),
    columns.bar === 0 ? "" : ` ${painted(view, shareOf(task), columns.bar, task, begun)}`,
    " ",
    padStart(percent(Option.some(shareOf(task))).pipe(Option.getOrElse(() => "")), 5),
    paint(view, colour, column(plain(Option.getOrElse(task.status, () => "-")), columns.state)),
    paint(view, "dim", column(blockOf(task), columns.block)),
    "  ",
    padStart(
      Option.getOrElse(Option.map(taskTook(task, view.now), span), () => "-"),
      7
    )
  ].join("")
}

/** The tasks to show if not all fit, in their order. */
const chosen = (tasks: ReadonlyArray<Task>, room: number): ReadonlyArray<Task> => {
  const rank = (task: Task) =>
    task.outcome === "failed" ? 0 : task.outcome === "pending" ? (hasBegun(task) ? 1 : 2) : 3
  const first = [...tasks].sort((a, b) => rank(a) - rank(b)).slice(0, room)
  return tasks.filter((task) => first.includes(task))
}

const others = (tasks: ReadonlyArray<Task>) => {
  const states = { failed: 0, running: 0, done: 0, waiting: 0 }
  const words = { failed: "failed", succeeded: "done" } as const
  for (const task of tasks)
    states[task.outcome === "pending" ? (hasBegun(task) ? "running" : "waiting") : words[task.outcome]]++
  return Object.entries(states)
    .flatMap(([word, count]) => (count === 0 ? [] : [`${count} ${word}`]))
    .join(", ")
}

/** The summary of the job. Drops the expected end if it does not fit, then truncates the id. */
const headLine = (job: Job, view: View) => {
  const status = plain(Option.getOrElse(job.status, () => "status unknown"))
  const id = plain(job.id)
  const after = [
    "",
    ...Option.toArray(percent(job.progress)),
    ...Option.toArray(Option.map(jobTook(job, view.now), span))
  ]
  const expected = Option.toArray(Option.map(left(job, view.now), (millis) => `about ${span(millis)} left`))
  const room = (texts: ReadonlyArray<string>) =>
    view.width - widthOf(["job ", "", status, ...texts.slice(1)].join("  "))
  const shown = room([...after, ...expected]) >= widthOf(id) ? [...after, ...expected] : after
  const line = `job ${cut(id, Math.max(8, room(shown) + 2))}  `
  const word = cut(status, Math.max(0, view.width - widthOf(line)))
  const rest = cut(shown.join("  "), Math.max(0, view.width - widthOf(line + word)))
  return cut(line, view.width) + paint(view, colourOf(job.outcome), word) + rest
}

/** The lines of a job at a given time. */
export const live = (job: Job, view: View): ReadonlyArray<string> => {
  const head = [headLine(job, view), painted(view, shareOf(job), Math.min(60, view.width), job, true)]
  const room = Math.max(1, view.height - head.length)
  const isWhole = job.tasks.length <= room
  const tasks = isWhole ? job.tasks : chosen(job.tasks, room - 1)
  const rest = job.tasks.filter((task) => !tasks.includes(task))
  const columns = layout(tasks, view.width)
  return [
    ...head,
    ...tasks.map((task) => taskLine(task, columns, view)),
    ...(rest.length === 0 ? [] : [cut(`  … and ${rest.length} more: ${others(rest)}`, view.width)])
  ]
}
