/** Reads the store's metadata of a package without fetching it. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { HttpError } from "../../HttpError.js"
import type { PixxelHttpClient } from "../../PixxelHttpClient.js"
import type * as classify from "../classify.js"
import { attempting, begin } from "../retry.js"
import * as plan from "./plan.js"
import * as storage from "./storage.js"

/** A signed URL may be valid for GET only, and a store may not support HEAD (501). */
const wantsGet = (error: HttpError): boolean =>
  !error.isRetryable || (error._tag === "PixxelServerError" && error.status === 501)

/**
 * Requests the metadata, with the retries of the policy. `idleTimeout` limits the time without bytes; default: the
 * policy's `attemptTimeout`.
 */
export const ask = (
  http: PixxelHttpClient.Service,
  url: Redacted.Redacted,
  idleTimeout: Option.Option<Duration.Duration>
): Effect.Effect<plan.Package, HttpError> =>
  Effect.gen(function* () {
    const context = yield* begin(http, storage.call)
    const idle = Option.getOrElse(idleTimeout, () => context.policy.attemptTimeout)
    const askWith = (method: "GET" | "HEAD", facts: classify.Facts) =>
      Effect.gen(function* () {
        const answer = yield* storage.answer({
          http,
          facts,
          method,
          url,
          held: plan.nothing,
          asked: plan.firstAsked,
          idle
        })
        yield* storage.leave(answer.response, idle)
        if (answer.step._tag === "Begin") return answer.step.package
        return yield* Effect.flatMap(storage.useless(facts, answer), Effect.fail)
      })
    return yield* attempting(
      context,
      (facts) => Effect.catchIf(askWith("HEAD", facts), wantsGet, () => askWith("GET", facts)),
      () => Effect.succeedNone
    )
  })
