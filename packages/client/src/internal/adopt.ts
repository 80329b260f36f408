/**
 * Assigns new jobs to creates whose answers were lost: a pure function of the evidence.
 *
 * A job does not name its create. So a create gets a job only if the new jobs are as many as the creates that may have
 * made them, each fits the window of its create, and no evidence contradicts the assignment. In all other cases two
 * callers could hold the same job, or a caller could hold the job of another writer.
 *
 * Creates with disjoint windows are independent. So records and jobs are grouped: two records belong together if a job
 * fits both.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { CreateIntent } from "../CreateIntent.js"
import type { JobId } from "../Ids.js"
import type { JobSummary } from "../jobs/Job.js"
import { isCertainlyOf, matcher } from "./intent.js"

/** The jobs of a workflow in one list answer. */
export interface Listing {
  readonly jobs: ReadonlyArray<JobSummary>
  /** The number of list items that could not be read. */
  readonly unreadable: number
  /** The time of the answer by the server's clock, in milliseconds. */
  readonly date: Option.Option<number>
  /** The arrival, in milliseconds of the monotonic clock. */
  readonly at: number
}

/** The evidence at the end of a search. */
export interface Evidence {
  /** The creates whose jobs are searched for. */
  readonly intents: ReadonlyArray<CreateIntent>
  /** Other creates of this client that may have made a job, and get none here. */
  readonly rivals: ReadonlyArray<CreateIntent>
  /** The lists made after all creates were sent, in order. */
  readonly listings: ReadonlyArray<Listing>
  /** The jobs whose ids this client or a caller of it already has. */
  readonly known: { readonly has: (id: JobId) => boolean }
  /** The users seen as creators of this client's jobs. */
  readonly creators: ReadonlySet<string>
}

/** The reason for a missing assignment, and the candidates. */
export interface Unassigned {
  readonly why: string
  readonly candidates: ReadonlyArray<JobSummary>
}

/** The job of a create, or the reason why it is unknown. */
export type Assignment = Either.Either<JobSummary, Unassigned>

interface Claim {
  readonly intent: CreateIntent
  readonly isRival: boolean
  readonly fits: (job: JobSummary) => boolean
}

/** Records that fit common jobs, and these jobs. */
interface Group {
  readonly claims: ReadonlyArray<Claim>
  readonly jobs: ReadonlyArray<JobSummary>
}

const claimsOf = ({ intents, rivals }: Evidence): ReadonlyArray<Claim> => {
  const claim = (isRival: boolean) => (intent: CreateIntent) => ({ intent, isRival, fits: matcher(intent) })
  return [...intents.map(claim(false)), ...rivals.map(claim(true))]
}

/** The jobs unknown to all callers, each in its last listed state. A job that later lists omit still counts. */
const unknownJobs = ({ known, listings }: Evidence): ReadonlyArray<JobSummary> => {
  const found = new Map<JobId, JobSummary>()
  for (const { jobs } of listings) for (const job of jobs) if (!known.has(job.id)) found.set(job.id, job)
  return [...found.values()]
}

const groupOf = (start: Claim, claims: ReadonlyArray<Claim>, all: ReadonlyArray<JobSummary>): Group => {
  const reached = new Set([start])
  const jobs = new Set<JobSummary>()
  // Iterating a Set also yields the elements added during the iteration.
  for (const { fits } of reached) {
    for (const job of all) {
      if (jobs.has(job) || !fits(job)) continue
      jobs.add(job)
      for (const other of claims) if (other.fits(job)) reached.add(other)
    }
  }
  return { claims: claims.filter((claim) => reached.has(claim)), jobs: all.filter((job) => jobs.has(job)) }
}

/** Assigns a fitting job to each claim, each job once; none if impossible. */
const match = ({ claims, jobs }: Group): Option.Option<ReadonlyMap<Claim, JobSummary>> => {
  const holder = new Map<JobSummary, Claim>()
  const place = (claim: Claim, tried: Set<JobSummary>): boolean =>
    jobs.some((job) => {
      if (tried.has(job) || !claim.fits(job)) return false
      tried.add(job)
      const other = holder.get(job)
      if (other !== undefined && !place(other, tried)) return false
      holder.set(job, claim)
      return true
    })
  return claims.every((claim) => place(claim, new Set()))
    ? Option.some(new Map([...holder].map(([job, claim]) => [claim, job])))
    : Option.none()
}

/**
 * Whether another assignment exists in which a rival holds the job of a searching create. Exchanges among searching
 * creates are harmless: their jobs have the same workflow and project.
 */
const isContested = ({ claims }: Group, held: ReadonlyMap<Claim, JobSummary>): boolean => {
  if (!claims.some(({ isRival }) => isRival)) return false
  const mayTake = (claim: Claim, other: Claim) => {
    const job = held.get(other)
    return job !== undefined && claim.fits(job)
  }
  const reachable = (start: Claim) => {
    const reached = new Set([start])
    for (const claim of reached) for (const other of claims) if (mayTake(claim, other)) reached.add(other)
    return reached
  }
  return claims.some(
    (claim) => !claim.isRival && [...reachable(claim)].some((other) => other.isRival && reachable(other).has(claim))
  )
}

const isForeign = (job: JobSummary, creators: ReadonlySet<string>) =>
  creators.size > 0 && Option.exists(job.createdBy, (name) => !creators.has(name))

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? "" : "s"}`

const unreadableBefore = ({ before }: CreateIntent) =>
  Option.match(before, { onNone: () => Number.POSITIVE_INFINITY, onSome: ({ unreadable }) => unreadable })

/** The jobs of a group's creates, or the reason why they are unknown. */
const decide = (group: Group, { creators, listings }: Evidence): ReadonlyMap<Claim, JobSummary> | string => {
  const { claims, jobs } = group
  if (jobs.length === 0) return "No new job has appeared."
  const rivals = claims.filter(({ isRival }) => isRival).length
  if (new Set(claims.map(({ intent }) => intent.projectId)).size > 1) {
    return "Creates for several projects have no known job, and a job does not name its project."
  }
  if (jobs.length !== claims.length) {
    return rivals === 0
      ? `${count(jobs.length, "new job")} appeared for ${count(claims.length, "create")} without an answer.`
      : "Another create of this client, which adopts no job or has an unknown outcome, may have made a job too."
  }
  const fewest = Math.min(...claims.map(({ intent }) => unreadableBefore(intent)))
  if (listings.some(({ unreadable }) => unreadable > fewest)) return "The list has items without an id."
  const held = Option.getOrUndefined(match(group))
  if (held === undefined || [...held].some(([{ intent }, job]) => !isCertainlyOf(intent, job))) {
    return "The creation times do not prove that the new jobs belong to these creates."
  }
  if (isContested(group, held)) {
    return "A new job may belong to another create of this client with an unknown outcome."
  }
  return jobs.some((job) => isForeign(job, creators)) ? "A new job was created by another user." : held
}

const candidatesOf = ({ fits }: Claim, jobs: ReadonlyArray<JobSummary>) => jobs.filter(fits)

/** The assignments of an incomplete search. */
export const unfinished = (why: string, evidence: Evidence): ReadonlyArray<Assignment> => {
  const jobs = unknownJobs(evidence)
  return claimsOf(evidence)
    .filter(({ isRival }) => !isRival)
    .map((claim) => Either.left({ why, candidates: candidatesOf(claim, jobs) }))
}

/** The assignment of each searching create, in order. */
export const assign = (evidence: Evidence): ReadonlyArray<Assignment> => {
  if (evidence.listings.length === 0) return unfinished("No list of the jobs succeeded.", evidence)
  const jobs = unknownJobs(evidence)
  const claims = claimsOf(evidence)
  const assignments = new Map<Claim, Assignment>()
  for (const claim of claims) {
    if (claim.isRival || assignments.has(claim)) continue
    const group = groupOf(claim, claims, jobs)
    const decision = decide(group, evidence)
    for (const member of group.claims) {
      const job = typeof decision === "string" ? undefined : decision.get(member)
      const why = typeof decision === "string" ? decision : ""
      assignments.set(
        member,
        job === undefined ? Either.left({ why, candidates: candidatesOf(member, group.jobs) }) : Either.right(job)
      )
    }
  }
  return claims.flatMap((claim) => (claim.isRival ? [] : Option.toArray(Option.fromNullable(assignments.get(claim)))))
}
