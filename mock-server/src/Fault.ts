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
import type { FaultEffect, FaultPlan, FaultRule } from "./core/faults/Plan.js"

export { answer, gatewayPage } from "./core/faults/kinds/answer.js"
export { badChunk } from "./core/faults/kinds/badChunk.js"
export { body } from "./core/faults/kinds/body.js"
export { contentLengthOff } from "./core/faults/kinds/contentLengthOff.js"
export { contentType } from "./core/faults/kinds/contentType.js"
export { corruptGzip } from "./core/faults/kinds/corruptGzip.js"
export { cutBody, cutHead, loseAnswer, refuse } from "./core/faults/kinds/cut.js"
export { drip } from "./core/faults/kinds/drip.js"
export { expired } from "./core/faults/kinds/expired.js"
export { flip } from "./core/faults/kinds/flip.js"
export { latency } from "./core/faults/kinds/latency.js"
export { limit } from "./core/faults/kinds/limit.js"
export { noRange } from "./core/faults/kinds/noRange.js"
export { oversize } from "./core/faults/kinds/oversize.js"
export { redirect } from "./core/faults/kinds/redirect.js"
export { stale } from "./core/faults/kinds/stale.js"
export { truncate } from "./core/faults/kinds/truncate.js"

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
