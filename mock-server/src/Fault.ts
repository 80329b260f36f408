/**
 * Fault plans in TypeScript: what a file of `faults/` says, with the editor's help. They are plain data, and need
 * neither Effect nor a server.
 *
 * **Example** (a poll that is refused twice, and a create whose answer nobody gets)
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
 * The first rule that applies to a request has its effect; rules that only delay add up.
 *
 * @since 0.1.0
 * @category constructors
 */
export const plan = (...rules: ReadonlyArray<FaultRule>): FaultPlan => ({ rules })

/**
 * What happens to an operation, to several, or to all (`"*"`). Without `when`, to every request.
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
 * This answer; a `body` that is a text is sent as it is, any other as JSON. `retryAfterAs: "date"` is a date on the
 * world's clock.
 *
 * @since 0.1.0
 * @category effects
 */
export const answer = (status: number, rest: Omit<NonNullable<FaultEffect["answer"]>, "status"> = {}): FaultEffect => ({
  answer: { status, ...rest }
})

/**
 * 502, with the page of a gateway instead of JSON.
 *
 * @since 0.1.0
 * @category effects
 */
export const gatewayPage: FaultEffect = answer(502, {
  headers: { "content-type": "text/html" },
  body: "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"
})

/**
 * A bucket of `tokens`, with one more every `per`: 429 with `Retry-After` when there is none.
 *
 * @since 0.1.0
 * @category effects
 */
export const limit = (tokens: number, per: string, retryAfterAs: "seconds" | "date" = "seconds"): FaultEffect => ({
  limit: { tokens, per, retryAfterAs }
})

/**
 * To itself (`"loop"`), or to another URL.
 *
 * @since 0.1.0
 * @category effects
 */
export const redirect = (to: string, status: 301 | 302 | 303 | 307 | 308 = 302): FaultEffect => ({
  redirect: { to, status }
})

/**
 * The request waits: a duration, or a distribution. The answer is right, and late.
 *
 * @since 0.1.0
 * @category effects
 */
export const latency = (latency: Latency): FaultEffect => ({ latency })

/**
 * The connection ends before the request is handled; `hang` is a server that never answers.
 *
 * @since 0.1.0
 * @category effects
 */
export const refuse = (by: End): FaultEffect => ({ cut: { at: "request", by } })

// --- after it was handled ---

/**
 * The request is handled, and its answer lost: a job that was created, and nobody knows.
 *
 * @since 0.1.0
 * @category effects
 */
export const loseAnswer = (by: End): FaultEffect => ({ cut: { at: "answer", by } })

/**
 * The connection ends in the middle of the head.
 *
 * @since 0.1.0
 * @category effects
 */
export const cutHead = (by: End): FaultEffect => ({ cut: { at: "head", by } })

/**
 * The connection ends after so many bytes of the body; 0 is after the head. `hang` is a stall.
 *
 * @since 0.1.0
 * @category effects
 */
export const cutBody = (afterBytes: number, by: End): FaultEffect => ({ cut: { at: afterBytes, by } })

/**
 * The body comes in pieces of `bytes`, one every `every`.
 *
 * @since 0.1.0
 * @category effects
 */
export const drip = (bytes: number, every: string): FaultEffect => ({ drip: { bytes, every } })

/**
 * `empty`; `malformed`, which is no JSON any more; `scrambled`, which has the same length and other bytes.
 *
 * @since 0.1.0
 * @category effects
 */
export const body = (kind: NonNullable<FaultEffect["body"]>): FaultEffect => ({ body: kind })

/**
 * The byte at this place of the body, from 0, is another.
 *
 * @since 0.1.0
 * @category effects
 */
export const flip = (at: number): FaultEffect => ({ flip: at })

/**
 * The first bytes of the body, and a head that says that these are all.
 *
 * @since 0.1.0
 * @category effects
 */
export const truncate = (bytes: number): FaultEffect => ({ truncate: bytes })

/**
 * White space before the body, so that it has so many bytes.
 *
 * @since 0.1.0
 * @category effects
 */
export const oversize = (bytes: number): FaultEffect => ({ oversize: bytes })

/**
 * Another content type than the body's.
 *
 * @since 0.1.0
 * @category effects
 */
export const contentType = (contentType: string): FaultEffect => ({ contentType })

/**
 * The head promises so many bytes more than there are, or less (below 0).
 *
 * @since 0.1.0
 * @category effects
 */
export const contentLengthOff = (bytes: number): FaultEffect => ({ contentLengthOff: bytes })

/**
 * A chunk whose size is no number.
 *
 * @since 0.1.0
 * @category effects
 */
export const badChunk: FaultEffect = { badChunk: true }

/**
 * `content-encoding: gzip` on what is no gzip.
 *
 * @since 0.1.0
 * @category effects
 */
export const corruptGzip: FaultEffect = { corruptGzip: true }

// --- of some operations alone ---

/**
 * For this long after a create, `getJobById`, `downloadJob` and `downloadTask` do not find the job, and `listJobs`
 * does not list it.
 *
 * @since 0.1.0
 * @category effects
 */
export const stale = (duration: string): FaultEffect => ({ stale: duration })

/**
 * The signed URL of `getPackage` has expired.
 *
 * @since 0.1.0
 * @category effects
 */
export const expired: FaultEffect = { expired: true }

/**
 * `getPackage` knows no `Range`.
 *
 * @since 0.1.0
 * @category effects
 */
export const noRange: FaultEffect = { noRange: true }
