/**
 * Interprets the status words of a story. Fixtures may use any word. `running`, `completed` and `failed` are
 * documented; the others appear elsewhere in the API, in several cases and spellings, or are inferred.
 */

export type Outcome = "pending" | "succeeded" | "failed"

const succeeded: ReadonlySet<string> = new Set(["completed", "complete", "success", "succeeded", "successful", "done"])
const failed: ReadonlySet<string> = new Set([
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

/** Returns the outcome of a status; an unknown word is `pending`. */
export const outcomeOf = (status: string): Outcome => {
  const word = status.toLowerCase().replaceAll(/[\s_-]/g, "")
  return succeeded.has(word) ? "succeeded" : failed.has(word) ? "failed" : "pending"
}
