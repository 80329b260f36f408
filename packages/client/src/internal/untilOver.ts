/** The public wait: polls any effect by the rules of a waiter. */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { HttpError } from "../HttpError.js"
import type { PixxelHttpClient } from "../PixxelHttpClient.js"
import type { Subject } from "../Subject.js"
import type { WaitTimeout } from "../WaitError.js"
import type { Snapshot, Until } from "../Waiter.js"
import { Connection } from "./connection.js"
import * as elapsed from "./elapsed.js"
import { limitOf, makeFollower, until } from "./following.js"
import { graceOf } from "./grace.js"
import * as redact from "./redact.js"
import { scrubbed } from "./subject.js"
import * as waiter from "./waiter.js"

export const untilOver = <A extends Snapshot, R, S extends Subject>(
  look: Effect.Effect<A, HttpError, R>,
  { createdAt, isOver, subject, timeout: given, ...options }: Until<A, S>
): Effect.Effect<A, HttpError | WaitTimeout<S>, R | PixxelHttpClient> =>
  Effect.gen(function* () {
    const http = yield* Connection
    const context = yield* Effect.context<R>()
    const scrub = redact.now(http.auth)
    const now = yield* elapsed.now
    const age = createdAt === undefined ? Infinity : Math.max(0, DateTime.distance(createdAt, yield* DateTime.now))
    const youngUntil = now + Duration.toMillis(graceOf({})) - age
    const { deadline, timeout } = yield* limitOf(given)
    const follower = yield* makeFollower(
      waiter.adjust(http.waiter, options),
      {
        look: Effect.map(Effect.provide(look, context), (value) => ({
          value,
          date: Option.none<number>(),
          retryAfter: Option.none<Duration.Duration>()
        })),
        mayBeUnknown: (at) => at < youngUntil
      },
      deadline
    )
    const named = scrubbed(subject, yield* scrub)
    return yield* until(follower, isOver, { subject: named, waitingFor: "end", timeout, scrub })
  })
