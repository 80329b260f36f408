/** Creates a thing of a unique name by a row of that class, under the policy of the client. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import { CreateUnconfirmed } from "../CreateUnconfirmed.js"
import type { HttpError } from "../HttpError.js"
import { callOnce } from "./call.js"
import { certain } from "./certain.js"
import type { Connection } from "./connection.js"
import type { Endpoint } from "./endpoint.js"
import * as policies from "./policy.js"
import * as span from "./span.js"
import * as subject from "./subject.js"
import type { Tagged } from "./tagged.js"
import * as unique from "./unique.js"

interface Options<A> {
  /** Names the thing, for errors. */
  readonly target: Tagged
  /** Finds the things with this name. */
  readonly find: Effect.Effect<ReadonlyArray<A>, HttpError>
  /** Whether a thing has the content that was sent. */
  readonly equals: (thing: A) => boolean
}

/** The time by which a list may lag behind a create, as for jobs. */
const grace = Duration.seconds(30)

/** The second send proves whether the first one took the name. */
const mostSends = 2

export const create = <A extends { readonly id: string }, I extends object>(
  http: Connection,
  row: Endpoint<A, I, "none", "unique">,
  input: I,
  { equals, find, target }: Options<A>
): Effect.Effect<A, HttpError | CreateUnconfirmed> =>
  Effect.flatMap(policies.inForce(http.retry), ({ maxAttempts }) =>
    unique.create({
      send: callOnce(http, row, input, identity),
      find,
      idOf: ({ id }) => id,
      equals,
      isCertain: (error) => certain(error) !== undefined,
      grace,
      maxAttempts: Math.min(maxAttempts, mostSends),
      unknown: (failure, look) => {
        const why = Option.match(look, { onNone: () => "", onSome: ({ message }) => ` ${message}` })
        const name = subject.nameOf(target)
        const message = `The ${name} may have been created: ${failure.message}${why} Look for it before creating it again.`
        return new CreateUnconfirmed({ target, failure, message })
      }
    })
  ).pipe(span.within(row.name))
