/** Routes that list, create and delete stores. */
import type { FastifyRequest } from "fastify"
import { type Fields, withoutUndefined } from "../../core/Fields.js"
import { formatTimestamp } from "../../core/Timestamp.js"
import { listOf, notFound, refuseFull, refuseTaken } from "../../http/answers.js"
import { pathId } from "../../http/parameters.js"
import { worldOf } from "../../http/requests.js"
import type { Handlers } from "../Resource.js"
import type { NewStore } from "./fixture.js"
import type { operations } from "./operations.js"
import type { Store } from "./state.js"

/** Encodes a store; nothing changes it after its creation. */
const storeBody = ({ configs, created_by, createdAt, id, labels, name, type }: Store): Fields => {
  const created_at = formatTimestamp("seconds", createdAt)
  return withoutUndefined({ id, name, type, configs, labels, created_at, updated_at: created_at, created_by })
}

const create = (request: FastifyRequest): unknown => {
  const world = worldOf(request)
  const { stores } = world.drawers
  const wanted = request.body as NewStore // of its shape
  refuseTaken(stores.all, "a store", wanted.name)
  refuseFull(stores, "stores")
  return storeBody(stores.create(wanted, world.clock.now))
}

export const handlers: Handlers<typeof operations> = {
  ListStores: (request) => {
    const world = worldOf(request)
    return { stores: listOf(world, world.drawers.stores.all.map(storeBody)) }
  },
  CreateStore: create,
  DeleteStore: (request, reply) => {
    const world = worldOf(request)
    const id = pathId(request, "id")
    if (!world.drawers.stores.delete(id)) throw notFound(world, "store", id)
    return reply.code(204).send()
  }
}
