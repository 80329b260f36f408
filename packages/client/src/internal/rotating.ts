/**
 * A token that is read again when it was refused: one reading for all calls that were under way with it.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import type { Auth } from "../Auth.js"
import * as Permits from "./permits.js"

/** Every reading makes an object of its own, whatever it reads: its identity says which reading it is of. */
const reading = (header: Redacted.Redacted) => Redacted.make(Redacted.value(header))

export const rotating = <E, R>(read: Effect.Effect<Redacted.Redacted, E, R>): Effect.Effect<Auth.Service, E, R> =>
  Effect.gen(function* () {
    const context = yield* Effect.context<R>()
    const current = yield* Ref.make(reading(yield* read))
    const lock = Permits.make(1)

    const readAgain = (known: Redacted.Redacted) =>
      Effect.gen(function* () {
        const exit = yield* Effect.exit(Effect.provide(read, context))
        if (Exit.isFailure(exit)) {
          // What the store says is not ours to tell: it may hold anything.
          yield* Effect.logWarning("A token was refused, and could not be read again. The refusal stands.")
        }
        // A reading that failed counts: the calls that were under way must not try it one after the other.
        yield* Ref.set(current, reading(Exit.getOrElse(exit, () => known)))
      })

    return {
      authorization: Ref.get(current),
      // A lock instead of one fiber that all wait for: when the call that reads is interrupted, the next one reads.
      renew: (refused) =>
        lock.within(
          Effect.gen(function* () {
            const known = yield* Ref.get(current)
            if (known === refused) yield* readAgain(known)
            return Redacted.value(yield* Ref.get(current)) !== Redacted.value(refused)
          })
        )
    }
  })
