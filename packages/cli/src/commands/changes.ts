/** The states of a thing that a command waits for. */
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import { type Report, toJson, toText } from "../Failure.js"
import { type Origin, origin } from "../Invocation.js"
import { Output } from "../Output.js"
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

/**
 * Runs a call with a recorder of the thing that it is about. When stopped, reports the thing that continues, and the
 * command that follows it again. Without a reader no report is needed, except for a thing that costs money.
 */
export const followed = <Id, A, E, R>(
  { form }: Common,
  known: Id | undefined,
  stopped: (id: Id | undefined, origin: Origin) => Report,
  call: (saw: (id: Id) => Effect.Effect<void>) => Effect.Effect<A, E, R>
) =>
  Effect.gen(function* () {
    const output = yield* Output
    const it = yield* origin
    const seen = yield* Ref.make(known)
    const report = Effect.gen(function* () {
      if (yield* output.isClosed) return
      const about = stopped(yield* Ref.get(seen), it)
      yield* output.note(form === "text" ? toText(about) : toJson(about))
    })
    return yield* Effect.onInterrupt(
      call((id) => Ref.set(seen, id)),
      () => report
    )
  })
