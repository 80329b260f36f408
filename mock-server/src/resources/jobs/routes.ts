/**
 * Routes that create, list and get jobs, and those of their packages. The world computes the state of a job; this module
 * answers with it.
 *
 * A client polls a package by repeating the request (inferred): the first one starts the work and answers `pending`, a
 * later one answers `ready` with a signed URL. A repeat is always safe.
 */
import type { FastifyReply, FastifyRequest } from "fastify"
import { printWords } from "../../core/Problem.js"
import type { World } from "../../core/World.js"
import { requireProject } from "../../http/access.js"
import { named, notFound, signed } from "../../http/answers.js"
import { ApiError } from "../../http/envelope.js"
import { filtered, is, isOn, listed } from "../../http/lists.js"
import { pathId } from "../../http/parameters.js"
import { whenWhole, worldOf } from "../../http/requests.js"
import type { Handler, Handlers } from "../Resource.js"
import { workflowOf } from "../workflows/routes.js"
import type { operations } from "./index.js"
import type { Job } from "./state.js"
import { jobBody, jobDownloadBody, jobListItem, statusWord, taskDownloadBody } from "./wire.js"

/** Returns the job that the path names. A job of another workflow counts as unknown. */
const jobOf = (request: FastifyRequest): Job => {
  const { id: workflowId } = workflowOf(request)
  const find = (id: string, { drawers }: World) => drawers.jobs.get(id)
  return named(request, "job_id", "job", find, ({ identity }) => identity.workflowId === workflowId)
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
    for (const job of counting) world.drawers.jobs.delivered(job.identity.id, world.clock.now)
  })
}

/** Encodes a job, and records its status in the journal. */
const show = (world: World, job: Job, request: FastifyRequest): unknown => {
  const view = world.drawers.jobs.view(job, world.clock.now)
  request.record?.showed(statusWord(view.status, job.quirks))
  return jobBody(job, view)
}

const storiesToQueue = (stories: ReadonlyArray<string>): string =>
  stories.length === 0 ? "No story names it." : `Stories to queue: ${printWords(stories)}.`

const create = (request: FastifyRequest): unknown => {
  requireProject(request)
  const world = worldOf(request)
  const workflow = workflowOf(request)
  const { count, maxJobs } = world.drawers.jobs
  if (count >= maxJobs) {
    throw new ApiError(
      400,
      "too_many_jobs",
      `The world ${world.name} has ${count} jobs, expected at most ${maxJobs}: reset it, use another world, or ` +
        "start the mock server with a higher maxJobs (--max-jobs).",
      { found: count, expected: maxJobs }
    )
  }
  const job = world.drawers.jobs.create(workflow.id, world.clock.now)
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
  const { clock, drawers } = world
  const jobs = filtered(request, drawers.jobs.of(workflowOf(request).id), {
    id: is(({ identity }) => identity.id),
    status: is((job) => statusWord(drawers.jobs.view(job, clock.now).status, job.quirks)),
    created_by: is(({ fixture }) => fixture.created_by),
    created_on: isOn(({ identity }) => identity.createdAt)
  })
  countDelivery(world, jobs, reply)
  return listed(request, "jobs", jobs, (job) => jobListItem(job, drawers.jobs.view(job, clock.now)))
}

const get = (request: FastifyRequest, reply: FastifyReply): unknown => {
  const world = worldOf(request)
  const job = jobOf(request)
  countDelivery(world, [job], reply)
  return show(world, job, request)
}

/** Makes the answer before the job or task has completed: a 400 (inferred: the answer is not documented). */
const unfinished = (world: World, job: Job, what: string, id: string, status: string): ApiError => {
  const position = world.drawers.jobs.position(job.identity.id, world.clock.now)
  return new ApiError(
    400,
    "not_finished",
    `The ${what} ${id} is ${status}: download it after it has completed. The job: ${position}.`,
    { found: status, expected: "completed", position }
  )
}

/** Returns the signed URL, or `""` while the package is being made. */
const urlOf = (request: FastifyRequest, world: World, job: string, task?: string): Promise<string> => {
  const { ready, ttl } = world.drawers.jobs.askForPackage(job, task, world.clock.now)
  request.record?.showed(ready ? "ready" : "pending")
  return signed(request, { job, task }, ready, ttl)
}

const downloadJob: Handler = async (request) => {
  const world = worldOf(request)
  const job = jobOf(request)
  const { id: jobId } = job.identity
  const { outcome, status } = world.drawers.jobs.view(job, world.clock.now)
  if (outcome !== "succeeded") throw unfinished(world, job, "job", jobId, statusWord(status, job.quirks))
  const signed = await urlOf(request, world, jobId)
  return jobDownloadBody(job.identity, signed, job.quirks)
}

const downloadTask: Handler = async (request) => {
  const world = worldOf(request)
  const job = jobOf(request)
  const taskId = pathId(request, "task_id")
  const task = world.drawers.jobs.task(job, taskId, world.clock.now)
  if (task === undefined) throw notFound(world, "task", taskId)
  if (task.outcome !== "succeeded") throw unfinished(world, job, "task", taskId, task.status)
  const signed = await urlOf(request, world, job.identity.id, taskId)
  return taskDownloadBody(job.identity, taskId, signed, job.quirks)
}

export const handlers: Handlers<typeof operations> = {
  createJob: create,
  listJobs: list,
  getJobById: get,
  downloadJob,
  downloadTask
}
