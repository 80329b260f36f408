import { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { RunAll } from "@effect-pixxel/client"
import { Context, Effect, Layer, ParseResult, Schema } from "effect"

const Line = Schema.parseJson(RunAll.Event)

export class LedgerUnreadable extends Schema.TaggedError<LedgerUnreadable>()("LedgerUnreadable", {
  path: Schema.String,
  line: Schema.Number,
  reason: Schema.String
}) {
  override get message() {
    return `${this.path}:${this.line}: ${this.reason}\nA job may have been paid for: look for it before you remove the line.`
  }
}

/** What has been paid for and what became of it: a line of JSON for each event, on the disk before anything goes on. */
export class Ledger extends Context.Tag("Ledger")<
  Ledger,
  {
    readonly append: (event: RunAll.Event) => Effect.Effect<void, PlatformError | ParseResult.ParseError>
    readonly events: Effect.Effect<ReadonlyArray<RunAll.Event>, PlatformError | LedgerUnreadable>
  }
>() {
  static readonly layer = (path: string) =>
    Layer.effect(
      Ledger,
      Effect.map(FileSystem.FileSystem, (fs) => ({
        append: (event) =>
          Effect.gen(function* () {
            const file = yield* fs.open(path, { flag: "a" })
            yield* file.writeAll(new TextEncoder().encode(`${yield* Schema.encode(Line)(event)}\n`))
            yield* file.sync
          }).pipe(Effect.scoped, Effect.uninterruptible),
        events: Effect.gen(function* () {
          if (!(yield* fs.exists(path))) return []
          const lines = (yield* fs.readFileString(path)).split("\n")
          // What follows the last line break is nothing, unless a process has died in the middle of a line.
          return yield* Effect.forEach(lines.at(-1) === "" ? lines.slice(0, -1) : lines, (line, index) =>
            Effect.mapError(Schema.decode(Line)(line), (error) => {
              const reason = ParseResult.TreeFormatter.formatErrorSync(error)
              return new LedgerUnreadable({ path, line: index + 1, reason })
            })
          )
        })
      }))
    )
}
