/**
 * Which jobs are those of creates whose answers were lost: the decision, made from what was seen, and nothing else.
 *
 * Nothing in a job says who asked for it. So jobs are given out only when all that is new is as many as the creates
 * that miss one, and nothing speaks against any of it: in every other case two people could hold the same job, or a
 * caller one that somebody else asked for.
 */
import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { JobId, ProjectId } from "../Ids.js"
import type { JobSummary } from "../Job.js"

/** The jobs of a workflow, as a list had them. */
export interface Listing {
  readonly jobs: ReadonlyArray<JobSummary>
  /** How many more there were, which could not be read. */
  readonly unreadable: number
  /** When it was made by the server's clock, in milliseconds. */
  readonly date: Option.Option<number>
}

/** What is known at the end of a search. */
export interface Evidence {
  /** The list that was made before any of the creates was sent. */
  readonly baseline: Listing
  /** The lists that were made since, in their order. */
  readonly listings: ReadonlyArray<Listing>
  /** The jobs that this client has been told about, or has given to somebody. */
  readonly known: ReadonlySet<JobId>
  /** Who the jobs of this client are created by, as far as it has seen. */
  readonly creators: ReadonlySet<string>
  /** The project of each create that misses its job. */
  readonly projects: ReadonlyArray<ProjectId>
  /** Whether there was another create whose job may be among the new ones, and which is not to be given one. */
  readonly doubtful: boolean
}

/** Why nothing could be given out, and what is new. */
export interface Unclear {
  readonly why: string
  readonly candidates: ReadonlyArray<JobSummary>
}

/** The jobs that are new, each as it was seen last. A list that forgets one for a while does not hide it. */
const newJobs = ({ baseline, known, listings }: Evidence): ReadonlyArray<JobSummary> => {
  const before = new Set(baseline.jobs.map(({ id }) => id))
  const found = new Map<JobId, JobSummary>()
  for (const { jobs } of listings) {
    for (const job of jobs) if (!before.has(job.id) && !known.has(job.id)) found.set(job.id, job)
  }
  return [...found.values()]
}

/** Whether the job was made between the two dates, to the second: a `Date` has no more. */
const isWithin = (job: JobSummary, from: Option.Option<number>, to: Option.Option<number>) =>
  Option.exists(Option.all({ at: job.createdAt, from, to }), ({ at, from, to }) => {
    const second = Math.floor(DateTime.toEpochMillis(at) / 1000)
    return second >= Math.floor(from / 1000) && second <= Math.floor(to / 1000)
  })

const isForeign = (job: JobSummary, creators: ReadonlySet<string>) =>
  creators.size > 0 && Option.exists(job.createdBy, (name) => !creators.has(name))

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? "" : "s"}`

const objection = (evidence: Evidence, jobs: ReadonlyArray<JobSummary>): string | undefined => {
  const { baseline, creators, doubtful, listings, projects } = evidence
  const last = listings[listings.length - 1]
  if (last === undefined) return "No list showed what is new."
  if (jobs.length === 0) return "No new job has appeared."
  if (new Set(projects).size > 1) return "Creates for several projects miss their jobs, and a job does not say its own."
  if (doubtful) return "Another create of this client, which adopts no job, may have made one too."
  if (jobs.length !== projects.length) {
    return `${count(jobs.length, "new job")} appeared, and ${count(projects.length, "create")} without an answer.`
  }
  if (listings.some(({ unreadable }) => unreadable > baseline.unreadable)) return "The list has items without an id."
  if (jobs.some((job) => !isWithin(job, baseline.date, last.date))) {
    return "It is not certain that what is new was created in that time."
  }
  return jobs.some((job) => isForeign(job, creators)) ? "What is new was created by somebody else." : undefined
}

/** What there is to say when a search has come to no end. */
export const unfinished = (why: string, evidence: Evidence): Unclear => ({ why, candidates: newJobs(evidence) })

/** The job of each create that misses one, or why that cannot be told. */
export const share = (evidence: Evidence): Either.Either<ReadonlyArray<JobSummary>, Unclear> => {
  const candidates = newJobs(evidence)
  const why = objection(evidence, candidates)
  return why === undefined ? Either.right(candidates) : Either.left({ why, candidates })
}
