/**
 * The part: the first bytes of a package on the disk, their note, and the sum of them. All three change together here,
 * and nowhere else.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { Hashing } from "../../Hashing.js"
import * as checksum from "./checksum.js"
import { look, type Names, type Ref, readThrough } from "./files.js"
import * as plan from "./plan.js"
import * as sidecar from "./sidecar.js"

export interface Part {
  /** How many bytes this run has brought, in all. */
  readonly appended: () => number
  /** What is there now. */
  readonly held: () => plan.Held
  /** Drops what is there, for the first bytes of this package. */
  readonly begin: (known: plan.Package) => Effect.Effect<void, PlatformError>
  /** Something more is known of the package. */
  readonly learn: (known: plan.Package) => void
  readonly append: (bytes: Uint8Array) => Effect.Effect<void, PlatformError>
  /** The checksum that all of it matches; `false` if it does not match the one that is expected. */
  readonly sum: () => Option.Option<Hashing.Algorithm> | false
  readonly sync: Effect.Effect<void, PlatformError>
}

/** What an earlier run has left: no more than its note says. */
const leftOf = (names: Names, ref: Ref) =>
  Effect.gen(function* () {
    const info = yield* look(names.part)
    const known = yield* sidecar.read(names.sidecar, ref)
    const bytes = Option.match(info, { onNone: () => 0, onSome: ({ size }) => Number(size) })
    if (bytes === 0 || Option.isNone(known) || Option.isNone(known.value.etag)) return plan.nothing
    // More than all of it is not it.
    return Option.exists(known.value.total, (total) => bytes > total) ? plan.nothing : { ...known.value, bytes }
  })

/** Opens the part, and goes on from what an earlier run has left. */
export const open = (
  names: Names,
  ref: Ref,
  hashing: Option.Option<Hashing.Service>
): Effect.Effect<Part, PlatformError, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    let held = yield* leftOf(names, ref)
    const file = yield* fs.open(names.part, { flag: held.bytes === 0 ? "w" : "r+" })
    yield* file.seek(BigInt(held.bytes), "start")

    let running = checksum.begin(hashing, held.checksums)
    if (held.bytes > 0 && Option.isSome(running)) {
      yield* readThrough(names.part, running.value.update, { bytesToRead: BigInt(held.bytes) })
    }

    let appended = 0
    return {
      appended: () => appended,
      held: () => held,
      begin: (known) =>
        Effect.gen(function* () {
          held = plan.nothing
          yield* file.truncate(0)
          yield* file.seek(0, "start")
          yield* Effect.provideService(sidecar.write(names.sidecar, ref, known), FileSystem.FileSystem, fs)
          held = { ...known, bytes: 0 }
          running = checksum.begin(hashing, known.checksums)
        }),
      learn: (known) => {
        held = { ...known, bytes: held.bytes }
      },
      append: (bytes) =>
        Effect.map(file.writeAll(bytes), () => {
          held = { ...held, bytes: held.bytes + bytes.length }
          appended += bytes.length
          if (Option.isSome(running)) running.value.update(bytes)
        }),
      sum: () => {
        if (Option.isNone(running)) return Option.none()
        const { expected, matches } = running.value
        return matches() ? Option.some(expected.algorithm) : false
      },
      sync: file.sync
    }
  })
