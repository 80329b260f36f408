/** Spans of calls and of the operations composed of them. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Tracer from "effect/Tracer"
import * as locals from "./locals.js"

export type Span = Tracer.Span

/** Runs `self` in a span, as the parent of the spans in it. */
export const within =
  (name: string, attributes: Readonly<Record<string, unknown>> = {}) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, Exclude<R, Tracer.ParentSpan>> =>
    Effect.withSpan(self, name, { captureStackTrace: false, attributes })

/**
 * Makes a span that is not the parent of the spans in it: the change of the context would take two thirds of the time.
 * The span gets no value: it may live longer than the call, and would keep its answer.
 */
export const using = <A, E>(
  name: string,
  attributes: Readonly<Record<string, unknown>>,
  use: (span: Span, fiber: Fiber.RuntimeFiber<A, E>) => Effect.Effect<A, E>
): Effect.Effect<A, E> =>
  Effect.withFiberRuntime<A, E>((fiber) => {
    let found: Effect.Effect<A> = Effect.never
    return Effect.flatMap(
      Effect.useSpan(name, { captureStackTrace: false, attributes }, (span) =>
        Effect.map(use(span, fiber), (value) => {
          found = Effect.succeed(value)
        })
      ),
      () => {
        const taken = found
        found = Effect.never
        return taken
      }
    )
  })

/** Makes a span the parent of the spans in `self`. */
export const under = <A, E>(self: Effect.Effect<A, E>, span: Span): Effect.Effect<A, E> =>
  Effect.withParentSpan(self, span)

/** The context below a span. */
export const inside = (context: Context.Context<never>, span: Span): Context.Context<never> =>
  locals.withService(context, Tracer.ParentSpan, span)
