/** The description of a resource whose create costs money, for the safe create. */
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { CreateIntent } from "../CreateIntent.js"
import type { HttpError } from "../HttpError.js"
import type { Dated } from "./call.js"
import type { PrepareError, SendError } from "./createErrors.js"
import type { Tagged } from "./tagged.js"
import type { Listed } from "./wire.js"

/** An item as a list shows it: its key, the evidence of its time and creator, and what an error tells about it. */
export interface Entry {
  readonly id: string
  readonly createdAt: Option.Option<DateTime.Utc>
  readonly createdBy: Option.Option<string>
  readonly status: Option.Option<string>
}

/** The words of messages, for "a job of workflow wf-1 for a project". */
export interface Words<Target> {
  readonly noun: string
  readonly nouns: string
  /** The noun for the difference between targets of one list. */
  readonly payer: string
  /** The place of the list, such as "workflow wf-1". */
  readonly place: (target: Target) => string
}

export interface Options<Result> {
  readonly adopt?: "whenUnique" | "marked" | "never" | undefined
  readonly grace?: Duration.DurationInput | undefined
  readonly maxCost?: number | undefined
  readonly onOrphan?: ((made: Result) => Effect.Effect<void>) | undefined
}

/** An error of one resource alone. After one of a create or of an estimate, nothing is searched for. */
export interface OwnError {
  readonly _tag: string
}

export interface Creatable<
  Input,
  Target extends Tagged,
  Item extends Entry,
  Result extends Entry,
  Own extends OwnError = never
> {
  readonly words: Words<Target>
  /** The request, as errors name it. */
  readonly call: { readonly operation: string; readonly method: string; readonly route: string }
  readonly isTarget: (target: Tagged) => target is Target
  readonly targetOf: (input: Input) => Target
  /** The key of the list that shows the items of this target. The creates of one list are searched for together. */
  readonly groupOf: (target: Target) => string
  /** Sends the request once. With a `mark`, the request carries the mark of the record. */
  readonly send: (
    input: Input,
    intent: CreateIntent,
    onError: (error: HttpError) => SendError<Target>
  ) => Effect.Effect<Result, SendError<Target> | Own>
  readonly list: (target: Target) => Effect.Effect<Dated<Listed<Item>>, HttpError>
  /**
   * The mark of a listed item; absent if requests have room for no mark. With a mark the look-up is exact: no list
   * precedes the create, and neither times nor other writers matter.
   */
  readonly mark?: (item: Item) => Option.Option<string>
  /** Whether an item without a mark may be the one of a create, for an error. */
  readonly resembles?: (item: Item, target: Target) => boolean
  /** The result of a create whose answer was lost. It must not fail: the item exists. */
  readonly adopt: (item: Item) => Effect.Effect<Result>
  /** The estimated cost in tokens, for `maxCost`; none if the answer has no readable cost. */
  readonly estimate: (
    input: Input,
    onError: (error: HttpError) => PrepareError<Target>
  ) => Effect.Effect<Option.Option<number>, PrepareError<Target> | Own>
}
