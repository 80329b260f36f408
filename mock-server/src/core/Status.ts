/**
 * What the status words of a story mean. Fixtures may use any word; this is how the mock itself understands them.
 * Documented are `running`, `completed` and `failed`; the others are seen elsewhere in the API, in several cases and
 * spellings, or are inferred.
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

/** A word that is not known may be anything, so it is no end. */
export const outcomeOf = (status: string): Outcome => {
  const word = status.toLowerCase().replaceAll(/[\s_-]/g, "")
  return succeeded.has(word) ? "succeeded" : failed.has(word) ? "failed" : "pending"
}
