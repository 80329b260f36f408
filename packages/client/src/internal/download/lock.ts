/**
 * Keeps a second download to the same path out, of this process or of another, on this machine or on another one that
 * shares the folder.
 *
 * The owner changes the lock's file every few seconds, and a second download watches it: if it changes, its owner is at
 * work; if it does not, the owner was killed, or stands still, and the lock is taken over. So no clocks of two machines
 * are compared, and no process ids, which mean nothing in another container. A lock that a killed process left costs
 * the next download some 16 seconds, once.
 *
 * An owner that stood still (a stopped process, a machine that slept) may go on at any time. So a takeover puts a new
 * file in the place of the old one, and the owner writes only to the file that it has created: it can lose the lock,
 * and never take it back by a write that was under way. It finds out before it changes anything else on the disk.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { DownloadError } from "../../PixxelError.js"
import * as elapsed from "../elapsed.js"
import { discard, type Failing, ofPlatform, ownsOnly } from "./files.js"

/** How often its owner changes it. */
const beat = Duration.seconds(5)

/** How many beats without a change it takes until its owner counts as killed. */
const looks = 3

/** Of two that take over at once, both see after this time which one was the last. */
const settling = Duration.seconds(1)

/** For so long after it was changed, a lock is ours without a look: less than a takeover takes. */
const fresh = Duration.toMillis(beat) * 2

export interface Lock {
  /** Whether the owner before may still be running: what it has open must not become ours. */
  readonly isTakenOver: boolean
  /** Fails if the lock was lost. Looks at the disk only if the last change is some time ago. */
  readonly stillHeld: Effect.Effect<void, DownloadError>
  /** The same, by the disk: before anything that another owner would suffer from. */
  readonly confirmed: Effect.Effect<void, DownloadError>
}

const isThere = (error: PlatformError) => error._tag === "SystemError" && error.reason === "AlreadyExists"

/** There is no file, or something else in its place. */
const isGone = (error: PlatformError) =>
  error._tag === "SystemError" && (error.reason === "NotFound" || error.reason === "BadResource")

/**
 * Both clocks of now, in milliseconds: the monotonic one may stand still while a machine sleeps, and the other one can
 * be set. A lock counts as old by the one that says so.
 */
const bothClocks = Effect.all([elapsed.now, Clock.currentTimeMillis])
type Moment = Effect.Effect.Success<typeof bothClocks>

const since = ([monotonic, wall]: Moment) =>
  Effect.map(bothClocks, (now) => Math.max(now[0] - monotonic, now[1] - wall))

/** Until the scope ends. `waiting` runs when another owner's lock is there, before it is watched. */
export const acquire = (
  path: string,
  fail: Failing,
  waiting: Effect.Effect<void>
): Effect.Effect<Lock, DownloadError, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    // Not Effect's `Random`, under whose seed two processes would be one owner.
    const owner = globalThis.crypto.randomUUID()
    /** Always as long, so that one write replaces another. */
    const textOf = (count: number) => new TextEncoder().encode(`${owner} ${String(count).padStart(9, "0")}\n`)
    const isOurs = (text: string) => text.startsWith(`${owner} `)
    const onDisk = ofPlatform(fail, path)

    /** None for anything but a regular file: a pipe would be read for ever. */
    const content: Effect.Effect<Option.Option<string>, PlatformError> = Effect.gen(function* () {
      const { type } = yield* fs.stat(path)
      return type === "File" ? Option.some(yield* fs.readFileString(path)) : Option.none()
    }).pipe(Effect.catchIf(isGone, () => Effect.succeedNone))
    const read = Effect.orElseSucceed(content, () => Option.none())
    const isHeld = Effect.map(content, Option.exists(isOurs))

    /** Creates the file of a lock of ours, at a name at which there is none. */
    const createAt = (name: string) =>
      Effect.gen(function* () {
        const changedAt = yield* bothClocks
        const file = yield* fs.open(name, { flag: "wx" })
        yield* Effect.onError(file.writeAll(textOf(0)), () => Effect.ignore(fs.remove(name)))
        return { file, changedAt }
      })
    const create = createAt(path).pipe(
      Effect.asSome,
      Effect.catchIf(isThere, () => Effect.succeedNone),
      Effect.mapError(onDisk)
    )
    const locked = () =>
      fail("Locked", `Another download to the same file is under way: ${path} changes. Wait for it, or stop it.`)

    /** Ends when the lock's owner must count as killed, or has released it. */
    const watch = Effect.gen(function* () {
      let seen = yield* read
      for (let look = 0; look < looks; look++) {
        const began = yield* bothClocks
        yield* Effect.sleep(beat)
        const now = yield* read
        if (now._tag === "None") return
        if (seen._tag === "Some" && now.value !== seen.value) return yield* locked()
        seen = now
        // If this process stood still, its neighbour may have done so too, and had no time to change it.
        if ((yield* since(began)) > fresh) look = -1
      }
    })

    const takeOver = Effect.gen(function* () {
      yield* ownsOnly(fail, path)
      yield* waiting
      yield* watch
      const created = yield* create
      if (Option.isSome(created)) return { ...created.value, isTakenOver: false }
      const own = `${path}.${owner}`
      const taken = yield* createAt(own).pipe(
        Effect.tap(() => fs.rename(own, path)),
        Effect.onError(() => Effect.ignore(discard(own))),
        Effect.mapError(onDisk)
      )
      yield* Effect.sleep(settling)
      if (!(yield* Effect.mapError(isHeld, onDisk))) return yield* locked()
      yield* Effect.logDebug(`Took over the lock ${path}: its owner had not changed it for ${looks} beats.`)
      return { ...taken, isTakenOver: true }
    })

    const release = Effect.ignore(Effect.flatMap(isHeld, (ours) => (ours ? fs.remove(path) : Effect.void)))

    // What is made is removed, whenever the interruption comes; and a wait for another owner can be interrupted.
    const got = yield* Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const created = yield* create
        const got = Option.isSome(created)
          ? { ...created.value, isTakenOver: false }
          : yield* Effect.onError(restore(takeOver), () => release)
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
        `${path} is no longer the lock of this download, which must have stood still for a while: another one has taken over. This one has stopped.`
      )
    )
    const confirmed = Effect.gen(function* () {
      if (!isLost && (yield* Effect.mapError(isHeld, onDisk))) return
      isLost = true
      return yield* lost
    })
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
    // A beat that fails is none, and the next one may be.
    yield* Effect.forkScoped(
      Effect.forever(
        Effect.delay(
          Effect.suspend(() => (isLost ? Effect.void : Effect.ignore(renew))),
          beat
        )
      )
    )
    return { isTakenOver: got.isTakenOver, stillHeld, confirmed }
  })
