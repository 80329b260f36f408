/** Creates a thing of a unique name by a row of that class, under the policy of the client. */
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { CreateUnconfirmed } from "../CreateUnconfirmed.js"
import type { HttpError } from "../HttpError.js"
import { callOnce } from "./call.js"
import type { Connection } from "./connection.js"
import type { Endpoint } from "./endpoint.js"
import { graceOf } from "./grace.js"
import { collected } from "./paging.js"
import * as policies from "./policy.js"
import * as span from "./span.js"
import * as subject from "./subject.js"
import type { Tagged } from "./tagged.js"
import { create as createUnique, type Unique } from "./unique.js"

interface Options<A> extends Pick<Unique<A, never>, "equals" | "find"> {
  /** Names the thing, for errors. */
  readonly target: Tagged
}

/** The second send proves whether the first one took the name. */
const mostSends = 2

/** Collects the things of a list that have a name. The filter of an API may be missing, or compare in another way. */
export const named = <A extends { readonly name: Option.Option<string> }>(
  list: Stream.Stream<A, HttpError>,
  name: string
): Effect.Effect<ReadonlyArray<A>, HttpError> => collected(Stream.filter(list, (it) => Option.contains(it.name, name)))

export const create = <A extends { readonly id: string }, I extends object>(
  http: Connection,
  row: Endpoint<A, I, "none", "unique">,
  input: I,
  { equals, find, target }: Options<A>
): Effect.Effect<A, HttpError | CreateUnconfirmed> =>
  Effect.flatMap(policies.inForce(http.retry), ({ maxAttempts }) =>
    createUnique({
      send: callOnce(http, row, input, identity),
      find,
      equals,
      grace: graceOf({}),
      maxAttempts: Math.min(maxAttempts, mostSends),
      unknown: (failure, look) => {
        const why = Option.match(look, { onNone: () => "", onSome: ({ message }) => ` ${message}` })
        const name = subject.nameOf(target)
        const message = `The ${name} may have been created: ${failure.message}${why} Look for it before you create it again.`
        return new CreateUnconfirmed({ target, failure, message })
      }
    })
  ).pipe(span.within(row.name))
