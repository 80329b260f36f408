/**
 * Admits one process at a time, with an exclusive file that names its owner. Rejects a second process. Takes over the
 * lock of a killed process: its pid no longer runs on this machine, or belongs to a process with another start time (if
 * /proc has it). Never takes over the lock of another machine; the error names it.
 */
import { hostname } from "node:os"
import { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect, Option, Schema } from "effect"

const Owner = Schema.parseJson(
  Schema.Struct({
    host: Schema.String,
    pid: Schema.Number,
    started: Schema.optionalWith(Schema.String, { as: "Option" }),
    nonce: Schema.String
  })
)
type Owner = typeof Owner.Type

export class Locked extends Schema.TaggedError<Locked>()("Locked", { path: Schema.String, owner: Schema.String }) {
  override get message() {
    return `${this.path} is held by ${this.owner}. Wait until that process has ended. If it is certainly gone, remove the file.`
  }
}

const isRunning = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // The process runs and belongs to another user.
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

/** The start time of a process, in ticks since the boot of the machine; none if unreadable. */
const startOf = (fs: FileSystem.FileSystem, pid: number) =>
  Effect.option(fs.readFileString(`/proc/${pid}/stat`)).pipe(
    // The program name, in parentheses, may contain spaces.
    Effect.map(Option.flatMap((stat) => Option.fromNullable(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19])))
  )

const isAlive = (fs: FileSystem.FileSystem, { host, pid, started }: Owner) =>
  host !== hostname()
    ? Effect.succeed(true)
    : !isRunning(pid)
      ? Effect.succeed(false)
      : Effect.map(
          startOf(fs, pid),
          (now) => Option.isNone(now) || Option.isNone(started) || now.value === started.value
        )

const existed = (error: PlatformError) => error._tag === "SystemError" && error.reason === "AlreadyExists"
const missed = (error: PlatformError) => error._tag === "SystemError" && error.reason === "NotFound"

/** Holds the lock for the scope. `check` fails if the lock was lost. */
export const acquire = (path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const nonce = globalThis.crypto.randomUUID()
    const own = yield* Schema.encode(Owner)({
      host: hostname(),
      pid: process.pid,
      started: yield* startOf(fs, process.pid),
      nonce
    })
    const draft = `${path}.${nonce}`

    const read = (file: string) => Effect.option(fs.readFileString(file))

    /** Moves the lock of a dead process away. Restores a lock that was taken over meanwhile. */
    const removeStale = (stale: string) =>
      Effect.gen(function* () {
        const away = `${draft}.stale`
        yield* Effect.catchIf(fs.rename(path, away), missed, () => Effect.void)
        const moved = yield* read(away)
        if (Option.isSome(moved) && moved.value !== stale) {
          yield* Effect.catchIf(fs.link(away, path), existed, () => Effect.void)
        }
        yield* fs.remove(away, { force: true })
      })

    const attempt: Effect.Effect<void, PlatformError | Locked> = Effect.gen(function* () {
      // A hard link creates the file with all of its content, or fails.
      const taken = yield* fs.link(draft, path).pipe(
        Effect.as(true),
        Effect.catchIf(existed, () => Effect.succeed(false))
      )
      if (taken) return
      const found = yield* read(path)
      if (Option.isNone(found)) return yield* attempt
      const owner = yield* Effect.option(Schema.decode(Owner)(found.value))
      if (Option.isNone(owner)) return yield* new Locked({ path, owner: "an unknown process" })
      if (yield* isAlive(fs, owner.value)) {
        return yield* new Locked({ path, owner: `process ${owner.value.pid} on ${owner.value.host}` })
      }
      yield* removeStale(found.value)
      return yield* attempt
    })

    yield* Effect.acquireRelease(
      fs
        .writeFileString(draft, own)
        .pipe(Effect.zipRight(attempt), Effect.ensuring(Effect.ignore(fs.remove(draft, { force: true })))),
      () =>
        Effect.flatMap(read(path), (found) =>
          Option.contains(found, own) ? Effect.ignore(fs.remove(path)) : Effect.void
        )
    )
    return {
      check: Effect.flatMap(read(path), (found) =>
        Option.contains(found, own) ? Effect.void : new Locked({ path, owner: "another process, which took it over" })
      )
    }
  })
