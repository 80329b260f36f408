/** The states of a thing that a command waits for. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import { stillCreating, stopped } from "../failure/stopped.js"
import { inForm } from "../failure/text.js"
import { idOf, isPaid, rowOf, type Thing, withId } from "../failure/things.js"
import { Invocation } from "../Invocation.js"
import { Output } from "../Output.js"
import type { Style } from "../render/style.js"
import type { Answer, Common } from "./answer.js"
import type { Model } from "./calling.js"

/** The options that decide where changes are shown. */
export interface Reported extends Common {
  /** Whether the changes are the result of the command, rather than progress. */
  readonly changesAreResults?: boolean
}

/** Reports each change of a thing: an event with `--jsonl`, otherwise a line if it differs from the last one. */
export const reporting =
  <A extends Model>(thing: string, line: (it: A, style: Style) => string) =>
  ({ changesAreResults, form, quiet }: Reported, output: Output.Service) => {
    let last = ""
    return (it: A): Effect.Effect<void> => {
      if (form === "jsonl") return output.change(JSON.stringify({ event: "changed", [thing]: it }))
      if (form === "json" || (quiet && !changesAreResults)) return Effect.void
      const text = line(it, (changesAreResults ? output.results : output.notes).style())
      if (text === last) return Effect.void
      last = text
      return changesAreResults ? output.change(text) : output.note(text)
    }
  }

/** Shows a thing at its end, as an event with `--jsonl`. */
export const ended =
  <A extends Model>(thing: string, one: (it: A) => Answer) =>
  (it: A): Answer => ({ ...one(it), lines: () => [{ event: "ended", [thing]: it }] })

/** Reports each change as a result, by default without a deadline. The last line shows the end. */
export const watched = <O extends Reported & { readonly timeout?: Duration.DurationInput | undefined }, A, E, R>(
  options: O,
  waited: (options: O) => Effect.Effect<A, E, R>,
  ended: (it: A) => Answer
): Effect.Effect<Answer, E, R> =>
  Effect.map(waited({ ...options, changesAreResults: true, timeout: options.timeout ?? Duration.infinity }), (it) => ({
    ...ended(it),
    text: () => ""
  }))

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
 * Calls for a thing, or several; `named` records them as soon as they exist. When stopped, names what continues, and
 * the command that goes on with it.
 */
export const naming = <A, E, R>(
  { form }: Common,
  thing: Thing,
  call: (named: (...all: ReadonlyArray<{ readonly id: string }>) => Effect.Effect<void>) => Effect.Effect<A, E, R>
) =>
  Effect.gen(function* () {
    const output = yield* Output
    const { origin, setCreated } = yield* Invocation
    const invoked = yield* origin
    const costs = isPaid(invoked)
    const seen = yield* Ref.make(idOf(thing) === undefined ? [] : [thing])
    const named = (...all: ReadonlyArray<{ readonly id: string }>) => {
      const things = all.map(({ id }) => withId(thing, id))
      const recorded = costs ? Effect.forEach(things, setCreated, { discard: true }) : Effect.void
      return Effect.zipRight(Ref.set(seen, things), recorded)
    }
    // with --json, the command writes only one object
    const before = Effect.flatMap(Ref.get(seen), (made) =>
      form === "text" && rowOf(thing).isAwaited && made.length === 0
        ? output.note(stillCreating(thing, invoked))
        : Effect.void
    )
    const after = Effect.gen(function* () {
      const isClosed = yield* output.isClosed
      // without a reader no report is needed, except for what costs money
      if (isClosed && !costs) return
      const report = stopped(isClosed ? "OutputClosed" : "Interrupted", thing, yield* Ref.get(seen), invoked)
      const text = inForm(report, form)
      yield* output.note(text)
      // one of the two streams may still have a reader
      if (isClosed) yield* Effect.ignore(output.result(text))
    })
    return yield* reportingStop(call(named), before, after)
  })

/** Follows a thing to its end, and reports each change by a line; `onChange` gets the thing as soon as it exists. */
export const following =
  <Item extends Model & { readonly id: string }>(thing: string, line: (it: Item, style: Style) => string) =>
  <A, E, R>(
    options: Reported,
    followed: Thing,
    call: (onChange: (it: Item) => Effect.Effect<void>) => Effect.Effect<A, E, R>
  ) =>
    Effect.flatMap(Output, (output) => {
      const report = reporting(thing, line)(options, output)
      return naming(options, followed, (named) => call((it) => Effect.zipRight(named(it), report(it))))
    })
