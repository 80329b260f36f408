/**
 * Packages of a job or a task. There is nothing to poll but the request itself (inferred): the first one starts the
 * work and answers `pending`, a later one answers `ready` with a signed URL, and a repeat is always safe.
 */
import type { FastifyInstance, FastifyRequest } from "fastify"
import { jobDownloadBody, taskDownloadBody } from "../core/Wire.js"
import type { World } from "../core/World.js"
import { ApiError } from "./envelope.js"
import { jobOf } from "./jobs.js"
import { route } from "./operations.js"
import { pathId } from "./parameters.js"
import { worldOf } from "./requests.js"
import { type Asset, signedUrl } from "./signature.js"
import { notFound } from "./workflows.js"

/** Nothing says what is answered before there is a result; a request that makes no sense yet is a 400. */
const unfinished = (what: string, id: string, status: string): ApiError =>
  new ApiError(400, "not_finished", `The ${what} ${id} is ${status}: only what has completed can be downloaded.`, {
    found: status,
    expected: "completed"
  })

/** The signed URL, or `""` while the package is being made. */
const urlOf = (world: World, asset: Asset, storageUrl: string): string => {
  const { ready, ttl } = world.askForPackage(asset.jobId, asset.taskId)
  return ready ? signedUrl(storageUrl, world, asset, world.clock.now + ttl) : ""
}

/** `storageUrl`: the origin of worlds that have none of their own. */
export const downloadRoutes = (api: FastifyInstance, storageUrl: () => Promise<string>): void => {
  const originOf = async (world: World) => world.storageUrl ?? (await storageUrl())

  route(api, "downloadJob", async (request) => {
    const world = worldOf(request)
    const job = jobOf(world, request)
    const { id: jobId } = job.identity
    const { outcome, status } = world.view(job)
    if (outcome !== "succeeded") throw unfinished("job", jobId, status)
    const signed = urlOf(world, { jobId, taskId: undefined }, await originOf(world))
    return jobDownloadBody(job.identity, signed, job.fixture.quirks)
  })

  route(api, "downloadTask", async (request: FastifyRequest) => {
    const world = worldOf(request)
    const job = jobOf(world, request)
    const taskId = pathId(request, "task_id")
    const task = world.task(job, taskId)
    if (task === undefined) throw notFound(world, "task", taskId)
    if (task.outcome !== "succeeded") throw unfinished("task", taskId, task.status)
    const signed = urlOf(world, { jobId: job.identity.id, taskId }, await originOf(world))
    return taskDownloadBody(job.identity, taskId, signed, job.fixture.quirks)
  })
}
