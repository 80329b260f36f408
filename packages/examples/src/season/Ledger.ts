import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { RunAll } from "@effect-pixxel/client"
import { Context, Effect, Layer, ParseResult, Schema } from "effect"
import * as Lock from "./Lock.js"

const Line = Schema.parseJson(RunAll.Event)

export class LedgerUnreadable extends Schema.TaggedError<LedgerUnreadable>()("LedgerUnreadable", {
  path: Schema.String,
  line: Schema.Number,
  reason: Schema.String
}) {
  override get message() {
    return `${this.path}:${this.line}: ${this.reason}\nA job may have been billed. Search for it before you remove the line.`
  }
}

/**
 * The events of a batch: intended creates, their jobs, and their outcomes. One JSON line per event, on the disk before
 * the batch continues. Belongs to one process at a time.
 */
export class Ledger extends Context.Tag("Ledger")<
  Ledger,
  {
    readonly append: (event: RunAll.Event) => Effect.Effect<void, PlatformError | ParseResult.ParseError | Lock.Locked>
    readonly events: Effect.Effect<ReadonlyArray<RunAll.Event>, LedgerUnreadable>
  }
>() {
  static readonly layer = (path: string) =>
    Layer.scoped(
      Ledger,
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { dirname } = yield* Path.Path
        const turn = yield* Effect.makeSemaphore(1)
        const lock = yield* Lock.acquire(`${path}.lock`)

        const opened = yield* fs.open(path, { flag: "a" })
        // Sync the folder, so that the name of a new file survives. Windows cannot open folders, and needs no sync.
        yield* Effect.scoped(Effect.flatMap(fs.open(dirname(path), { flag: "r" }), ({ sync }) => sync)).pipe(
          Effect.ignore
        )

        // Text after the last line break is incomplete: the process was killed while writing it.
        const bytes = yield* fs.readFile(path)
        const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1)
        if (whole.length < bytes.length) yield* fs.truncate(path, FileSystem.Size(whole.length))
        const lines = new TextDecoder().decode(whole).split("\n").slice(0, -1)

        return {
          append: (event) =>
            Effect.gen(function* () {
              yield* lock.check
              yield* opened.writeAll(new TextEncoder().encode(`${yield* Schema.encode(Line)(event)}\n`))
              yield* opened.sync
            }).pipe(turn.withPermits(1), Effect.uninterruptible),
          events: Effect.forEach(lines, (line, index) =>
            Effect.mapError(Schema.decode(Line)(line), (error) => {
              const reason = ParseResult.TreeFormatter.formatErrorSync(error)
              return new LedgerUnreadable({ path, line: index + 1, reason })
            })
          )
        }
      })
    )
}
