/** Routes of insights. */
import type { FastifyReply, FastifyRequest } from "fastify"
import { withoutUndefined } from "../../core/Fields.js"
import { printProblems } from "../../core/Problem.js"
import { formatTimestamp } from "../../core/Timestamp.js"
import type { World } from "../../core/World.js"
import { requireRole } from "../../http/access.js"
import { notFound, refuseNew } from "../../http/answers.js"
import { refuse } from "../../http/bodies.js"
import { ApiError } from "../../http/envelope.js"
import { filtered, is, isOn, listOf } from "../../http/lists.js"
import { worldOf } from "../../http/requests.js"
import { aoiOf } from "../aois/routes.js"
import { type Aoi, view as viewOfAoi } from "../aois/state.js"
import { assetsOf } from "../assets/list.js"
import { inputProblems } from "../blocks/check.js"
import { blockOf } from "../blocks/routes.js"
import type { Handlers } from "../Resource.js"
import type { NewInsight } from "./fixture.js"
import type { operations } from "./operations.js"
import { type Insight, view } from "./state.js"

/** The default cost of an insight. */
const price = 12

const encode = ({ clock, quirks }: World, it: Insight) => {
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
    metadata: quirks.metadataEcho === false ? {} : (it.metadata ?? {}),
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

/** Throws a 400 for inputs that do not fit the block. A world whose fixtures have no blocks checks none. */
const checkInputs = (
  world: World,
  aoi: Aoi,
  { block: { name, version }, input }: Pick<NewInsight, "block" | "input">
) => {
  if ((world.fixtures.blocks?.size ?? 0) === 0) return
  const block = blockOf(world, name, version)
  if (block?.modes.includes("insight") !== true) throw notFound(world, "block of insights", `${name}@${version}`)
  refuse(printProblems(inputProblems(block, input, ["input"], assetsOf(aoi, world.clock.now))))
}

const create = (request: FastifyRequest, reply: FastifyReply): unknown => {
  const world = worldOf(request)
  const { clock, drawers, quirks } = world
  const aoi = aoiOf(request)
  const { estimate = false, project_id = aoi.project_id, ...wanted } = request.body as NewInsight // of its shape
  requireRole(request, project_id)
  if (!viewOfAoi(aoi, clock.now).isReady) throw new ApiError(400, "aoi_not_ready", "The AOI has no assets yet.")
  checkInputs(world, aoi, wanted)
  const { estimateIgnored = false, newInsights } = quirks
  if (estimate && !estimateIgnored) return { estimate: newInsights?.cost ?? price }
  refuseNew(drawers.insights)
  const about = { aoi_id: aoi.id, project_id, ...wanted, ...newInsights, createdAt: clock.now }
  const { id } = drawers.insights.add((id) => ({ id, ...about }))
  return reply.code(201).send({ id, message: "The insight was created." })
}

export const handlers: Handlers<typeof operations> = { listInsights: list, createInsights: create }
