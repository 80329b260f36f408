/** Derives the state of a batch from its events. The last event of each input counts. */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import type { CreateIntent } from "../../CreateIntent.js"
import type { JobId } from "../../Ids.js"
import type { Event, Input } from "../RunAll.js"

/** A create that was about to be sent and has no recorded outcome. */
export interface Open {
  readonly input: Input
  readonly intent: CreateIntent
}

export interface State {
  readonly open: ReadonlyArray<Open>
  /** Creates whose outcome was reported as unknown. */
  readonly unknown: ReadonlyArray<CreateIntent>
  /** The job of each unfinished run, by key. */
  readonly jobs: ReadonlyMap<string, JobId>
  /** The latest possible creation time of each job, by key and by the server's clock, if its record has one. */
  readonly createdAt: ReadonlyMap<string, DateTime.Utc>
  /** The keys whose run has ended, successfully or not. */
  readonly ended: ReadonlySet<string>
  /** Every job id in the events. */
  readonly known: ReadonlySet<JobId>
}

export const stateOf = (events: Iterable<Event>): State => {
  let open: ReadonlyArray<Open> = []
  const intents = new Set<string>()
  const unknown = new Map<string, CreateIntent>()
  const jobs = new Map<string, JobId>()
  const createdAt = new Map<string, DateTime.Utc>()
  const ended = new Set<string>()
  const known = new Set<JobId>()

  /** Closes the create of a key: its outcome is known, or was reported as unknown. */
  const close = (key: string) => {
    open = open.filter(({ input }) => input.key !== key)
    unknown.delete(key)
  }

  for (const event of events) {
    const { key } = event.input
    if (event.input.jobId !== undefined) known.add(event.input.jobId)
    switch (event._tag) {
      case "Intended":
        if (intents.has(event.intent.id)) break
        intents.add(event.intent.id)
        open = [...open, { input: event.input, intent: event.intent }]
        Option.map(event.intent.sentAt, (at) => createdAt.set(key, DateTime.addDuration(at, event.intent.timeout)))
        ended.delete(key)
        jobs.delete(key)
        break
      case "Created":
        close(key)
        jobs.set(key, event.jobId)
        ended.delete(key)
        known.add(event.jobId)
        break
      case "Succeeded":
        close(key)
        ended.add(key)
        known.add(event.jobId)
        break
      case "Failed":
        close(key)
        ended.add(key)
        if (event.jobId._tag === "Some") known.add(event.jobId.value)
        if (event.error._tag === "CreateOutcomeUnknown") unknown.set(key, event.error.intent)
    }
  }
  return { open, unknown: [...unknown.values()], jobs, createdAt, ended, known }
}
