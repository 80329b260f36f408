/** Jobs without requests. */
import type { World } from "../src/core/World.js"
import type { JobFixture } from "../src/resources/jobs/fixture.js"
import type { Job } from "../src/resources/jobs/state.js"
import { plan } from "../src/resources/jobs/Timeline.js"
import { type JobIdentity, jobBody, jobListItem } from "../src/resources/jobs/wire.js"

/** Creates a job; absent when there is no world, or the workflow has no story. */
export const createJob = (world: World | undefined, workflowId: string): Job | undefined =>
  world?.drawers.jobs.create(workflowId, world.clock.now)

/** Encodes a job as its world shows it now. */
export const bodyOf = ({ clock, drawers }: World, job: Job): Record<string, unknown> =>
  jobBody(job, drawers.jobs.view(job, clock.now))

/** Encodes a job as a list shows it now. */
export const itemOf = ({ clock, drawers }: World, job: Job): Record<string, unknown> =>
  jobListItem(job, drawers.jobs.view(job, clock.now))

/** Makes a job of a story, without a world and its quirks. */
export const jobOf = (fixture: JobFixture, identity: JobIdentity): Job => ({
  identity,
  story: "",
  fixture,
  plan: plan(fixture),
  quirks: fixture.quirks ?? {},
  events: []
})
