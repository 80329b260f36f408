/**
 * Classifies status words. The set of words is open: the documentation names a few as examples, other services of the
 * same API use other words and cases, and new words may appear. So models keep the server's word unchanged, and only
 * classify its outcome.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"

/**
 * The state of a job, a task or a download. Unknown and missing words are `pending`: they might be undocumented ends,
 * so every wait has a deadline.
 *
 * @since 0.1.0
 * @category models
 */
export type Outcome = "pending" | "succeeded" | "failed"

const good = new Set(["completed", "complete", "success", "succeeded", "successful", "done"])
const bad = new Set([
  "failed",
  "failure",
  "error",
  "errored",
  "cancelled",
  "canceled",
  "rejected",
  "terminated",
  "expired"
])

/** Some services prefix the word with its subject: `TaskFailed`, `JOB_COMPLETED`. */
const prefix = /^(?:job|task|workflow|download)(?=.)/

const normalized = (status: Option.Option<string>) =>
  Option.match(status, {
    onNone: () => "",
    onSome: (word) =>
      word
        .toLowerCase()
        .replace(/[\s_.:/-]+/g, "")
        .replace(prefix, "")
  })

/**
 * Classifies the status word of a job or a task. Ignores case, spaces, the separators `_`, `-`, `.`, `:` and `/`, and
 * one of the prefixes `Job`, `Task`, `Workflow` and `Download`: `TaskFailed` is `failed`.
 *
 * Source: `running`, `completed` and `failed` are documented; the other words are inferred from the rest of the API,
 * the prefixes from `TaskStarted`, `TaskCompleted` and `TaskFailed` in Pixxel's task runner.
 *
 * @example
 * import { Status } from "@effect-pixxel/client"
 * import * as Option from "effect/Option"
 *
 * Status.outcomeOf(Option.some("JOB_COMPLETED")) // "succeeded"
 *
 * @since 0.1.0
 * @category classification
 */
export const outcomeOf = (status: Option.Option<string>): Outcome => {
  const word = normalized(status)
  return good.has(word) ? "succeeded" : bad.has(word) ? "failed" : "pending"
}

/**
 * Classifies the status word of a download package, for which `ready` is a success too (documented).
 *
 * @since 0.1.0
 * @category classification
 */
export const downloadOutcomeOf = (status: Option.Option<string>): Outcome =>
  normalized(status) === "ready" ? "succeeded" : outcomeOf(status)
