/**
 * Stale reads, which do not see a new job yet, as from a database replica with a lag.
 */
import { parseDuration } from "../../Duration.js"
import { duration, field, optional } from "../../Shape.js"
import type { World } from "../../World.js"
import type { FaultEffect } from "../Plan.js"
import type { Kind } from "./Kind.js"
import { none } from "./parts.js"

export const shape = field(
  optional(duration),
  `Time after a create in which its job is not found, and is in no list. ${none}`,
  { examples: ["5s"] }
)

/** Returns the milliseconds since the creation of the youngest job in the answer. */
export const ageOf = (world: World, operation: string, ids: Readonly<Record<string, string>>): number | undefined => {
  const { job_id: jobId, workflow_id: workflowId } = ids
  const job =
    operation === "listJobs" ? youngest(world, workflowId ?? "") : jobId === undefined ? undefined : world.job(jobId)
  return job && world.clock.now - job.identity.createdAt
}

/** Returns the youngest job. Jobs of the fixtures have an age, and are listed before those of the test. */
const youngest = (world: World, workflowId: string) =>
  world
    .jobsOf(workflowId)
    .reduce<ReturnType<World["job"]>>(
      (found, job) => (found === undefined || job.identity.createdAt >= found.identity.createdAt ? job : found),
      undefined
    )

/** Removes the jobs younger than `than` milliseconds from a list of jobs; leaves other bodies unchanged. */
const withoutYounger = (world: World, body: string, than: number): string => {
  const list: { readonly jobs?: ReadonlyArray<{ readonly id: string }> } = JSON.parse(body)
  const isOld = ({ id }: { readonly id: string }) =>
    world.clock.now - (world.job(id)?.identity.createdAt ?? Number.NEGATIVE_INFINITY) >= than
  return list.jobs === undefined ? body : JSON.stringify({ ...list, jobs: list.jobs.filter(isOld) })
}

export const kind: Kind<string> = {
  shape,
  isHarmless: true,
  operations: ["getJobById", "listJobs", "downloadJob", "downloadTask"],
  draw: "time",
  isDue: (lag, { age }) => age !== undefined && age < parseDuration(lag),
  before: (_, { operation }) => (operation === "listJobs" ? undefined : { refusal: "notFound" }),
  edit: (lag, { status, text, world }) => {
    if (status !== 200 || text === undefined) return undefined
    const fresh = Buffer.from(withoutYounger(world, text, parseDuration(lag)))
    return { length: fresh.length, pieces: [fresh] }
  }
}

/**
 * Hides a job from `getJobById`, `downloadJob`, `downloadTask` and `listJobs` for this long after its creation.
 *
 * @since 0.1.0
 * @category effects
 */
export const stale = (duration: string): FaultEffect => ({ stale: duration })
