/**
 * The part: the first bytes of a package on the disk, and their sidecar. Both change together, and only here.
 *
 * One run at a time writes to a part: a run that lost its lock may still have a pending write, so a takeover copies the
 * part into a new file. A restart writes to a new file too. If its first bytes do not prove that the part is obsolete,
 * the new file stays beside the part until it is complete.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Subject } from "../../Subject.js"
import { createFile, discard, inspect, isSameFile, type Names, pieceSize } from "./files.js"
import * as plan from "./plan.js"
import * as sidecar from "./sidecar.js"

/** The expected state of a file at its name. */
export interface Written {
  readonly path: string
  readonly bytes: number
  readonly info: FileSystem.File.Info
}

export type Part = Effect.Effect.Success<ReturnType<typeof open>>

/** Whether the name still has the file with the expected length. */
export const isIntact = ({ bytes, info, path }: Written) =>
  Effect.map(
    inspect(path),
    (entry) => entry._tag === "Regular" && isSameFile(entry.info, info) && entry.info.size === BigInt(bytes)
  )

/** An open file, until `close`. */
type Place = Effect.Effect.Success<ReturnType<typeof openIn>>

const openIn = <R>(
  scope: Scope.Scope,
  path: string,
  open: Effect.Effect<FileSystem.File, PlatformError, R | Scope.Scope>
) =>
  Effect.gen(function* () {
    const own = yield* Scope.fork(scope, ExecutionStrategy.sequential)
    const file = yield* Scope.extend(open, own)
    return { path, file, info: yield* file.stat, close: Scope.close(own, Exit.void) } as const
  })

type Left = Option.Option.Value<Effect.Effect.Success<ReturnType<typeof leftOf>>>

/** The part of an earlier run, if it agrees with its sidecar. */
const leftOf = (names: Names, subject: Subject) =>
  Effect.gen(function* () {
    const entry = yield* inspect(names.part)
    const known = yield* sidecar.read(names.sidecar, subject)
    if (entry._tag !== "Regular" || entry.info.size === 0n || Option.isNone(known)) return Option.none()
    const bytes = Number(entry.info.size)
    // A file longer than the package is not its part.
    if (Option.exists(known.value.total, (total) => bytes > total)) return Option.none()
    return Option.some({ held: { ...known.value, bytes }, info: entry.info } as const)
  })

/** Opens the file of an earlier run; none if the name no longer has it. */
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

/** Copies the part of an earlier run into a new file of that name; none if it has changed meanwhile. */
const copy = (scope: Scope.Scope, names: Names, subject: Subject, { held, info }: Left) =>
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
    if (isIt && etagOf(yield* sidecar.read(names.sidecar, subject)) === etagOf(Option.some(held))) {
      yield* rename(names.fresh, names.part)
      return Option.some(place)
    }
    yield* place.close
    yield* discard(names.fresh)
    return Option.none()
  })

/** Opens the part, and resumes an earlier run. `isTakenOver`: that run may not have ended. */
export const open = (names: Names, subject: Subject, isTakenOver: boolean) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const scope = yield* Effect.scope
    const here = Effect.provideService(FileSystem.FileSystem, fs)

    yield* discard(names.fresh)
    let held = plan.nothing
    let place = Option.none<Place>()
    /** The part that an unproven restart may still return to. */
    let spare = Option.none<{ readonly held: plan.Held; readonly place: Option.Option<Place> }>()

    const left = yield* leftOf(names, subject)
    if (Option.isSome(left)) {
      const { info } = left.value
      // Writing would also change a second name of the file.
      const isShared = isTakenOver || Option.exists(info.nlink, (links) => links > 1)
      place = yield* isShared ? copy(scope, names, subject, left.value) : reopen(scope, names.part, info)
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

    /** Drops an unproven restart and returns to the part before. Returns whether there was one. */
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
    /** Removes a wrong part. */
    const drop = Effect.gen(function* () {
      yield* close
      held = plan.nothing
      yield* discard(names.sidecar)
      yield* discard(names.part)
    })
    yield* Effect.addFinalizer((exit) => (Exit.isFailure(exit) ? here(Effect.asVoid(abandon)) : Effect.void))

    let appended = 0
    return {
      /** The total number of bytes received in this run. */
      appended: () => appended,
      held: () => held,
      /** Starts a new file for this package. `note` is the part of its metadata that the sidecar may hold. */
      begin: (known: plan.Package, note: plan.Package, replaces: boolean) =>
        Effect.gen(function* () {
          if (replaces) {
            yield* drop
            yield* enter(names.part)
            yield* sidecar.write(names.sidecar, subject, note)
          } else {
            spare = Option.some({ held, place })
            place = Option.none()
            yield* enter(names.fresh)
          }
          held = { ...known, bytes: 0 }
        }).pipe(here),
      learn: (known: plan.Package) => {
        held = { ...known, bytes: held.bytes }
      },
      append: (bytes: Uint8Array) =>
        Effect.gen(function* () {
          if (Option.isNone(place)) return yield* Effect.dieMessage("bytes without a part")
          yield* place.value.file.writeAll(bytes)
          held = { ...held, bytes: held.bytes + bytes.length }
          appended += bytes.length
        }),
      /** Truncates the part to its first `bytes`. */
      rewind: (bytes: number) =>
        Effect.gen(function* () {
          if (Option.isNone(place)) return
          held = { ...held, bytes }
          yield* place.value.file.truncate(bytes)
          yield* place.value.file.seek(bytes, "start")
        }),
      abandon: here(abandon),
      drop: here(drop),
      /** Syncs the part. None if the file on the disk differs from the written bytes. */
      written: Effect.gen(function* () {
        if (Option.isNone(place)) return Option.none<Written>()
        const { file, path } = place.value
        yield* file.sync
        const found = { path, bytes: held.bytes, info: yield* file.stat }
        return (yield* isIntact(found)) ? Option.some(found) : Option.none()
      }).pipe(here)
    }
  })
