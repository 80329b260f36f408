/**
 * Excludes a second download to the same path: in this process, another process, or on another machine that shares the
 * folder.
 *
 * The owner rewrites the lock file every few seconds, and a second download watches it: if the file changes, the owner
 * is alive; if not, the owner was killed or is suspended, and the second download takes the lock over. So it compares
 * neither the clocks of two machines nor process ids, which are meaningless in another container. The lock of a killed
 * process delays the next download once, by about 16 seconds.
 *
 * A suspended owner (a stopped process, a sleeping machine) may resume at any time. So a takeover replaces the old file
 * by a new one, and an owner writes only to the file that it created: it can lose the lock, but never regain it by a
 * late write. It detects the loss before it changes anything else on the disk.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Subject } from "../../Subject.js"
import { between, bothClocks, type Moment } from "../elapsed.js"
import { discard, type Failing, ofPlatform, ownsOnly } from "./files.js"

/** The interval at which the owner rewrites the file. */
const beat = Duration.seconds(5)

/** The number of unchanged beats after which the owner counts as killed. */
const looks = 3

/** The delay after which two simultaneous takeovers both see the last one. */
const settling = Duration.seconds(1)

/** Milliseconds after a rewrite for which the lock is held without a check: less than a takeover takes. */
const fresh = Duration.toMillis(beat) * 2

export type Lock<S extends Subject = Subject> = Effect.Effect.Success<ReturnType<typeof acquire<S>>>

const isThere = (error: PlatformError) => error._tag === "SystemError" && error.reason === "AlreadyExists"

/** The file is missing, or replaced by another kind of entry. */
const isGone = (error: PlatformError) =>
  error._tag === "SystemError" && (error.reason === "NotFound" || error.reason === "BadResource")

/** The age of a lock by the clock that shows more of it. */
const since = (moment: Moment) => Effect.map(bothClocks, (now) => between(moment, now))

/** Acquires the lock for the scope. `waiting` runs before the lock of another owner is watched. */
export const acquire = <S extends Subject>(path: string, fail: Failing<S>, waiting: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    // Not Effect's `Random`: under a seed, two processes would count as one owner.
    const owner = globalThis.crypto.randomUUID()
    /** Constant length, so that one write replaces another. */
    const textOf = (count: number) => new TextEncoder().encode(`${owner} ${String(count).padStart(9, "0")}\n`)
    const isOurs = (text: string) => text.startsWith(`${owner} `)
    const onDisk = ofPlatform(fail, path)

    /** None unless a regular file: reading a pipe would never end. */
    const content: Effect.Effect<Option.Option<string>, PlatformError> = Effect.gen(function* () {
      const { type } = yield* fs.stat(path)
      return type === "File" ? Option.some(yield* fs.readFileString(path)) : Option.none()
    }).pipe(Effect.catchIf(isGone, () => Effect.succeedNone))
    const read = Effect.orElseSucceed(content, () => Option.none())
    const isHeld = Effect.map(content, Option.exists(isOurs))

    /** Creates the file of an own lock, at an unused name. */
    const createAt = (name: string, isTakenOver: boolean) =>
      Effect.gen(function* () {
        const changedAt = yield* bothClocks
        const file = yield* fs.open(name, { flag: "wx" })
        yield* Effect.onError(file.writeAll(textOf(0)), () => Effect.ignore(fs.remove(name)))
        return { file, changedAt, isTakenOver }
      })
    const create = createAt(path, false).pipe(
      Effect.asSome,
      Effect.catchIf(isThere, () => Effect.succeedNone),
      Effect.mapError(onDisk)
    )
    const locked = () =>
      fail("Locked", `Another download to the same file is in progress: ${path} changes. Wait for it, or stop it.`)

    /** Succeeds when the owner counts as killed, or has released the lock. */
    const watch = Effect.gen(function* () {
      let seen = yield* read
      for (let look = 0; look < looks; look++) {
        const began = yield* bothClocks
        yield* Effect.sleep(beat)
        const now = yield* read
        if (now._tag === "None") return
        if (seen._tag === "Some" && now.value !== seen.value) return yield* locked()
        seen = now
        // If this process was suspended, the owner may have been suspended too, without time to rewrite the file.
        if ((yield* since(began)) > fresh) look = -1
      }
    })

    const takeOver = Effect.gen(function* () {
      yield* ownsOnly(fail, path)
      yield* waiting
      yield* watch
      const created = yield* create
      if (Option.isSome(created)) return created.value
      const own = `${path}.${owner}`
      const taken = yield* createAt(own, true).pipe(
        Effect.tap(() => fs.rename(own, path)),
        Effect.onError(() => Effect.ignore(discard(own))),
        Effect.mapError(onDisk)
      )
      yield* Effect.sleep(settling)
      if (!(yield* Effect.mapError(isHeld, onDisk))) return yield* locked()
      yield* Effect.logDebug(`Took over the lock ${path}, unchanged for ${looks} beats.`)
      return taken
    })

    const release = Effect.ignore(Effect.flatMap(isHeld, (ours) => (ours ? fs.remove(path) : Effect.void)))

    // Remove the file on any interruption, and keep the wait for another owner interruptible.
    const got = yield* Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const created = yield* create
        const got = Option.isSome(created) ? created.value : yield* Effect.onError(restore(takeOver), () => release)
        yield* Effect.addFinalizer(() => release)
        return got
      })
    )

    let { changedAt } = got
    let count = 0
    let isLost = false
    const lost = Effect.fail(
      fail(
        "Locked",
        `${path} is no longer the lock of this download: the process was suspended, and another download took over. This download has stopped.`
      )
    )
    /** Fails if the lock was lost. Always reads the disk: use it before a change that could damage another owner. */
    const confirmed = Effect.gen(function* () {
      if (!isLost && (yield* Effect.mapError(isHeld, onDisk))) return
      isLost = true
      return yield* lost
    })
    /** Fails if the lock was lost. Reads the disk only if the last rewrite is too old. */
    const stillHeld = Effect.suspend(() =>
      isLost ? lost : Effect.flatMap(since(changedAt), (age) => (age > fresh ? confirmed : Effect.void))
    )
    const renew = Effect.gen(function* () {
      const now = yield* bothClocks
      yield* confirmed
      yield* got.file.seek(0, "start")
      yield* got.file.writeAll(textOf(++count))
      changedAt = now
    })
    // A failed beat is ignored; the next one may succeed.
    const attempt = Effect.suspend(() => (isLost ? Effect.void : Effect.ignore(renew)))
    yield* attempt.pipe(Effect.delay(beat), Effect.forever, Effect.forkScoped)
    // After a takeover, the previous owner may still run: this download must not reuse its open files.
    return { isTakenOver: got.isTakenOver, stillHeld, confirmed }
  })
