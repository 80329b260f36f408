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

const normalized = (word: string) => word.toLowerCase().replace(/[\s_-]+/g, "")

/**
 * The outcome that the status word of a job or a task stands for. Case, `_`, `-` and spaces make no difference.
 *
 * Source: `running`, `completed` and `failed` are documented; the other words are inferred from the rest of the API.
 *
 * @since 0.1.0
 * @category classification
 */
export const outcomeOf = (status: Option.Option<string>): Outcome => {
  const word = normalized(Option.getOrElse(status, () => ""))
  return good.has(word) ? "succeeded" : bad.has(word) ? "failed" : "pending"
}

/**
 * The outcome that the status word of a download package stands for: here `ready` is a success too (documented).
 *
 * @since 0.1.0
 * @category classification
 */
export const downloadOutcomeOf = (status: Option.Option<string>): Outcome =>
  normalized(Option.getOrElse(status, () => "")) === "ready" ? "succeeded" : outcomeOf(status)
