/** Routes of insights. */
import type { FastifyRequest } from "fastify"
import { parseDuration } from "../../core/Duration.js"
import { pick } from "../../core/Fields.js"
import { references } from "../../core/Problem.js"
import { formatTimestamp } from "../../core/Timestamp.js"
import type { World } from "../../core/World.js"
import { requireKnown, requireProject, requireRole } from "../../http/access.js"
import { named, notFound, refuseNew, signed } from "../../http/answers.js"
import { refuse } from "../../http/bodies.js"
import { ApiError } from "../../http/envelope.js"
import { filtered, is, isOn, listed } from "../../http/lists.js"
import { worldOf } from "../../http/requests.js"
import { aoiOf } from "../aois/routes.js"
import { type Aoi, view as viewOfAoi } from "../aois/state.js"
import { assetsOf } from "../assets/list.js"
import { inputProblems } from "../blocks/check.js"
import type { BlockFixture } from "../blocks/fixture.js"
import { blockOf } from "../blocks/routes.js"
import type { Handler, Handlers } from "../Resource.js"
import type { NewInsight, Selection } from "./fixture.js"
import type { operations } from "./index.js"
import { namesOf, pathOf } from "./packages.js"
import { type Insight, readyAt, view } from "./state.js"

/** The default cost of an insight. */
const price = 12

const encode = ({ clock, quirks }: World, it: Insight) => {
  const { outcome, progress, status, takes } = view(it, clock.now)
  return {
    ...pick(it, "id", "aoi_id", "input", "created_by"),
    name: it.name ?? "",
    status,
    progress,
    cost: it.cost ?? price,
    estimated_time_in_min: Math.ceil(takes / 60_000),
    err_msg: outcome === "failed" ? (it.err_msg ?? "") : "",
    output: outcome === "succeeded" ? (it.output ?? null) : null,
    metadata: quirks.metadataEcho === false ? {} : (it.metadata ?? {}),
    created_at: formatTimestamp("micros", it.createdAt),
    deleted_at: null
  }
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
  return listed(request, "insights", matching, (it) => encode(world, it))
}

/**
 * Returns the block of an insight. Throws a 400 for inputs that do not fit it. A world whose fixtures have no blocks
 * checks none.
 */
const checkedBlock = (
  world: World,
  aoi: Aoi,
  { block: { name, version }, input }: Pick<NewInsight, "block" | "input">
) => {
  if ((world.fixtures.blocks?.size ?? 0) === 0) return undefined
  const block = blockOf(world, name, version)
  if (block?.modes.includes("insight") !== true) throw notFound(world, "block of insights", `${name}@${version}`)
  refuse(inputProblems(block, input, ["input"], assetsOf(aoi, world.clock.now)))
  return block
}

/** The results of an insight by the templates of its block. */
const resultsOf = (id: string, block: BlockFixture | undefined) =>
  block?.outputs.map((template) => ({ ...template, value: `s3://insights/${id}/${template.name}` }))

/** Returns the insight that the path names. An insight of another AOI counts as unknown. */
const insightOf = (request: FastifyRequest): Insight => {
  const aoi = aoiOf(request)
  const find = (id: string, { drawers }: World) => drawers.insights.get(id)
  return named(request, "insight_id", "insight", find, ({ aoi_id }) => aoi_id === aoi.id)
}

/** The names of a selection, each of which the data of its insight has. */
const selected = [
  ["inputs", "input", "one of its data"],
  ["outputs", "output", "one of its data"]
] as const

/** Answers `pending` to the first request, which starts the work, and then a signed URL (inferred). */
const download: Handler = async (request) => {
  const world = worldOf(request)
  const it = insightOf(request)
  const { clock, drawers } = world
  const { outcome, status } = view(it, clock.now)
  if (outcome !== "succeeded") {
    // 409 is not declared
    throw new ApiError(400, "not_finished", `The insight ${it.id} is ${status}: download it after it has completed.`)
  }
  const asked = request.body as Selection // of its shape
  refuse(references(asked, selected, (kind) => namesOf(kind === "input" ? it.input : it.output)))
  const selection = pathOf(asked)
  const ready = readyAt(it, selection)
  const isReady = ready !== undefined && ready <= clock.now
  if (ready === undefined) {
    drawers.insights.replace({ ...it, asked: [...(it.asked ?? []), { selection, at: clock.now }] })
  }
  request.record?.showed(isReady ? "ready" : "pending")
  const place = { insight: it.id, selection: selection === "" ? undefined : selection }
  const ttl = parseDuration(it.download?.ttl ?? "15m")
  return {
    id: it.id,
    status: isReady ? "ready" : "pending",
    signed_url: await signed(request, place, isReady, ttl)
  }
}

export const handlers: Handlers<typeof operations> = {
  listInsights: list,
  createInsights: (request, reply) => {
    const world = worldOf(request)
    const { clock, drawers, quirks } = world
    const aoi = aoiOf(request)
    const { estimate = false, project_id = aoi.project_id, ...wanted } = request.body as NewInsight // of its shape
    requireRole(request, project_id)
    requireKnown(request, project_id)
    if (!viewOfAoi(aoi, clock.now).isReady) throw new ApiError(400, "aoi_not_ready", "The AOI has no assets yet.")
    const block = checkedBlock(world, aoi, wanted)
    const { estimateIgnored = false, newInsights } = quirks
    if (estimate && !estimateIgnored) return { estimate: newInsights?.cost ?? price }
    refuseNew(drawers.insights)
    const about = { aoi_id: aoi.id, project_id, ...wanted, createdAt: clock.now }
    const { id } = drawers.insights.add((id) => ({ id, ...about, output: resultsOf(id, block), ...newInsights }))
    return reply.code(201).send({ id, message: "The insight was created." })
  },
  downloadInsights: download,
  deleteInsights: (request, reply) => {
    const { clock, drawers } = worldOf(request)
    const it = insightOf(request)
    requireProject(request)
    const { outcome, status } = view(it, clock.now)
    if (outcome === "pending") {
      throw new ApiError(409, "insight_running", `The insight ${it.id} is ${status}: delete it after its end.`)
    }
    drawers.insights.delete(it.id)
    // documented: 200 without a body
    return reply.code(200).send()
  }
}
