/**
 * Routes of the packages of a job or a task. A client polls by repeating the request (inferred): the first one starts
 * the work and answers `pending`, a later one answers `ready` with a signed URL. A repeat is always safe.
 */
import type { FastifyInstance, FastifyRequest } from "fastify"
import { jobDownloadBody, taskDownloadBody } from "../core/Wire.js"
import type { Job, World } from "../core/World.js"
import { ApiError } from "./envelope.js"
import { jobOf } from "./jobs.js"
import { route } from "./operations.js"
import { pathId } from "./parameters.js"
import { worldOf } from "./requests.js"
import { type Asset, signedUrl } from "./signature.js"
import { notFound } from "./workflows.js"

/** Makes the answer before the job or task has completed: a 400 (inferred: the answer is not documented). */
const unfinished = (world: World, job: Job, what: string, id: string, status: string): ApiError => {
  const position = world.position(job, world.clock.now)
  return new ApiError(
    400,
    "not_finished",
    `The ${what} ${id} is ${status}: download it after it has completed. The job: ${position}.`,
    { found: status, expected: "completed", position }
  )
}

/** Returns the signed URL, or `""` while the package is being made. */
const urlOf = (request: FastifyRequest, world: World, asset: Asset, storageUrl: string): string => {
  const { ready, ttl } = world.askForPackage(asset.jobId, asset.taskId)
  request.record?.showed(ready ? "ready" : "pending")
  return ready ? signedUrl(storageUrl, world, asset, world.clock.now + ttl) : ""
}

/** Adds the routes. `storageUrl` is the origin of signed URLs for worlds without their own. */
export const downloadRoutes = (api: FastifyInstance, storageUrl: () => Promise<string>): void => {
  const originOf = async (world: World) => world.storageUrl ?? (await storageUrl())

  route(api, "downloadJob", async (request) => {
    const world = worldOf(request)
    const job = jobOf(world, request)
    const { id: jobId } = job.identity
    if (world.view(job).outcome !== "succeeded") throw unfinished(world, job, "job", jobId, world.status(job))
    const signed = urlOf(request, world, { jobId, taskId: undefined }, await originOf(world))
    return jobDownloadBody(job.identity, signed, job.quirks)
  })

  route(api, "downloadTask", async (request: FastifyRequest) => {
    const world = worldOf(request)
    const job = jobOf(world, request)
    const taskId = pathId(request, "task_id")
    const task = world.task(job, taskId)
    if (task === undefined) throw notFound(world, "task", taskId)
    if (task.outcome !== "succeeded") throw unfinished(world, job, "task", taskId, task.status)
    const signed = urlOf(request, world, { jobId: job.identity.id, taskId }, await originOf(world))
    return taskDownloadBody(job.identity, taskId, signed, job.quirks)
  })
}
