/** Routes that create, list and get AOIs. */
import type { FastifyRequest } from "fastify"
import { pick } from "../../core/Fields.js"
import { formatTimestamp } from "../../core/Timestamp.js"
import type { World } from "../../core/World.js"
import { maySee, requireKnown, requireRole } from "../../http/access.js"
import { named, refuseNew } from "../../http/answers.js"
import { filtered, is, isIn, isOn, paged } from "../../http/lists.js"
import { worldOf } from "../../http/requests.js"
import type { Handlers } from "../Resource.js"
import type { NewAoi } from "./fixture.js"
import type { operations } from "./index.js"
import { type Aoi, measured, view } from "./state.js"

const encode = (world: World, aoi: Aoi) => {
  const { createdAt, geometry, id, item_ids } = aoi
  const { isReady, progress, status, updatedAt } = view(aoi, world.clock.now)
  return {
    aoi_id: id,
    ...pick(aoi, "name", "description", "satellite_id", "project_id", "geometry", "user_id"),
    images: Object.fromEntries(isReady ? item_ids.map((item) => [item, { id: item }]) : []),
    eo_bands: isReady ? ["B1", "B2", "B3"] : [],
    progress,
    status,
    is_favourite: false,
    created_at: formatTimestamp("micros", createdAt),
    updated_at: formatTimestamp("micros", updatedAt),
    ...measured(geometry.coordinates)
  }
}

/** Encodes an AOI, and records its status in the journal. */
const show = (request: FastifyRequest, aoi: Aoi) => {
  const fields = encode(worldOf(request), aoi)
  request.record?.showed(fields.status)
  return fields
}

export const aoiOf = (request: FastifyRequest, parameter = "aoi_id"): Aoi => {
  const aoi = named(request, parameter, "AOI", (id, { drawers }) => drawers.aois.get(id))
  requireRole(request, aoi.project_id)
  return aoi
}

const list = (request: FastifyRequest): unknown => {
  const world = worldOf(request)
  const visible = world.drawers.aois.all.filter(({ project_id }) => maySee(request, project_id))
  const matching = filtered(request, visible, {
    aoi_id: is(({ id }) => id),
    aoi_name: is(({ name }) => name),
    project_ids: isIn(({ project_id }) => project_id),
    created_at: isOn(({ createdAt }) => createdAt),
    updated_at: isOn((aoi) => view(aoi, world.clock.now).updatedAt)
  })
  return paged(request, "aois", matching, 10, (aoi) => encode(world, aoi))
}

export const handlers: Handlers<typeof operations> = {
  ListAOIs: list,
  AOICreateAOI: (request, reply) => {
    const { clock, drawers, quirks } = worldOf(request)
    const wanted = request.body as NewAoi // of its shape
    requireKnown(request, wanted.project_id)
    refuseNew(drawers.aois, wanted.name)
    const aoi = drawers.aois.add((id) => ({ id, ...wanted, ...quirks.newAois, createdAt: clock.now }))
    return reply.code(201).send(show(request, aoi))
  },
  GetAoiById: (request) => show(request, aoiOf(request))
}
