/**
 * What a status word means. The words are open: the documentation names a few as examples, other services of the
 * same API write the same thing in other words and cases, and new ones may come. A word is therefore always kept as
 * the server wrote it, and only its outcome is classified.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"

/**
 * Where a job, a task or a download stands. `pending` is everything that is not known to be an end, an unknown or a
 * missing word too: it might be an end that nobody has documented, which is why every wait has a deadline.
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

/** Some services say what the word is about: `TaskFailed`, `JOB_COMPLETED`. */
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
 * The outcome that the status word of a job or a task stands for. Case, spaces and the separators `_`, `-`, `.`, `:` and
 * `/` make no difference, nor does one of the prefixes `Job`, `Task`, `Workflow` and `Download`: `TaskFailed` is
 * `failed`.
 *
 * Source: `running`, `completed` and `failed` are documented; the other words are inferred from the rest of the API, the
 * prefixes from `TaskStarted`, `TaskCompleted` and `TaskFailed` in Pixxel's task runner.
 *
 * @since 0.1.0
 * @category classification
 */
export const outcomeOf = (status: Option.Option<string>): Outcome => {
  const word = normalized(status)
  return good.has(word) ? "succeeded" : bad.has(word) ? "failed" : "pending"
}

/**
 * The outcome that the status word of a download package stands for: here `ready` is a success too (documented).
 *
 * @since 0.1.0
 * @category classification
 */
export const downloadOutcomeOf = (status: Option.Option<string>): Outcome =>
  normalized(status) === "ready" ? "succeeded" : outcomeOf(status)
