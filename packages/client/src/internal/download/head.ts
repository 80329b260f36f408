/**
 * What the store says of a package, of which nothing is fetched.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { HttpError } from "../../PixxelError.js"
import type { PixxelHttpClient } from "../../PixxelHttpClient.js"
import type * as classify from "../classify.js"
import { attempting, begin } from "../retry.js"
import * as plan from "./plan.js"
import * as storage from "./storage.js"

/** A signed URL may be good for GET alone, and a store may not know HEAD (501). */
const wantsGet = (error: HttpError): boolean =>
  !error.isRetryable || (error._tag === "ServerError" && error.status === 501)

/** Asked as often as the policy says. `idle` is how long nothing may come. */
export const ask = (
  http: PixxelHttpClient.Service,
  url: Redacted.Redacted,
  idle: Duration.Duration
): Effect.Effect<plan.Package, HttpError> => {
  const askWith = (method: "GET" | "HEAD", facts: classify.Facts) =>
    Effect.gen(function* () {
      const answer = yield* storage.answer({ http, facts, method, url, held: plan.nothing, idle })
      yield* storage.leave(answer.response, idle)
      if (answer.step._tag === "Begin") return answer.step.package
      return yield* Effect.flatMap(storage.useless(facts, answer), Effect.fail)
    })
  return Effect.flatMap(begin(http, storage.call), (course) =>
    attempting(
      course,
      (facts) => Effect.catchIf(askWith("HEAD", facts), wantsGet, () => askWith("GET", facts)),
      () => Effect.succeedNone
    )
  )
}
