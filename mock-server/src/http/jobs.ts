/**
 * Routes that create, list and get jobs. The world computes the state of a job; this module answers with it.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import { printWords } from "../core/Problem.js"
import type { Job, World } from "../core/World.js"
import { ApiError } from "./envelope.js"
import { route } from "./operations.js"
import { day, optional, optionalDay, pathId } from "./parameters.js"
import { whenWhole, worldOf } from "./requests.js"
import { listOf, notFound, requireProject, workflowOf } from "./workflows.js"

/** Returns the job that the path names. A job of another workflow counts as unknown. */
export const jobOf = (world: World, request: FastifyRequest): Job => {
  const workflow = workflowOf(world, request)
  const id = pathId(request, "job_id")
  const job = world.job(id)
  if (job?.identity.workflowId !== workflow.id) throw notFound(world, "job", id)
  return job
}

/**
 * Counts a poll when its answer was passed whole to the transport without a fault: a cut or unreadable answer does not
 * show the state.
 */
const countDelivery = (world: World, jobs: ReadonlyArray<Job>, reply: FastifyReply): void => {
  const { request } = reply
  const counting = jobs.filter(({ plan }) => plan.listens)
  if (request.fault !== undefined || counting.length === 0) return
  whenWhole(request, reply, () => {
    for (const job of counting) world.delivered(job.identity.id)
  })
}

/** Encodes a job, and records its status in the journal. */
const show = (world: World, job: Job, request: FastifyRequest): unknown => {
  const view = world.view(job)
  request.record?.showed(world.status(job, view))
  return world.body(job, view)
}

const storiesToQueue = (stories: ReadonlyArray<string>): string =>
  stories.length === 0 ? "No story names it." : `Stories to queue: ${printWords(stories)}.`

const create = (request: FastifyRequest): unknown => {
  requireProject(request)
  const world = worldOf(request)
  const workflow = workflowOf(world, request)
  const { jobCount, maxJobs } = world
  if (jobCount >= maxJobs) {
    throw new ApiError(
      400,
      "too_many_jobs",
      `The world ${world.name} has ${jobCount} jobs, expected at most ${maxJobs}: reset it, use another world, or ` +
        "start the mock server with a higher maxJobs (--max-jobs).",
      { found: jobCount, expected: maxJobs }
    )
  }
  const job = world.createJob(workflow.id)
  if (job === undefined) {
    const stories = [...world.fixtures.jobs].flatMap(([name, story]) => (story.workflow === workflow.id ? [name] : []))
    throw new ApiError(
      400,
      "no_story",
      `The workflow ${workflow.id} has no default story in the fixtures and no queued one: ` +
        `queue the story of the new job before the request. ${storiesToQueue(stories)}`,
      { workflow: workflow.id, stories }
    )
  }
  return show(world, job, request)
}

const list = (request: FastifyRequest, reply: FastifyReply): unknown => {
  const world = worldOf(request)
  const id = optional(request, "id")
  const status = optional(request, "status")
  const createdBy = optional(request, "created_by")
  const createdOn = optionalDay(request, "created_on")
  const jobs = world
    .jobsOf(workflowOf(world, request).id)
    .filter(
      (job) =>
        (id === undefined || job.identity.id === id) &&
        (status === undefined || world.status(job) === status) &&
        (createdBy === undefined || job.fixture.created_by === createdBy) &&
        (createdOn === undefined || day(job.identity.createdAt) === createdOn)
    )
  countDelivery(world, jobs, reply)
  return {
    jobs: listOf(
      world,
      jobs.map((job) => world.listItem(job))
    )
  }
}

const get = (request: FastifyRequest, reply: FastifyReply): unknown => {
  const world = worldOf(request)
  const job = jobOf(world, request)
  countDelivery(world, [job], reply)
  return show(world, job, request)
}

export const jobRoutes = (api: FastifyInstance): void => {
  route(api, "createJob", create)
  route(api, "listJobs", list)
  route(api, "getJobById", get)
}
