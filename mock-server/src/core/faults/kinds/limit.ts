/** Limits the rate of requests. */
import { parseDuration, spanProblems } from "../../Duration.js"
import { printValue, problem } from "../../Problem.js"
import { duration, field, object, ordinal } from "../../Shape.js"
import type { FaultEffect } from "../Plan.js"
import { asDate, faultKind, retryAfter, retryAfterAs } from "./parts.js"

export const bucket = object(
  {
    tokens: field(ordinal, "Size of the bucket, which is full at first. Each request takes one token.", [5]),
    per: field(duration, "Time in which the bucket gets one more token; more than 0s.", ["2s"]),
    retryAfterAs
  },
  { description: "A rate limit. All requests that the rule applies to share one bucket." }
)

const description =
  "A rate limit: a request that finds the bucket empty is answered 429 with `Retry-After`, and is not handled."

export const kind = faultKind(bucket, description, [{ tokens: 5, per: "2s" }], {
  draw: { fields: { tokens: { whole: [1, 10] }, per: "time", retryAfterAs: asDate }, needs: ["tokens", "per"] },
  problems: ({ per }, path) => [
    ...spanProblems([...path, "per"], per),
    ...(parseDuration(per) === 0 ? [problem([...path, "per"], printValue(per), "more than 0s")] : [])
  ],
  before: ({ retryAfterAs }, { now, wait }) => ({
    status: 429,
    headers: { "retry-after": retryAfter(now, wait, retryAfterAs) },
    body: { error: { code: "rate_limited", message: "Too many requests." } }
  })
})

/**
 * Limits the rate by a bucket of `tokens`, refilled by one every `per`: 429 with `Retry-After` when it is empty.
 *
 * @since 0.1.0
 * @category effects
 */
export const limit = (tokens: number, per: string, retryAfterAs: "seconds" | "date" = "seconds"): FaultEffect => ({
  limit: { tokens, per, retryAfterAs }
})
