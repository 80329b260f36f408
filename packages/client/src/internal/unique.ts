/**
 * Creates a thing whose name is unique, without paying for a second one: after a lost answer or a 409 it looks for the
 * thing by its name, and repeats a lost one only if there is nothing.
 *
 * A look before the sending records the existing ones: a thing is new if that look did not show it. The API's times
 * cannot prove it, since they may be missing, and the clocks differ. A thing that was there before is never adopted, nor
 * one with other content; the repeat then brings the refusal of the server. Of several new ones with this content, none is
 * adopted.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { CreateUnconfirmed } from "../CreateUnconfirmed.js"
import type { HttpError } from "../HttpError.js"
import { callOnce } from "./call.js"
import { certain } from "./certain.js"
import type { Connection } from "./connection.js"
import type { Endpoint } from "./endpoint.js"
import { graceOf } from "./grace.js"
import * as looking from "./looking.js"
import { collected } from "./paging.js"
import * as policies from "./policy.js"
import * as span from "./span.js"
import * as subject from "./subject.js"
import type { Tagged } from "./tagged.js"

export interface Unique<A, E> {
  /** Sends the create, at most once an attempt. */
  readonly send: Effect.Effect<A, HttpError>
  /** Finds the things with this name. */
  readonly find: Effect.Effect<ReadonlyArray<A>, HttpError>
  /** Whether a thing has the content that was sent. */
  readonly equals: (thing: A) => boolean
  /** The time by which a look may lag behind a create. */
  readonly grace: Duration.Duration
  /** The maximum number of sends. */
  readonly maxAttempts: number
  /** The error of an outcome that remains unknown; `failure` is that of the look, if it failed. */
  readonly unknown: (error: HttpError, failure: Option.Option<HttpError>) => E
}

/** Whether a create was refused because the name exists. */
const isTaken = (error: HttpError) => error._tag === "PixxelConflict"

/** Whether the server asked for a longer delay than the grace period, which passes before a repeat. */
const asksForMore = (error: HttpError, grace: Duration.Duration) =>
  "retryAfter" in error && Option.exists(error.retryAfter, (delay) => Duration.greaterThan(delay, grace))

export const create = <A extends { readonly id: string }, E>(unique: Unique<A, E>): Effect.Effect<A, HttpError | E> =>
  Effect.gen(function* () {
    const { equals, find, grace, maxAttempts, send, unknown } = unique
    const before = new Set((yield* find).map(({ id }) => id))
    const look = Effect.map(find, (things) => things.filter(({ id }) => !before.has(id)))

    const appearing = looking.until(look, (things) => things.length > 0, grace)

    let lost: HttpError | undefined
    for (let attempt = 1; ; attempt++) {
      const outcome = yield* Effect.either(send)
      if (outcome._tag === "Right") return outcome.right
      const error = outcome.left
      if (certain(error) !== undefined) return yield* error
      // An earlier attempt may have taken the name, or this one, if a proxy has sent it twice.
      const cause = lost ?? error
      const things = yield* Effect.mapError(isTaken(error) ? look : appearing, (failure) =>
        isTaken(cause) ? cause : unknown(cause, Option.some(failure))
      )
      const [adopted, ...others] = things.filter(equals)
      if (others.length > 0) return yield* Effect.fail(unknown(cause, Option.none()))
      if (adopted !== undefined) return adopted
      if (isTaken(error)) return yield* error
      if (attempt >= maxAttempts || asksForMore(error, grace)) return yield* Effect.fail(unknown(error, Option.none()))
      lost = error
    }
  })

/** The second send proves whether the first one took the name. */
const mostSends = 2

/** Collects the things of a list that have a name. The filter of an API may be missing, or compare in another way. */
export const named = <A extends { readonly name: Option.Option<string> }>(
  list: Stream.Stream<A, HttpError>,
  name: string
): Effect.Effect<ReadonlyArray<A>, HttpError> => collected(Stream.filter(list, (it) => Option.contains(it.name, name)))

/** Creates a thing by a row of this class, under the policy of the client. `target` names it, for errors. */
export const createBy = <A extends { readonly id: string }, I extends object>(
  http: Connection,
  row: Endpoint<A, I, "none", "unique">,
  input: I,
  { equals, find, target }: Pick<Unique<A, never>, "equals" | "find"> & { readonly target: Tagged }
): Effect.Effect<A, HttpError | CreateUnconfirmed> =>
  Effect.flatMap(policies.inForce(http.retry), ({ maxAttempts }) =>
    create({
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
