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
import * as Option from "effect/Option"
import type { HttpError } from "../HttpError.js"
import { certain } from "./certain.js"
import * as looking from "./looking.js"

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
