/**
 * The part: the first bytes of a package on the disk, and the note of them. Both change together here, and nowhere else.
 *
 * A part is written to by one run at a time: a run whose lock was taken over may still have a write under way, so a
 * takeover copies what is held into a new file. A beginning goes into a new file as well. Where its first bytes do not
 * prove yet that what is held is obsolete, it stays beside the part until it is whole.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Hashing } from "../../Hashing.js"
import * as checksum from "./checksum.js"
import { createFile, discard, inspect, isSameFile, type Names, pieceSize, type Ref, readThrough } from "./files.js"
import * as plan from "./plan.js"
import * as sidecar from "./sidecar.js"

/** What was counted of a file, to be found at its name. */
export interface Written {
  readonly path: string
  readonly bytes: number
  readonly info: FileSystem.File.Info
}

export interface Part {
  /** How many bytes this run has brought, in all. */
  readonly appended: () => number
  /** What is there now. */
  readonly held: () => plan.Held
  /** A new file for the first bytes of this package, of which the note may hold so much. */
  readonly begin: (known: plan.Package, note: plan.Package, replaces: boolean) => Effect.Effect<void, PlatformError>
  /** Something more is known of the package. */
  readonly learn: (known: plan.Package) => void
  readonly append: (bytes: Uint8Array) => Effect.Effect<void, PlatformError>
  /** Leaves so many of the first bytes. */
  readonly rewind: (bytes: number) => Effect.Effect<void, PlatformError>
  /** Leaves what a beginning has not replaced; whether it had not. */
  readonly abandon: Effect.Effect<boolean>
  /** Removes what is held, which is wrong. */
  readonly drop: Effect.Effect<void, PlatformError>
  /** Syncs what is held. None if the disk does not hold what was counted. */
  readonly written: Effect.Effect<Option.Option<Written>, PlatformError>
  /** The checksum that the bytes on the disk match, if the store told one; `false` if they match another. */
  readonly sum: Effect.Effect<Option.Option<Hashing.Algorithm> | false, PlatformError>
}

/** Whether a name still has the file, as long as it was counted. */
export const isIntact = ({
  bytes,
  info,
  path
}: Written): Effect.Effect<boolean, PlatformError, FileSystem.FileSystem> =>
  Effect.map(
    inspect(path),
    (entry) => entry._tag === "Regular" && isSameFile(entry.info, info) && entry.info.size === BigInt(bytes)
  )

/** A file that is open, until `close`. */
interface Place {
  readonly path: string
  readonly file: FileSystem.File
  /** As it was opened. */
  readonly info: FileSystem.File.Info
  readonly close: Effect.Effect<void>
}

const openIn = <R>(
  scope: Scope.Scope,
  path: string,
  open: Effect.Effect<FileSystem.File, PlatformError, R | Scope.Scope>
): Effect.Effect<Place, PlatformError, Exclude<R, Scope.Scope>> =>
  Effect.gen(function* () {
    const own = yield* Scope.fork(scope, ExecutionStrategy.sequential)
    const file = yield* Scope.extend(open, own)
    return { path, file, info: yield* file.stat, close: Scope.close(own, Exit.void) }
  })

interface Left {
  readonly held: plan.Held
  readonly info: FileSystem.File.Info
}

/** What an earlier run has left: no more than its note says. */
const leftOf = (names: Names, ref: Ref): Effect.Effect<Option.Option<Left>, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const entry = yield* inspect(names.part)
    const known = yield* sidecar.read(names.sidecar, ref)
    if (entry._tag !== "Regular" || entry.info.size === 0n || Option.isNone(known)) return Option.none()
    const bytes = Number(entry.info.size)
    // More than all of it is not it.
    if (Option.exists(known.value.total, (total) => bytes > total)) return Option.none()
    return Option.some({ held: { ...known.value, bytes }, info: entry.info })
  })

/** Opens the file that an earlier run has left; none if the name does not have it any more. */
const reopen = (scope: Scope.Scope, path: string, info: FileSystem.File.Info) =>
  Effect.gen(function* () {
    const { open } = yield* FileSystem.FileSystem
    const place = yield* openIn(scope, path, open(path, { flag: "r+" }))
    const isIt = isSameFile(place.info, info) && (yield* isIntact({ path, bytes: Number(info.size), info: place.info }))
    if (isIt) return Option.some(place)
    yield* place.close
    return Option.none()
  })

const etagOf = (known: Option.Option<plan.Package>) => Option.getOrUndefined(Option.flatMap(known, ({ etag }) => etag))

/** Copies what an earlier run has left into a new file of that name; none if it has changed meanwhile. */
const copy = (scope: Scope.Scope, names: Names, ref: Ref, { held, info }: Left) =>
  Effect.gen(function* () {
    const { rename, stream } = yield* FileSystem.FileSystem
    const place = yield* openIn(scope, names.part, createFile(names.fresh))
    const { bytes } = held
    const read = stream(names.part, { bytesToRead: info.size, chunkSize: pieceSize })
    yield* Effect.onError(
      Stream.runForEach(read, (piece) => place.file.writeAll(piece)),
      () => Effect.ignore(discard(names.fresh))
    )
    const copied = yield* place.file.stat
    const isIt = copied.size === BigInt(bytes) && (yield* isIntact({ path: names.part, bytes, info }))
    if (isIt && etagOf(yield* sidecar.read(names.sidecar, ref)) === etagOf(Option.some(held))) {
      yield* rename(names.fresh, names.part)
      return Option.some(place)
    }
    yield* place.close
    yield* discard(names.fresh)
    return Option.none()
  })

/** Opens the part, and goes on from what an earlier run has left. `isTakenOver`: that run may not have ended. */
export const open = (
  names: Names,
  ref: Ref,
  hashing: Option.Option<Hashing.Service>,
  isTakenOver: boolean
): Effect.Effect<Part, PlatformError, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const scope = yield* Effect.scope
    const here = Effect.provideService(FileSystem.FileSystem, fs)

    yield* discard(names.fresh)
    let held = plan.nothing
    let place = Option.none<Place>()
    /** What a beginning has not replaced yet. */
    let spare = Option.none<{ readonly held: plan.Held; readonly place: Option.Option<Place> }>()

    const left = yield* leftOf(names, ref)
    if (Option.isSome(left)) {
      const { info } = left.value
      // A second name of the file would be written to as well.
      const isShared = isTakenOver || Option.exists(info.nlink, (links) => links > 1)
      place = yield* isShared ? copy(scope, names, ref, left.value) : reopen(scope, names.part, info)
      if (Option.isSome(place)) {
        held = left.value.held
        yield* place.value.file.seek(info.size, "start")
      }
    }

    const close = Effect.gen(function* () {
      if (Option.isNone(place)) return
      yield* place.value.close
      place = Option.none()
    })
    const enter = (path: string) =>
      Effect.gen(function* () {
        place = Option.some(yield* openIn(scope, path, createFile(path)))
      })

    const abandon = Effect.gen(function* () {
      if (Option.isNone(spare)) return false
      const before = spare.value
      spare = Option.none()
      const found = yield* Effect.option(inspect(names.fresh))
      const isOurs = ({ info }: Place) =>
        found._tag === "Some" && found.value._tag === "Regular" && isSameFile(found.value.info, info)
      const isOnDisk = Option.exists(place, isOurs)
      yield* close
      if (isOnDisk) yield* Effect.ignore(discard(names.fresh))
      place = before.place
      held = before.held
      return true
    })
    const drop = Effect.gen(function* () {
      yield* close
      held = plan.nothing
      yield* discard(names.sidecar)
      yield* discard(names.part)
    })
    yield* Effect.addFinalizer((exit) => (Exit.isFailure(exit) ? here(Effect.asVoid(abandon)) : Effect.void))

    let appended = 0
    return {
      appended: () => appended,
      held: () => held,
      begin: (known, note, replaces) =>
        Effect.gen(function* () {
          if (replaces) {
            yield* drop
            yield* enter(names.part)
            yield* sidecar.write(names.sidecar, ref, note)
          } else {
            spare = Option.some({ held, place })
            place = Option.none()
            yield* enter(names.fresh)
          }
          held = { ...known, bytes: 0 }
        }).pipe(here),
      learn: (known) => {
        held = { ...known, bytes: held.bytes }
      },
      append: (bytes) =>
        Effect.gen(function* () {
          if (Option.isNone(place)) return yield* Effect.dieMessage("bytes without a part")
          yield* place.value.file.writeAll(bytes)
          held = { ...held, bytes: held.bytes + bytes.length }
          appended += bytes.length
        }),
      rewind: (bytes) =>
        Effect.gen(function* () {
          if (Option.isNone(place)) return
          held = { ...held, bytes }
          yield* place.value.file.truncate(bytes)
          yield* place.value.file.seek(bytes, "start")
        }),
      abandon: here(abandon),
      drop: here(drop),
      written: Effect.gen(function* () {
        if (Option.isNone(place)) return Option.none()
        const { file, path } = place.value
        yield* file.sync
        const found = { path, bytes: held.bytes, info: yield* file.stat }
        return (yield* isIntact(found)) ? Option.some(found) : Option.none()
      }).pipe(here),
      sum: Effect.gen(function* () {
        const running = checksum.begin(hashing, held.checksums)
        if (Option.isNone(running) || Option.isNone(place)) return Option.none()
        const { expected, matches, update } = running.value
        yield* readThrough(place.value.path, update)
        return matches() ? Option.some(expected.algorithm) : false
      }).pipe(here)
    }
  })
