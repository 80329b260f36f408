/**
 * Which jobs are those of creates whose answers were lost: the decision, as a pure function of the evidence.
 *
 * Nothing in a job says which create made it. A job is given to a create only when the jobs that are new are as many as
 * the creates that may have made them, each fits the window of its own create, and nothing speaks against any of it.
 * In every other case two callers could hold the same job, or one a job that somebody else asked for.
 *
 * Creates of disjoint windows do not concern each other. So records and jobs are grouped: two records belong together
 * when one job may be that of both.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { CreateIntent } from "../CreateIntent.js"
import type { JobId } from "../Ids.js"
import type { JobSummary } from "../Job.js"
import { isCertainlyOf, matcher } from "./intent.js"

/** The jobs of a workflow, as a list had them. */
export interface Listing {
  readonly jobs: ReadonlyArray<JobSummary>
  /** How many more there were, which could not be read. */
  readonly unreadable: number
  /** When it was made by the server's clock, in milliseconds. */
  readonly date: Option.Option<number>
  /** When it arrived, in milliseconds of the monotonic clock. */
  readonly at: number
}

/** What is known at the end of a search. */
export interface Evidence {
  /** The creates that look for their jobs. */
  readonly intents: ReadonlyArray<CreateIntent>
  /** Other creates of this client that may have made a job, and are given none here. */
  readonly rivals: ReadonlyArray<CreateIntent>
  /** The lists that were made after all creates were sent, in their order. */
  readonly listings: ReadonlyArray<Listing>
  /** The jobs that this client has been told about, or has given to a caller. */
  readonly known: { readonly has: (id: JobId) => boolean }
  /** The users who create the jobs of this client, as far as it has seen. */
  readonly creators: ReadonlySet<string>
}

/** Why no job could be given, and the jobs that may be the one. */
export interface Unclear {
  readonly why: string
  readonly candidates: ReadonlyArray<JobSummary>
}

/** The job of a create, or why it is not known. */
export type Finding = Either.Either<JobSummary, Unclear>

interface Claim {
  readonly intent: CreateIntent
  readonly isRival: boolean
  readonly fits: (job: JobSummary) => boolean
}

/** Records that may have made the same jobs, and these jobs. */
interface Group {
  readonly claims: ReadonlyArray<Claim>
  readonly jobs: ReadonlyArray<JobSummary>
}

const claimsOf = ({ intents, rivals }: Evidence): ReadonlyArray<Claim> => {
  const claim = (isRival: boolean) => (intent: CreateIntent) => ({ intent, isRival, fits: matcher(intent) })
  return [...intents.map(claim(false)), ...rivals.map(claim(true))]
}

/** The jobs that no caller knows yet, each as it was seen last. A list that leaves one out for a while does not hide it. */
const unknownJobs = ({ known, listings }: Evidence): ReadonlyArray<JobSummary> => {
  const found = new Map<JobId, JobSummary>()
  for (const { jobs } of listings) for (const job of jobs) if (!known.has(job.id)) found.set(job.id, job)
  return [...found.values()]
}

const groupOf = (start: Claim, claims: ReadonlyArray<Claim>, all: ReadonlyArray<JobSummary>): Group => {
  const reached = new Set([start])
  const jobs = new Set<JobSummary>()
  // A set that grows while it is iterated yields what was added.
  for (const { fits } of reached) {
    for (const job of all) {
      if (jobs.has(job) || !fits(job)) continue
      jobs.add(job)
      for (const other of claims) if (other.fits(job)) reached.add(other)
    }
  }
  return { claims: claims.filter((claim) => reached.has(claim)), jobs: all.filter((job) => jobs.has(job)) }
}

/** One job for each claim that it fits, each once; none if there is no such assignment. */
const assign = ({ claims, jobs }: Group): Option.Option<ReadonlyMap<Claim, JobSummary>> => {
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
 * Whether another assignment is possible in which a rival holds the job of a create that looks for its own. Among the
 * latter an exchange makes no difference: their jobs have the same workflow and the same project.
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

/** The jobs of a group's creates, or the reason why they are not known. */
const decide = (group: Group, { creators, listings }: Evidence): ReadonlyMap<Claim, JobSummary> | string => {
  const { claims, jobs } = group
  if (jobs.length === 0) return "No new job has appeared."
  const rivals = claims.filter(({ isRival }) => isRival).length
  if (new Set(claims.map(({ intent }) => intent.projectId)).size > 1) {
    return "Creates for several projects miss their jobs, and a job does not say its own."
  }
  if (jobs.length !== claims.length) {
    return rivals === 0
      ? `${count(jobs.length, "new job")} appeared, and ${count(claims.length, "create")} without an answer.`
      : "Another create of this client, which adopts no job or has no known outcome yet, may have made one too."
  }
  const fewest = Math.min(...claims.map(({ intent }) => unreadableBefore(intent)))
  if (listings.some(({ unreadable }) => unreadable > fewest)) return "The list has items without an id."
  const held = Option.getOrUndefined(assign(group))
  if (held === undefined || [...held].some(([{ intent }, job]) => !isCertainlyOf(intent, job))) {
    return "It is not certain that what is new was created in that time."
  }
  if (isContested(group, held)) {
    return "What is new may be the job of another create of this client, which has no known outcome yet."
  }
  return jobs.some((job) => isForeign(job, creators)) ? "What is new was created by somebody else." : held
}

const candidatesOf = ({ fits }: Claim, jobs: ReadonlyArray<JobSummary>) => jobs.filter(fits)

/** The findings of a search that has come to no end. */
export const unfinished = (why: string, evidence: Evidence): ReadonlyArray<Finding> => {
  const jobs = unknownJobs(evidence)
  return claimsOf(evidence)
    .filter(({ isRival }) => !isRival)
    .map((claim) => Either.left({ why, candidates: candidatesOf(claim, jobs) }))
}

/** The job of each create that looks for one, in their order, or why it is not known. */
export const share = (evidence: Evidence): ReadonlyArray<Finding> => {
  if (evidence.listings.length === 0) return unfinished("No list showed what is new.", evidence)
  const jobs = unknownJobs(evidence)
  const claims = claimsOf(evidence)
  const findings = new Map<Claim, Finding>()
  for (const claim of claims) {
    if (claim.isRival || findings.has(claim)) continue
    const group = groupOf(claim, claims, jobs)
    const decision = decide(group, evidence)
    for (const member of group.claims) {
      const job = typeof decision === "string" ? undefined : decision.get(member)
      const why = typeof decision === "string" ? decision : ""
      findings.set(
        member,
        job === undefined ? Either.left({ why, candidates: candidatesOf(member, group.jobs) }) : Either.right(job)
      )
    }
  }
  return claims.flatMap((claim) => (claim.isRival ? [] : Option.toArray(Option.fromNullable(findings.get(claim)))))
}
