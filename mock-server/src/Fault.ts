/**
 * Builds fault plans in TypeScript: the contents of a file of `faults/`, with the editor's help. Plans are plain data,
 * and need neither Effect nor a server.
 *
 * **Example** (a poll that is refused twice, and a create whose answer is lost)
 *
 * ```ts
 * yield* mock.faults.use(
 *   Fault.plan(
 *     Fault.on("getJobById", Fault.answer(503, { retryAfter: "7s" }), { attempts: [2, 3] }),
 *     Fault.on("createJob", Fault.loseAnswer("reset"))
 *   )
 * )
 * ```
 *
 * Durations are texts: `"500ms"`, `"20s"`, `"1m30s"`, `"1h"`, on the world's clock.
 *
 * @since 0.1.0
 */
import type { FaultEffect, FaultPlan, FaultRule, Latency } from "./core/faults/Plan.js"

type End = NonNullable<FaultEffect["cut"]>["by"]

// --- plans ---

/**
 * Makes a plan. The first rule that applies to a request takes effect; delays of rules with only a latency add up.
 *
 * @since 0.1.0
 * @category constructors
 */
export const plan = (...rules: ReadonlyArray<FaultRule>): FaultPlan => ({ rules })

/**
 * Makes a rule for one operation, several, or all (`"*"`). Without `when`, it applies to every request.
 *
 * @since 0.1.0
 * @category constructors
 */
export const on = (
  operation: FaultRule["on"],
  effect: FaultEffect,
  when: Omit<FaultRule, "on" | "do"> = {}
): FaultRule => ({
  on: operation,
  ...when,
  do: effect
})

// --- before the request is handled ---

/**
 * Sends this answer. A text in `body` is sent unchanged, any other value as JSON. `retryAfterAs: "date"` is a date on
 * the world's clock.
 *
 * @since 0.1.0
 * @category effects
 */
export const answer = (status: number, rest: Omit<NonNullable<FaultEffect["answer"]>, "status"> = {}): FaultEffect => ({
  answer: { status, ...rest }
})

/**
 * Sends a 502 with the page of a gateway instead of JSON.
 *
 * @since 0.1.0
 * @category effects
 */
export const gatewayPage: FaultEffect = answer(502, {
  headers: { "content-type": "text/html" },
  body: "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"
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

/**
 * Redirects to the same URL (`"loop"`), or to another one.
 *
 * @since 0.1.0
 * @category effects
 */
export const redirect = (to: string, status: 301 | 302 | 303 | 307 | 308 = 302): FaultEffect => ({
  redirect: { to, status }
})

/**
 * Delays the request by a duration, or a time of a distribution. The answer is correct, but late.
 *
 * @since 0.1.0
 * @category effects
 */
export const latency = (latency: Latency): FaultEffect => ({ latency })

/**
 * Ends the connection before the request is handled; `hang` is a server that never answers.
 *
 * @since 0.1.0
 * @category effects
 */
export const refuse = (by: End): FaultEffect => ({ cut: { at: "request", by } })

// --- after it was handled ---

/**
 * Handles the request and loses its answer: a job is created without the client's knowledge.
 *
 * @since 0.1.0
 * @category effects
 */
export const loseAnswer = (by: End): FaultEffect => ({ cut: { at: "answer", by } })

/**
 * Ends the connection in the middle of the head.
 *
 * @since 0.1.0
 * @category effects
 */
export const cutHead = (by: End): FaultEffect => ({ cut: { at: "head", by } })

/**
 * Ends the connection after this many bytes of the body; 0 is after the head. `hang` is a stall.
 *
 * @since 0.1.0
 * @category effects
 */
export const cutBody = (afterBytes: number, by: End): FaultEffect => ({ cut: { at: afterBytes, by } })

/**
 * Sends the body in chunks of `bytes`, one every `every`.
 *
 * @since 0.1.0
 * @category effects
 */
export const drip = (bytes: number, every: string): FaultEffect => ({ drip: { bytes, every } })

/**
 * Replaces the body. `empty`: none. `malformed`: invalid JSON. `scrambled`: the same length, different bytes.
 *
 * @since 0.1.0
 * @category effects
 */
export const body = (kind: NonNullable<FaultEffect["body"]>): FaultEffect => ({ body: kind })

/**
 * Changes the byte at this offset of the body, from 0.
 *
 * @since 0.1.0
 * @category effects
 */
export const flip = (at: number): FaultEffect => ({ flip: at })

/**
 * Sends only the first bytes of the body, as a complete answer.
 *
 * @since 0.1.0
 * @category effects
 */
export const truncate = (bytes: number): FaultEffect => ({ truncate: bytes })

/**
 * Pads the body with leading white space to this many bytes.
 *
 * @since 0.1.0
 * @category effects
 */
export const oversize = (bytes: number): FaultEffect => ({ oversize: bytes })

/**
 * Replaces the content type; the body stays.
 *
 * @since 0.1.0
 * @category effects
 */
export const contentType = (contentType: string): FaultEffect => ({ contentType })

/**
 * Adds this many bytes to `Content-Length`; subtracts when negative.
 *
 * @since 0.1.0
 * @category effects
 */
export const contentLengthOff = (bytes: number): FaultEffect => ({ contentLengthOff: bytes })

/**
 * Sends a chunk whose size is not a number.
 *
 * @since 0.1.0
 * @category effects
 */
export const badChunk: FaultEffect = { badChunk: true }

/**
 * Sends `content-encoding: gzip` with a body that is not gzip.
 *
 * @since 0.1.0
 * @category effects
 */
export const corruptGzip: FaultEffect = { corruptGzip: true }

// --- of some operations alone ---

/**
 * Hides a job from `getJobById`, `downloadJob`, `downloadTask` and `listJobs` for this long after its creation.
 *
 * @since 0.1.0
 * @category effects
 */
export const stale = (duration: string): FaultEffect => ({ stale: duration })

/**
 * Treats the signed URL of `getPackage` as expired.
 *
 * @since 0.1.0
 * @category effects
 */
export const expired: FaultEffect = { expired: true }

/**
 * Makes `getPackage` ignore `Range`.
 *
 * @since 0.1.0
 * @category effects
 */
export const noRange: FaultEffect = { noRange: true }
