/** Spans of calls and of the operations composed of them. */
import * as Effect from "effect/Effect"
import type * as Tracer from "effect/Tracer"

export type Span = Tracer.Span

/** Runs `self` in a span, as the parent of the spans in it. */
export const within =
  (name: string) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, Exclude<R, Tracer.ParentSpan>> =>
    Effect.withSpan(self, name, { captureStackTrace: false })

/** Like `within`, for an effect that adds attributes. */
export const using = <A, E>(
  name: string,
  attributes: Readonly<Record<string, unknown>>,
  use: (span: Span) => Effect.Effect<A, E>
): Effect.Effect<A, E> =>
  Effect.useSpan(name, { captureStackTrace: false, attributes }, (span) => Effect.withParentSpan(use(span), span))
