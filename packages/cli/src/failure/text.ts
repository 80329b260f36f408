/** Reports as text, or as one JSON object. */
import * as Duration from "effect/Duration"
import * as Predicate from "effect/Predicate"
import type { Form } from "../commands/answer.js"
import { plain } from "../render/plain.js"
import { paint, type Style, unstyled } from "../render/style.js"
import type { Report } from "./report.js"

interface Attempt {
  readonly status?: number
  readonly reason?: string
  readonly requestId?: string
  readonly delay: number
}

/** Finds the attempts of the failed call in the facts. */
const attemptsOf = (facts: unknown): ReadonlyArray<Attempt> => {
  if (!Predicate.isRecord(facts)) return []
  const { attempts, failure } = facts
  return Array.isArray(attempts) ? attempts : attemptsOf(failure)
}

const describeAttempt = ({ delay, reason, requestId, status }: Attempt, at: number) => {
  const after = delay > 0 ? `, ${Duration.format(Duration.seconds(delay))} later` : ""
  const why = reason === undefined ? "" : `, ${plain(reason)}`
  const request = requestId === undefined ? "" : ` (request ${plain(requestId)})`
  return `  attempt ${at + 1}${after}: ${status ?? "no answer"}${why}${request}`
}

/** The report for users: the problem, the attempts with `verbose`, then the next step. */
const toText = ({ facts, message, next }: Report, style: Style, verbose: boolean): string =>
  [
    message.startsWith("pixxel ")
      ? `${paint(style, "red", "pixxel")}${plain(message.slice("pixxel".length))}`
      : `${paint(style, "red", "pixxel:")} ${plain(message)}`,
    ...(verbose ? attemptsOf(facts).map(describeAttempt) : []),
    ...(next === undefined ? [] : [`  ${next}`])
  ].join("\n")

/** The report for programs: one object on one line. */
const toJson = ({ facts, message, next, tag }: Report): string =>
  JSON.stringify({ error: { tag, message, next, ...facts } })

/** The report in the form of the command's results. */
export const inForm = (it: Report, form: Form, style: Style = unstyled, verbose = false): string =>
  form === "text" ? toText(it, style, verbose) : toJson(it)
