/** Routes of insights. */
import type { FastifyRequest } from "fastify"
import { withoutUndefined } from "../../core/Fields.js"
import { formatTimestamp } from "../../core/Timestamp.js"
import type { World } from "../../core/World.js"
import { filtered, is, isOn, listOf } from "../../http/lists.js"
import { worldOf } from "../../http/requests.js"
import { aoiOf } from "../aois/routes.js"
import type { Handlers } from "../Resource.js"
import type { operations } from "./operations.js"
import { type Insight, view } from "./state.js"

/** The default cost of an insight. */
const price = 12

const encode = ({ clock }: World, it: Insight) => {
  const { outcome, progress, status, takes } = view(it, clock.now)
  return withoutUndefined({
    id: it.id,
    aoi_id: it.aoi_id,
    name: it.name ?? "",
    status,
    progress,
    cost: it.cost ?? price,
    estimated_time_in_min: Math.ceil(takes / 60_000),
    err_msg: outcome === "failed" ? (it.err_msg ?? "") : "",
    input: it.input,
    output: outcome === "succeeded" ? (it.output ?? null) : null,
    metadata: it.metadata ?? {},
    created_by: it.created_by,
    created_at: formatTimestamp("micros", it.createdAt),
    deleted_at: null
  })
}

const list = (request: FastifyRequest): unknown => {
  const world = worldOf(request)
  const aoi = aoiOf(request, "aoiId")
  const { clock, drawers } = world
  const matching = filtered(
    request,
    drawers.insights.all.filter(({ aoi_id }) => aoi_id === aoi.id),
    {
      id: is(({ id }) => id),
      status: is((it) => view(it, clock.now).status),
      created_by: is(({ created_by }) => created_by),
      created_on: isOn(({ createdAt }) => createdAt)
    }
  )
  return {
    insights: listOf(
      world,
      matching.map((it) => encode(world, it))
    )
  }
}

export const handlers: Handlers<typeof operations> = { listInsights: list }
