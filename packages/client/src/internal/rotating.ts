/** Renews a refused token: one reading for all calls in flight with it. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import type { Auth } from "../Auth.js"
import * as Permits from "./permits.js"

/** Makes a new object per reading: its identity identifies the reading, even if the value is unchanged. */
const reading = (header: Redacted.Redacted) => Redacted.make(Redacted.value(header))

export const rotating = <E, R>(read: Effect.Effect<Redacted.Redacted, E, R>): Effect.Effect<Auth.Service, E, R> =>
  Effect.gen(function* () {
    const context = yield* Effect.context<R>()
    let current = reading(yield* read)
    const lock = Permits.make(1)

    const readAgain = Effect.gen(function* () {
      const exit = yield* Effect.exit(Effect.provide(read, context))
      if (Exit.isFailure(exit)) {
        // The error of the store may contain a secret, so the log omits it.
        yield* Effect.logWarning(
          "The API refused the token, and reading a new one failed. The call fails with the refusal."
        )
      }
      // A failed reading counts too: otherwise each call in flight would repeat it.
      current = reading(Exit.getOrElse(exit, () => current))
    })

    return {
      authorization: Effect.sync(() => current),
      // A lock instead of a shared fiber: if the reading call is interrupted, the next call reads.
      renew: (refused) =>
        lock.within(
          Effect.gen(function* () {
            if (current === refused) yield* readAgain
            return Redacted.value(current) !== Redacted.value(refused)
          })
        )
    }
  })
