/** The states of a thing that a command waits for. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Failure from "../Failure.js"
import { origin as invoked, isPaid } from "../Invocation.js"
import { Output } from "../Output.js"
import type { Answer, Common } from "./answer.js"

/** The options that decide where changes are shown. */
export interface Reported extends Common {
  /** Whether the changes are the result of the command, rather than progress. */
  readonly changesAreResults?: boolean
}

/** Reports each change of a thing: an event with `--jsonl`, otherwise a line. */
export const reporting =
  <A, I>(thing: string, model: Schema.Schema<A, I>, line: (it: A) => string) =>
  ({ changesAreResults, form, quiet }: Reported, output: Output.Service) =>
  (it: A): Effect.Effect<void> => {
    if (form === "jsonl") {
      return output.change(JSON.stringify({ event: "changed", [thing]: Schema.encodeSync(model)(it) }))
    }
    if (form === "json") return Effect.void
    if (changesAreResults) return output.change(line(it))
    return quiet ? Effect.void : output.note(line(it))
  }

/** Shows a thing at its end, as an event with `--jsonl`. */
export const ended =
  <A, I>(thing: string, model: Schema.Schema<A, I>, one: (it: A) => Answer) =>
  (it: A): Answer => ({ ...one(it), lines: () => [{ event: "ended", [thing]: Schema.encodeSync(model)(it) }] })

/** Reports a stop twice: before a create in flight has ended, which is not interrupted, and after. */
export const reportingStop = <A, E, R, R2, R3>(
  self: Effect.Effect<A, E, R>,
  before: Effect.Effect<void, never, R2>,
  after: Effect.Effect<void, never, R3>
): Effect.Effect<A, E, R | R2 | R3> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(Effect.fork(restore(self)), (fiber) =>
      restore(Fiber.join(fiber)).pipe(
        Effect.onInterrupt(() => before.pipe(Effect.zipRight(Fiber.interrupt(fiber)), Effect.zipRight(after)))
      )
    )
  )

/**
 * Follows a thing to its end, and reports each change by a line. When stopped, names the thing that continues and the
 * command that waits for it again; `onChange` gets the thing as soon as it exists.
 */
export const following =
  <Item extends { readonly id: string }, I>(thing: string, model: Schema.Schema<Item, I>, line: (it: Item) => string) =>
  <A, E, R>(
    options: Reported,
    followed: Failure.Followed,
    call: (onChange: (it: Item) => Effect.Effect<void>) => Effect.Effect<A, E, R>
  ) =>
    Effect.gen(function* () {
      const output = yield* Output
      const origin = yield* invoked
      const seen = yield* Ref.make(followed.id)
      const report = reporting(thing, model, line)(options, output)
      // with --json, the command writes only one object
      const waiting = Effect.flatMap(Ref.get(seen), (id) =>
        options.form === "text" && id === undefined && isPaid(origin)
          ? output.note(Failure.stillCreating(followed, origin))
          : Effect.void
      )
      const stopped = Effect.gen(function* () {
        // without a reader no report is needed
        if (yield* output.isClosed) return
        const it = Failure.stoppedFollowing({ ...followed, id: yield* Ref.get(seen) }, origin)
        yield* output.note(options.form === "text" ? Failure.toText(it) : Failure.toJson(it))
      })
      return yield* reportingStop(
        call((it) => Effect.zipRight(Ref.set(seen, it.id), report(it))),
        waiting,
        stopped
      )
    })
