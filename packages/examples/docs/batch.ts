import { FetchHttpClient, FileSystem } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { JobsApi, Pixxel, ProjectId, RunAll, WorkflowId } from "@effect-pixxel/client"
import { Console, Effect, Layer, Schema, Stream } from "effect"

const workflowId = WorkflowId.make("wf-crop-classification")
const projectId = ProjectId.make("project-monsoon-2024")
const inputs = ["north field", "south field", "west field"].map((key): RunAll.Input => ({ key, workflowId, projectId }))

const Line = Schema.parseJson(RunAll.Event)

/** One line of JSON per event, synced to the disk before the batch goes on. */
const openLedger = (path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = yield* fs.open(path, { flag: "a" })
    const text = yield* fs.readFileString(path)
    // A last line without its line break was torn when the process was killed.
    const whole = text.slice(0, text.lastIndexOf("\n") + 1)
    if (whole !== text) yield* fs.truncate(path, FileSystem.Size(new TextEncoder().encode(whole).length))
    const lines = whole.split("\n").filter((line) => line !== "")
    const turn = yield* Effect.makeSemaphore(1)
    return {
      seen: yield* Effect.forEach(lines, (line) => Schema.decode(Line)(line)),
      keep: (event: RunAll.Event) =>
        Effect.gen(function* () {
          yield* file.writeAll(new TextEncoder().encode(`${yield* Schema.encode(Line)(event)}\n`))
          yield* file.sync
        }).pipe(turn.withPermits(1))
    }
  })

const program = Effect.gen(function* () {
  const jobs = yield* JobsApi
  const { keep, seen } = yield* openLedger("ledger.jsonl")
  yield* Console.log(`${seen.length} events in the ledger`)
  yield* jobs
    .runAll(Stream.fromIterable(inputs), {
      concurrency: 2,
      seen,
      keep,
      onOrphan: (event) => Effect.orDie(keep(event))
    })
    .pipe(
      Stream.tap((update) => Console.log(`${update.input.key}: ${update._tag}`)),
      Stream.runForEach(keep)
    )
})

const Live = Layer.merge(Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer)), NodeContext.layer)

program.pipe(Effect.scoped, Effect.provide(Live), NodeRuntime.runMain)
