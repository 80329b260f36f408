/**
 * Every site's job, and its result on the disk. The process may be stopped or killed at any time, and is run again until
 * all results are there: nothing is paid twice, and no byte that is on the disk is fetched again.
 */
import { Path } from "@effect/platform"
import { Download, JobsApi, type RunAll } from "@effect-pixxel/client"
import { type Duration, Effect, Stream } from "effect"
import { Ledger } from "./Ledger.js"
import { Notices } from "./Notices.js"
import { type Site, Sites } from "./Sites.js"

export interface Settings {
  /** The folder for the results, which is there. */
  readonly results: string
  /** In tokens, for a single job. */
  readonly maxCost: number
  /** How long a list may lag behind a create. */
  readonly grace?: Duration.DurationInput
}

const inputOf = ({ name, project, workflow }: Site): RunAll.Input => ({
  key: name,
  workflowId: workflow,
  projectId: project
})

/** Fetches the result of a site; one that is there already is looked at and left. */
const fetchResult = ({ results }: Settings, { input: { key, workflowId }, jobId }: RunAll.Succeeded) =>
  Effect.gen(function* () {
    const { send } = yield* Notices
    const path = yield* Path.Path
    yield* Download.toFile({ workflowId, jobId, path: path.join(results, `${key}.zip`) }).pipe(
      Effect.catchAll(({ message }) => send(`${key}: the result is not here yet. ${message}`))
    )
  })

export const season = (settings: Settings) =>
  Effect.gen(function* () {
    const jobs = yield* JobsApi
    const ledger = yield* Ledger
    const { send } = yield* Notices
    const sites = yield* Sites

    /** On the disk first. People are told of what is missing. */
    const keep = (event: RunAll.Event) =>
      Effect.zipRight(
        ledger.append(event),
        event._tag === "Failed" ? send(`${event.input.key}: ${event.error.message}`) : Effect.void
      )

    const seen = yield* ledger.events
    const inputs = Stream.map(Stream.fromIterableEffect(sites.all), inputOf)
    const events = jobs.runAll(inputs, {
      seen,
      // Before anything is paid.
      keep: ledger.append,
      concurrency: 8,
      maxCost: settings.maxCost,
      grace: settings.grace,
      timeout: "12 hours",
      // The stream was stopped while a create was on its way: this is where its outcome is told.
      onOrphan: (event) => Effect.orDie(keep(event))
    })

    yield* Stream.fromIterable(seen).pipe(
      // No download, however slow, keeps an event from the ledger.
      Stream.concat(events.pipe(Stream.tap(keep), Stream.buffer({ capacity: "unbounded" }))),
      Stream.filter((event) => event._tag === "Succeeded"),
      Stream.mapEffect((event) => fetchResult(settings, event), { concurrency: 3, unordered: true }),
      Stream.runDrain
    )
  })
