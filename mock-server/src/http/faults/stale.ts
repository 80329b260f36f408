/**
 * Reads that do not know yet what a create has made, as of a database that is copied with a delay.
 */
import type { World } from "../../core/World.js"

/** Milliseconds since the youngest job was created that the answer would show. */
export const ageOf = (world: World, operation: string, ids: Readonly<Record<string, string>>): number | undefined => {
  const { job_id: jobId, workflow_id: workflowId } = ids
  const job =
    operation === "listJobs" ? youngest(world, workflowId ?? "") : jobId === undefined ? undefined : world.job(jobId)
  return job && world.clock.now - job.identity.createdAt
}

/** Those that every world begins with have an age, and are listed before what the test made. */
const youngest = (world: World, workflowId: string) =>
  world
    .jobsOf(workflowId)
    .reduce<ReturnType<World["job"]>>(
      (found, job) => (found === undefined || job.identity.createdAt >= found.identity.createdAt ? job : found),
      undefined
    )

/** A list without the jobs that are younger; what is no list of jobs stays as it is. */
export const withoutYounger = (world: World, body: string, than: number): string => {
  const list: { readonly jobs?: ReadonlyArray<{ readonly id: string }> } = JSON.parse(body)
  const isOld = ({ id }: { readonly id: string }) =>
    world.clock.now - (world.job(id)?.identity.createdAt ?? Number.NEGATIVE_INFINITY) >= than
  return list.jobs === undefined ? body : JSON.stringify({ ...list, jobs: list.jobs.filter(isOld) })
}
