/**
 * Routes that list assets, and that create and get their downloads; and the packages of these.
 */
import type { FastifyRequest } from "fastify"
import { makePackage, type Stored } from "../../core/Package.js"
import type { Place } from "../../core/Signature.js"
import type { World } from "../../core/World.js"
import { named, notFound, refuseNew, signed } from "../../http/answers.js"
import { ApiError } from "../../http/envelope.js"
import { paged } from "../../http/lists.js"
import { worldOf } from "../../http/requests.js"
import { aoiOf } from "../aois/routes.js"
import type { Aoi } from "../aois/state.js"
import type { Handlers } from "../Resource.js"
import { allPicturesOf } from "../visualizations/pictures.js"
import type { operations } from "./index.js"
import { assetsOf } from "./list.js"
import { type Download, type NewDownload, readyAt, statusOf } from "./state.js"

const show = async (request: FastifyRequest, download: Download) => {
  const { now } = worldOf(request).clock
  const status = statusOf(download, now)
  request.record?.showed(status)
  const signed_url = await signed(request, { download: download.id }, now >= readyAt(download))
  return { download_id: download.id, status, signed_url }
}

/** Returns all assets of an AOI: those of its images, then those of its visualizations. */
const allOf = (request: FastifyRequest, aoi: Aoi) => {
  const world = worldOf(request)
  return [...assetsOf(aoi, world.clock.now), ...allPicturesOf(world, aoi)]
}

export const handlers: Handlers<typeof operations> = {
  ListAssets: (request) => paged(request, "assets", allOf(request, aoiOf(request)), 10, (asset) => asset),
  AOICreateDownload: async (request, reply) => {
    const world = worldOf(request)
    const aoi = aoiOf(request)
    const { asset_ids: assets } = request.body as NewDownload // of its shape
    const known = new Map(allOf(request, aoi).map(({ id, status }) => [id, status]))
    for (const id of assets) {
      const status = known.get(id)
      if (status === undefined) throw notFound(world, "asset", id)
      // 409 is not declared
      if (status !== "success") throw new ApiError(400, "asset_not_ready", `Asset ${id} is ${status}.`)
    }
    const { downloads } = world.drawers
    refuseNew(downloads)
    const download = downloads.add((id) => ({ id, aoi: aoi.id, assets, createdAt: world.clock.now }))
    return reply.code(201).send(await show(request, download))
  },
  GetDownloadStatus: (request) => {
    const { id: aoi } = aoiOf(request)
    const find = (id: string, { drawers }: World) => drawers.downloads.get(id)
    return show(
      request,
      named(request, "download_id", "download", find, (download) => download.aoi === aoi)
    )
  }
}

export const packages = {
  "/downloads/{download}/package.zip": (world: World, { download: id = "" }: Place): Stored | undefined => {
    const download = world.drawers.downloads.get(id)
    if (download === undefined || world.clock.now < readyAt(download)) return undefined
    const files = download.assets.map((asset) => ({
      file: `${asset.replaceAll(/[^\w-]+/g, "-")}.json`,
      bytes: Buffer.from(`${JSON.stringify({ aoi_id: download.aoi, asset_id: asset }, null, 2)}\n`)
    }))
    return { ...makePackage(`download-${id}`, files), madeAt: readyAt(download) }
  }
}
