/**
 * Classifies status words. The set of words is open: the documentation names a few as examples, other services of the
 * same API use other words and cases, and new words may appear. So models keep the server's word unchanged, and only
 * classify its outcome.
 *
 * @since 0.1.0
 */
import type * as Option from "effect/Option"

/**
 * The state of a job, a task or a download. Unknown and missing words are `pending`: they might be undocumented ends,
 * so every wait has a deadline.
 *
 * @since 0.1.0
 * @category models
 */
export type Outcome = "pending" | "succeeded" | "failed"

/**
 * The own words of a resource, beside the general ones, in any spelling that `outcomeOf` accepts.
 *
 * @since 0.1.0
 * @category models
 */
export interface Words {
  readonly succeeded?: ReadonlyArray<string>
  /** Words of a success that left something out. */
  readonly partial?: ReadonlyArray<string>
  readonly failed?: ReadonlyArray<string>
  /** Kinds that some services put before the word, such as `job` in `JOB_COMPLETED`. */
  readonly prefixes?: ReadonlyArray<string>
}

/**
 * The status words of a resource.
 *
 * @since 0.1.0
 * @category models
 */
export interface Vocabulary {
  readonly outcomeOf: (status: Option.Option<string>) => Outcome
  /** Whether the word is a success that left something out. */
  readonly isPartial: (status: Option.Option<string>) => boolean
  /** Whether the word is an end, as `Waiter.until` asks. */
  readonly isOver: (answer: { readonly status: Option.Option<string> }) => boolean
}

const good = ["completed", "complete", "success", "succeeded", "successful", "done"]
const bad = ["failed", "failure", "error", "errored", "cancelled", "canceled", "rejected", "terminated", "expired"]

const normalized = (word: string) => word.toLowerCase().replace(/[\s_.:/-]+/g, "")

const setOf = (words: ReadonlyArray<string>) => new Set(words.map(normalized))

/**
 * Makes the vocabulary of a resource: the general words of the API, and its own.
 *
 * @example
 * import { Status } from "@effect-pixxel/client"
 * import * as Option from "effect/Option"
 *
 * const orders = Status.words({ succeeded: ["fulfilled"], partial: ["partially_fulfilled"] })
 *
 * orders.outcomeOf(Option.some("PARTIALLY_FULFILLED")) // "succeeded"
 * orders.isPartial(Option.some("PARTIALLY_FULFILLED")) // true
 *
 * @since 0.1.0
 * @category constructors
 */
export const words = ({ failed = [], partial = [], prefixes = [], succeeded = [] }: Words): Vocabulary => {
  const partials = setOf(partial)
  const successes = setOf([...good, ...succeeded, ...partial])
  const failures = setOf([...bad, ...failed])
  const prefix = prefixes.length === 0 ? undefined : new RegExp(`^(?:${prefixes.join("|")})(?=.)`)
  const wordOf = (status: Option.Option<string>) => {
    if (status._tag === "None") return ""
    const word = normalized(status.value)
    return prefix === undefined ? word : word.replace(prefix, "")
  }
  const outcomeOf = (status: Option.Option<string>): Outcome => {
    const word = wordOf(status)
    return successes.has(word) ? "succeeded" : failures.has(word) ? "failed" : "pending"
  }
  return {
    outcomeOf,
    isPartial: (status) => partials.has(wordOf(status)),
    isOver: ({ status }) => outcomeOf(status) !== "pending"
  }
}

const prefixes = ["job", "task", "workflow", "download"]

/**
 * Classifies the status word of a job or a task. Ignores case, spaces, the separators `_`, `-`, `.`, `:` and `/`, and
 * one of the prefixes `Job`, `Task`, `Workflow` and `Download`: `TaskFailed` is `failed`.
 *
 * Source: `running`, `completed` and `failed` are documented; the other words are inferred from the rest of the API,
 * the prefixes from `TaskStarted`, `TaskCompleted` and `TaskFailed` in Pixxel's task runner.
 *
 * @example
 * import { Status } from "@effect-pixxel/client"
 * import * as Option from "effect/Option"
 *
 * Status.outcomeOf(Option.some("JOB_COMPLETED")) // "succeeded"
 *
 * @since 0.1.0
 * @category classification
 */
export const outcomeOf: (status: Option.Option<string>) => Outcome = words({ prefixes }).outcomeOf

/**
 * Classifies the status word of a download package, for which `ready` is a success too (documented).
 *
 * @since 0.1.0
 * @category classification
 */
export const downloadOutcomeOf: (status: Option.Option<string>) => Outcome = words({
  prefixes,
  succeeded: ["ready"]
}).outcomeOf
