/** The states of a thing that a command waits for. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Output } from "../Output.js"
import { type Changing, stateChange } from "../render/results.js"
import type { Answer, Common } from "./answer.js"

/** The options that decide where changes are shown. */
export interface Reported extends Common {
  /** Whether the changes are the result of the command, rather than progress. */
  readonly changesAreResults?: boolean
}

/** Reports each change of a thing: an event with `--jsonl`, otherwise a line. */
export const reporting =
  <A extends Changing, I>(thing: string, model: Schema.Schema<A, I>) =>
  ({ changesAreResults, form, quiet }: Reported, output: Output.Service) =>
  (it: A): Effect.Effect<void> => {
    if (form === "jsonl") {
      return output.change(JSON.stringify({ event: "changed", [thing]: Schema.encodeSync(model)(it) }))
    }
    if (form === "json") return Effect.void
    if (changesAreResults) return output.change(stateChange(it))
    return quiet ? Effect.void : output.note(stateChange(it))
  }

/** Shows a thing at its end, as an event with `--jsonl`. */
export const ended =
  <A, I>(thing: string, model: Schema.Schema<A, I>, one: (it: A) => Answer) =>
  (it: A): Answer => ({ ...one(it), lines: () => [{ event: "ended", [thing]: Schema.encodeSync(model)(it) }] })
