/** Looks at one thing in its list, for kinds of things that no operation gets. */
import * as Effect from "effect/Effect"
import { type HttpError, PixxelNotFound } from "../HttpError.js"
import { type Answer, callDated, type Dated } from "./call.js"
import type { Connection } from "./connection.js"
import type { Endpoint } from "./endpoint.js"
import { httpAdvice } from "./httpAdvice.js"

const missing = ({ call }: Endpoint<unknown, never>, { head: { status } }: Answer<unknown>, thing: string) => {
  const { method, name, operation, route } = call
  const message = `${name} was answered ${status} without the ${thing}. ${httpAdvice.PixxelNotFound}`
  return new PixxelNotFound({ operation, method, route, attempts: [], status, message })
}

/** The thing with an id in the list of a call. */
export const inList = <A extends { readonly id: string }, I extends object>(
  http: Connection,
  row: Endpoint<{ readonly items: ReadonlyArray<A> }, I, "none", "safe">,
  input: I,
  noun: string,
  id: string
): Effect.Effect<Dated<A>, HttpError> =>
  Effect.flatMap(callDated(http, row, input), (answer): Effect.Effect<Dated<A>, HttpError> => {
    const found = answer.value.items.find((it) => it.id === id)
    return found === undefined ? Effect.fail(missing(row, answer, `${noun} ${id}`)) : Effect.succeed(answer.with(found))
  })
