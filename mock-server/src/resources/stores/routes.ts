/** Routes that list, create and delete stores. */
import { formatTimestamp } from "../../core/Timestamp.js"
import { named, refuseNew } from "../../http/answers.js"
import { listed } from "../../http/lists.js"
import { worldOf } from "../../http/requests.js"
import type { Handlers } from "../Resource.js"
import type { NewStore } from "./fixture.js"
import type { operations } from "./index.js"
import type { Store } from "./state.js"

/** Encodes a store; nothing changes it after its creation. */
const storeBody = ({ createdAt, ...store }: Store) => {
  const created_at = formatTimestamp("seconds", createdAt)
  return { ...store, created_at, updated_at: created_at }
}

export const handlers: Handlers<typeof operations> = {
  ListStores: (request) => listed(request, "stores", worldOf(request).drawers.stores.all, storeBody),
  CreateStore: (request) => {
    const { clock, drawers } = worldOf(request)
    const { configs, labels, name, type } = request.body as NewStore // of its shape
    refuseNew(drawers.stores, name)
    return storeBody(
      drawers.stores.add((id) => ({ id, name, type, configs, ...(labels && { labels }), createdAt: clock.now }))
    )
  },
  DeleteStore: (request, reply) => {
    named(request, "id", "store", (id, { drawers }) => drawers.stores.delete(id) || undefined)
    return reply.code(204).send()
  }
}
