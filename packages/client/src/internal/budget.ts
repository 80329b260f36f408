/**
 * The retry budget: tokens that all calls of a client share. A retry takes some, a success brings some back, and
 * without tokens nothing is repeated. So an outage is not answered with a multiple of the usual requests: once the
 * bucket is empty, retries are a small share of what succeeds.
 *
 * The figures are those of the AWS SDKs, which have been tried on more outages than ours: 500 tokens are 35 retries
 * that follow each other without a success, enough for a moment in which a whole batch loses its connections; in a
 * lasting outage one retry is then earned by fourteen successes, 7 % more requests and not five times as many.
 */
import type { HttpError } from "../PixxelError.js"

export const defaultCapacity = 500

const retryCost = 14

/** A server that says 429 is well, and says when to come back: asking again burdens it less than after a failure. */
const throttledCost = 5

/** What a call that succeeded at once earns. */
const firstTryRefund = 1

export interface RetryBudget {
  /** Takes the tokens for a repeat after this error, and says how many: none if there are not enough. */
  readonly take: (error: HttpError) => number
  /** After a success: returns what its last retry took, or the little that a success at once earns. */
  readonly refund: (taken: number) => void
}

export const make = (capacity: number): RetryBudget => {
  let tokens = capacity
  return {
    take: (error) => {
      const cost = error._tag === "RateLimited" ? throttledCost : retryCost
      if (tokens < cost) return 0
      tokens -= cost
      return cost
    },
    refund: (taken) => {
      tokens = Math.min(capacity, tokens + (taken === 0 ? firstTryRefund : taken))
    }
  }
}
