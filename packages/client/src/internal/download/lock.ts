/**
 * Keeps a second download to the same path out, of this process or of another, on this machine or on another one that
 * shares the folder.
 *
 * Who holds the lock changes its file every few seconds, and who meets one watches it: if it changes, somebody is at
 * work; if it does not, its owner was killed, and the lock is taken over. So no clocks of two machines are compared, and
 * no process ids, which mean nothing in another container. A lock that a killed process left costs the next download
 * some 16 seconds, once.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { DownloadError } from "../../PixxelError.js"
import { type Failing, ofPlatform } from "./files.js"

/** How often its owner changes it. */
const beat = Duration.seconds(5)

/** How often somebody else looks, a beat after the other, until its owner counts as killed. */
const looks = 3

/** Two that take over at once both see who was the last one after this. */
const settling = Duration.seconds(1)

export interface Lock {
  /** Fails when somebody else has taken the lock over, as after a long sleep of the machine. */
  readonly stillHeld: Effect.Effect<void, DownloadError>
}

const isThere = (error: PlatformError) => error._tag === "SystemError" && error.reason === "AlreadyExists"

/** Until the scope ends. `waiting` runs when somebody else's lock is there, before it is watched. */
export const acquire = (
  path: string,
  fail: Failing,
  waiting: Effect.Effect<void>
): Effect.Effect<Lock, DownloadError, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    // never from `Random`: a program that seeds it has the same numbers in every process
    const owner = globalThis.crypto.randomUUID()
    const textOf = (count: number) => `${owner} ${count}\n`
    const isOurs = (text: string) => text.startsWith(`${owner} `)

    const read = Effect.option(fs.readFileString(path))
    const create = fs.writeFileString(path, textOf(0), { flag: "wx" }).pipe(
      Effect.as(true),
      Effect.catchIf(isThere, () => Effect.succeed(false)),
      Effect.mapError(ofPlatform(fail, path))
    )
    const locked = () =>
      fail("Locked", `Another download to the same file is under way: ${path} changes. Wait for it, or stop it.`)

    /** Ends when the lock's owner must be taken for killed, or has let it go. */
    const watch = Effect.gen(function* () {
      const seen = yield* read
      for (let look = 0; look < looks; look++) {
        yield* Effect.sleep(beat)
        const now = yield* read
        if (now._tag === "None") return
        if (seen._tag === "Some" && now.value !== seen.value) return yield* locked()
      }
    })

    const takeOver = Effect.gen(function* () {
      yield* waiting
      yield* watch
      if (yield* create) return
      yield* Effect.mapError(fs.writeFileString(path, textOf(0)), ofPlatform(fail, path))
      yield* Effect.sleep(settling)
      const now = yield* read
      if (now._tag === "None" || !isOurs(now.value)) return yield* locked()
      yield* Effect.logDebug(`Took over the lock ${path}: its owner had not changed it for ${looks} beats.`)
    })

    let count = 0
    let lost = false
    const release = Effect.flatMap(read, (now) =>
      now._tag === "Some" && isOurs(now.value) ? Effect.ignore(fs.remove(path)) : Effect.void
    )
    const renew = Effect.gen(function* () {
      const now = yield* read
      // A text that is cut is one that its owner, or who takes over, is just writing.
      if (now._tag === "Some" && now.value !== "" && !isOurs(now.value)) lost = true
      // A beat that fails is none, and the next one may be.
      else yield* Effect.ignore(fs.writeFileString(path, textOf(++count)))
    })

    // What is made is removed, whenever the interruption comes; and who waits for another's can be interrupted.
    yield* Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        if (!(yield* create)) yield* Effect.onInterrupt(restore(takeOver), () => release)
        yield* Effect.addFinalizer(() => release)
      })
    )
    yield* Effect.forkScoped(
      Effect.forever(
        Effect.delay(
          Effect.suspend(() => (lost ? Effect.void : renew)),
          beat
        )
      )
    )
    return { stillHeld: Effect.suspend(() => (lost ? Effect.fail(locked()) : Effect.void)) }
  })
