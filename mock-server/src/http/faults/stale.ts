/**
 * Stale reads, which do not see a new job yet, as from a database replica with a lag.
 */
import type { World } from "../../core/World.js"

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
export const withoutYounger = (world: World, body: string, than: number): string => {
  const list: { readonly jobs?: ReadonlyArray<{ readonly id: string }> } = JSON.parse(body)
  const isOld = ({ id }: { readonly id: string }) =>
    world.clock.now - (world.job(id)?.identity.createdAt ?? Number.NEGATIVE_INFINITY) >= than
  return list.jobs === undefined ? body : JSON.stringify({ ...list, jobs: list.jobs.filter(isOld) })
}
