/** The states of a thing that a command waits for. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Output } from "../Output.js"
import { type Changing, stateChange } from "../render/results.js"
import type { Answer, Common } from "./answer.js"

/** Reports each change of a thing: an event with `--jsonl`, otherwise a line on stderr. */
export const reporting =
  <A extends Changing, I>(thing: string, model: Schema.Schema<A, I>) =>
  ({ form, quiet }: Common) =>
    Effect.map(Output, (output) => (it: A) => {
      if (form === "jsonl") {
        return output.change(JSON.stringify({ event: "changed", [thing]: Schema.encodeSync(model)(it) }))
      }
      return form === "json" || quiet ? Effect.void : output.note(stateChange(it))
    })

/** Shows a thing at its end, as an event with `--jsonl`. */
export const ended =
  <A, I>(thing: string, model: Schema.Schema<A, I>, one: (it: A) => Answer) =>
  (it: A): Answer => ({ ...one(it), lines: () => [{ event: "ended", [thing]: Schema.encodeSync(model)(it) }] })
