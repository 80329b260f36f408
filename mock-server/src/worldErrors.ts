/** Failures of a test's world. */
import type * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import type { Violation } from "./core/Conduct.js"
import type { Expectation, Verdict } from "./core/Verify.js"
import type { WorldBusyError } from "./core/World.js"

/** The class of an error. Declared here: `Data.TaggedError` has a type that not all versions of Effect declare. */
type ErrorClass<Tag extends string, Facts> = new (facts: Facts) => Cause.YieldableError & Facts & { readonly _tag: Tag }

interface VerificationFacts extends Pick<Verdict, "found" | "nearest" | "message"> {
  readonly expected: Expectation
}
const VerificationError: ErrorClass<"VerificationFailed", VerificationFacts> = Data.TaggedError(
  "VerificationFailed"
)<VerificationFacts>

/**
 * The world did not get the expected requests. The message has the ones found.
 *
 * @since 0.1.0
 * @category errors
 */
export class VerificationFailed extends VerificationError {}

type BusyFacts = Pick<WorldBusyError, "requests" | "sleepers" | "message">
const BusyError: ErrorClass<"WorldBusy", BusyFacts> = Data.TaggedError("WorldBusy")<BusyFacts>

/**
 * The time cannot be set back now: requests are open, or a fiber waits on the world's clock, in a sleep or under
 * `Effect.timeout`.
 *
 * @since 0.1.0
 * @category errors
 */
export class WorldBusy extends BusyError {}

/**
 * A program succeeded with leftovers: a fault that never took effect, a story that no job followed, or a request that
 * matched no operation. So the test did not test its intention. The world's scope dies of this error.
 *
 * @since 0.1.0
 * @category errors
 */
export class LeftOver extends Error {
  override readonly name = "LeftOver"
  constructor(leftovers: ReadonlyArray<string>) {
    super(
      `the program succeeded, and this was left over: ${leftovers.join("; ")}. ` +
        "Is a fault not needed, say `optional: true`; is none of it, `leftovers: false`"
    )
  }
}

/**
 * A program succeeded, but broke rules of conduct. The world's scope dies of this error.
 *
 * @since 0.1.0
 * @category errors
 */
export class ConductBroken extends Error {
  override readonly name = "ConductBroken"
  readonly violations: ReadonlyArray<Violation>
  constructor(violations: ReadonlyArray<Violation>) {
    const [first] = violations
    super(
      ["the program succeeded, and broke rules of conduct:"]
        .concat(violations.map(({ message, rule }) => `- ${rule}: ${message}`))
        .concat(`Is one meant, say \`conduct: { ${first?.rule}: false }\``)
        .join("\n")
    )
    this.violations = violations
  }
}
