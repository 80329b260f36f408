/**
 * Runs a job for every site and downloads its result. The process may be stopped or killed at any time, and run again
 * until all results exist: no job is paid twice, and no byte on the disk is fetched again.
 */
import { Path } from "@effect/platform"
import { Download, JobsApi, type RunAll } from "@effect-pixxel/client"
import { type Duration, Effect, Stream } from "effect"
import { Ledger } from "./Ledger.js"
import { Notices } from "./Notices.js"
import { type Site, Sites } from "./Sites.js"

export interface Settings {
  /** The folder for the results. Must exist. */
  readonly results: string
  /** The cost limit of a single job, in tokens. */
  readonly maxCost: number
  /** The time by which a list may lag behind a create. */
  readonly grace?: Duration.DurationInput
}

const inputOf = ({ name, project, workflow }: Site): RunAll.Input => ({
  key: name,
  workflowId: workflow,
  projectId: project
})

/** Downloads the result of a site. Keeps an identical existing file. */
const fetchResult = ({ results }: Settings, { input: { key, workflowId }, jobId }: RunAll.Succeeded) =>
  Effect.gen(function* () {
    const { send } = yield* Notices
    const path = yield* Path.Path
    yield* Download.toFile({ workflowId, jobId, path: path.join(results, `${key}.zip`) }).pipe(
      Effect.catchAll(({ message }) => send(`${key}: the result is still missing. ${message}`))
    )
  })

export const season = (settings: Settings) =>
  Effect.gen(function* () {
    const jobs = yield* JobsApi
    const ledger = yield* Ledger
    const { send } = yield* Notices
    const sites = yield* Sites

    /** Stores the event on the disk, then reports a failure. */
    const keep = (event: RunAll.Event) =>
      Effect.zipRight(
        ledger.append(event),
        event._tag === "Failed" ? send(`${event.input.key}: ${event.error.message}`) : Effect.void
      )

    const seen = yield* ledger.events
    const inputs = Stream.map(Stream.fromIterableEffect(sites.all), inputOf)
    const events = jobs.runAll(inputs, {
      seen,
      // Runs before any payment.
      keep: ledger.append,
      concurrency: 8,
      maxCost: settings.maxCost,
      grace: settings.grace,
      timeout: "12 hours",
      // Receives the outcome of a create in flight after the stream was stopped.
      onOrphan: (event) => Effect.orDie(keep(event))
    })

    yield* Stream.fromIterable(seen).pipe(
      // A slow download never delays the storage of an event.
      Stream.concat(events.pipe(Stream.tap(keep), Stream.buffer({ capacity: "unbounded" }))),
      Stream.filter((event) => event._tag === "Succeeded"),
      Stream.mapEffect((event) => fetchResult(settings, event), { concurrency: 3, unordered: true }),
      Stream.runDrain
    )
  })
