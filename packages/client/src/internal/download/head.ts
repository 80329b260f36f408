/** Reads the store's metadata of a package without fetching it. */
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { HttpError } from "../../HttpError.js"
import type { Subject } from "../../Subject.js"
import * as attempts from "../attempts.js"
import * as classify from "../classify.js"
import { Failure } from "../classify.js"
import * as plan from "./plan.js"
import * as storage from "./storage.js"
import type { Context } from "./transfer.js"

/** A signed URL may be valid for GET only, and a store may not support HEAD (501). */
const wantsGet = (failure: Failure): boolean => !classify.mayRepeat(failure, true) || classify.isRefusedBy(failure, 501)

/** Requests the metadata, with the retries of the policy. */
export const ask = (
  { http, idle, policy }: Context<Subject>,
  url: Redacted.Redacted
): Effect.Effect<plan.Package, HttpError> =>
  Effect.gen(function* () {
    const askWith = (method: "GET" | "HEAD") =>
      Effect.gen(function* () {
        const answer = yield* storage.answer({ http, method, url, held: plan.nothing, asked: plan.firstAsked, idle })
        yield* storage.leave(answer.response, idle)
        if (answer.step._tag === "Begin") return answer.step.package
        return yield* Effect.fail(new Failure(yield* storage.useless(answer), answer.scrub))
      })
    const left = attempts.countdown(yield* Effect.clock, policy.timeout)
    const progress = attempts.begin({ call: storage.call, policy, budget: http.retryBudget, left })
    return yield* attempts
      .run<plan.Package, Failure, never>(progress, {
        attempt: () => Effect.catchIf(askWith("HEAD"), wantsGet, () => askWith("GET")),
        mayRetry: (failure) => classify.mayRepeat(failure, true)
      })
      .pipe(Effect.mapError((failure) => attempts.errorOf(progress, failure)))
  })
