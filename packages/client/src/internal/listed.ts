/** Looks at one thing in its list, for kinds of things that no operation gets. */
import * as Effect from "effect/Effect"
import { type HttpError, PixxelNotFound } from "../HttpError.js"
import * as attempts from "./attempts.js"
import { type Answer, callDated, type Dated } from "./call.js"
import { requestIdOf } from "./classify.js"
import type { Connection } from "./connection.js"
import type { Endpoint } from "./endpoint.js"
import { httpAdvice } from "./httpAdvice.js"

const missing = (answer: Answer<unknown>, thing: string) => {
  const { call, head, scrub } = answer
  const { method, name, operation, route } = call.call
  const unusable = attempts.unusable(answer, { path: "", expected: thing, found: "nothing" })
  return new PixxelNotFound({
    operation,
    method,
    route,
    attempts: unusable.attempts,
    status: head.status,
    requestId: requestIdOf(head.headers, scrub),
    message: `${name} was answered ${head.status} without the ${scrub.id(thing)}. ${httpAdvice.PixxelNotFound}`
  })
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
    return found === undefined ? Effect.fail(missing(answer, `${noun} ${id}`)) : Effect.succeed(answer.with(found))
  })
