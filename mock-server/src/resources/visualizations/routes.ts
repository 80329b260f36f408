/** Routes of visualizations. */
import type { FastifyReply, FastifyRequest } from "fastify"
import { pick } from "../../core/Fields.js"
import { formatTimestamp } from "../../core/Timestamp.js"
import type { World } from "../../core/World.js"
import { named, notFound, refuseNew } from "../../http/answers.js"
import { ApiError } from "../../http/envelope.js"
import { filtered, is, paged } from "../../http/lists.js"
import { worldOf } from "../../http/requests.js"
import { aoiOf } from "../aois/routes.js"
import { type Aoi, view as viewOfAoi } from "../aois/state.js"
import { imagesOf as assetsOfImages } from "../assets/list.js"
import { indexOf } from "../indices/state.js"
import type { Handlers } from "../Resource.js"
import type { NewLegend, NewPng, NewSld, NewVisualization, OldLegend } from "./fixture.js"
import { binsOf, daysOf, draw, type LegendItem, legendsOf, type Mode, modesOf, styleOf } from "./image.js"
import type { operations } from "./index.js"
import { picturesOf } from "./pictures.js"
import { type Visualization, view } from "./state.js"

const summary = ({ clock }: World, it: Visualization) => {
  const { progress, status, updatedAt } = view(it, clock.now)
  return {
    ...pick(it, "id", "aoi_id", "index_id", "user_id"),
    status,
    progress,
    tenant_id: "org-field-survey",
    created_at: formatTimestamp("micros", it.createdAt),
    updated_at: formatTimestamp("micros", updatedAt)
  }
}

const list = (request: FastifyRequest): unknown => {
  const world = worldOf(request)
  const aoi = aoiOf(request)
  const matching = filtered(
    request,
    world.drawers.visualizations.all.filter(({ aoi_id }) => aoi_id === aoi.id),
    {
      visualization_id: is(({ id }) => id),
      index_id: is(({ index_id }) => index_id),
      type: is(() => "custom"),
      expression_type: is((it) => indexOf(world, it.index_id)?.expression_type),
      user_id: is(({ user_id }) => user_id)
    }
  )
  return paged(request, "visualization", matching, 10, (it) => summary(world, it))
}

/** Encodes a visualization with what a list leaves out, and records its status in the journal. */
const detail = (request: FastifyRequest, aoi: Aoi, it: Visualization) => {
  const world = worldOf(request)
  const own = summary(world, it)
  request.record?.showed(own.status)
  const { expression, expression_type, name, rescale } = indexOf(world, it.index_id) ?? {}
  return {
    ...own,
    index_name: name,
    type: "custom",
    expression,
    expression_type,
    rescale,
    assets: picturesOf(world, aoi, it),
    metadata: { legend: view(it, world.clock.now).isReady ? legendsOf(world, aoi, it) : {} }
  }
}

const create = (request: FastifyRequest, reply: FastifyReply): unknown => {
  const world = worldOf(request)
  const aoi = aoiOf(request)
  const wanted = request.body as NewVisualization // of its shape
  const { index_id, src_asset_ids: assets = [] } = wanted
  if (indexOf(world, index_id) === undefined) throw notFound(world, "index", index_id)
  if (!viewOfAoi(aoi, world.clock.now).isReady) throw new ApiError(400, "aoi_not_ready", "The AOI has no assets yet.")
  const known = assetsOfImages(aoi)
  const unknown = assets.find((asset) => !known.includes(asset))
  if (unknown !== undefined) throw notFound(world, "asset", unknown)
  const { visualizations } = world.drawers
  const shownBy = (it: { readonly src_asset_ids?: ReadonlyArray<string> }) =>
    [...(it.src_asset_ids ?? known)].sort().join(" ")
  const exists = visualizations.all.some(
    (it) => it.aoi_id === aoi.id && it.index_id === index_id && shownBy(it) === shownBy(wanted)
  )
  if (exists) throw new ApiError(409, "visualization_exists", "The AOI has a visualization of this index and assets.")
  refuseNew(visualizations)
  const about = { aoi_id: aoi.id, ...wanted, ...world.quirks.newVisualizations, createdAt: world.clock.now }
  const made = visualizations.add((id) => ({ id, ...about }))
  return reply.code(201).send(detail(request, aoi, made))
}

const refuse = (code: string, message: string) => {
  throw new ApiError(400, code, message)
}

/**
 * Returns a visualization that has ended, and its AOI. Throws a 400 unless it has these days and a legend of these
 * modes.
 */
const imagesOf = (
  request: FastifyRequest,
  asked: { readonly index?: string; readonly days: ReadonlyArray<string>; readonly modes: ReadonlyArray<Mode> }
) => {
  const world = worldOf(request)
  const aoi = aoiOf(request)
  const find = (id: string) => world.drawers.visualizations.get(id)
  const it = named(request, "visualization_id", "visualization", find, ({ aoi_id }) => aoi_id === aoi.id)
  const { isReady, status } = view(it, world.clock.now)
  if (!isReady) refuse("visualization_not_ready", `The visualization is ${status}.`)
  const { days, index = it.index_id, modes } = asked
  if (index !== it.index_id) refuse("wrong_index", `The index of the visualization is ${it.index_id}.`)
  const known = daysOf(aoi, it)
  const unknown = days.find((day) => !known.includes(day))
  if (unknown !== undefined) refuse("unknown_date", `There is no image of ${unknown}, only of ${known.join(", ")}.`)
  const legends = modesOf(world, it)
  const missing = modes.find((mode) => !legends.includes(mode))
  if (missing !== undefined) refuse("no_legend", `The visualization has no ${missing} legend.`)
  return { aoi, it }
}

/** Puts legends in place of those of the same mode and days, or of computed ones. */
const withLegends = (
  it: Visualization,
  mode: Mode,
  days: ReadonlyArray<string>,
  set: NonNullable<Visualization["legends"]>
): Visualization => {
  const others = (it.legends ?? []).filter((other) => other.mode !== mode || !days.includes(other.day))
  return { ...it, legends: [...others, ...set] }
}

/** Returns the items of a legend to set; a dynamic one gets the values of its bins where it has none. */
const itemsOf = (
  given: NewLegend["legend"][string],
  bins: ReadonlyArray<LegendItem> | undefined
): ReadonlyArray<LegendItem> => {
  if (bins !== undefined && given.length !== bins.length) {
    refuse("wrong_bins", `The legend has ${given.length} items, and dynamic_bins is ${bins.length}.`)
  }
  const items = given.map(({ color = "", label = "", max, min }, nth) => ({
    color,
    label,
    min: Number(min ?? bins?.[nth]?.min ?? Number.NaN),
    max: Number(max ?? bins?.[nth]?.max ?? Number.NaN)
  }))
  const isWrong = items.some(({ max, min }, nth) => !(min < max && (items[nth - 1]?.max ?? min) <= min))
  if (isWrong) refuse("wrong_legend", "The values of a legend are numbers in order, which do not overlap.")
  return items
}

/** Encodes the styles of the legends that there are, by mode and day. */
const styles = (request: FastifyRequest): unknown => {
  const world = worldOf(request)
  const { dates, visualization_modes } = request.body as NewSld // of its shape
  const { it } = imagesOf(request, { days: dates, modes: [] })
  const modes = modesOf(world, it).filter((mode) => visualization_modes.includes(mode))
  const entries = modes.map((mode) => [
    mode,
    Object.fromEntries(dates.map((day) => [day, styleOf(world, it, day, mode)]))
  ])
  return { sld: Object.fromEntries(entries) }
}

export const handlers: Handlers<typeof operations> = {
  ListVisualizations: list,
  CreateVisualization: create,
  UpdateVisualizationMetadata: (request) => {
    const world = worldOf(request)
    const { dynamic_bins: bins, legend, visualization_mode: mode } = request.body as NewLegend // of its shape
    if ((mode === "dynamic") !== (bins !== undefined)) {
      refuse("wrong_bins", "A dynamic legend needs dynamic_bins, and a theoretical one has none.")
    }
    const days = Object.keys(legend)
    const { aoi, it } = imagesOf(request, { days, modes: [mode] })
    const set = Object.entries(legend).map(([day, items]) => ({
      day,
      mode,
      items: itemsOf(items, bins === undefined ? undefined : binsOf(world, it, day, mode, bins))
    }))
    return { legend: legendsOf(world, aoi, world.drawers.visualizations.replace(withLegends(it, mode, days, set))) }
  },
  RollbackVisualizationMetadata: (request) => {
    const { dates, index_id: index, visualization_mode: mode } = request.body as OldLegend // of its shape
    const { aoi, it } = imagesOf(request, { index, days: dates, modes: [mode] })
    const { visualizations } = worldOf(request).drawers
    return detail(request, aoi, visualizations.replace(withLegends(it, mode, dates, [])))
  },
  GenerateIndexPng: (request, reply) => {
    const world = worldOf(request)
    const { date, index_id, visualization_mode: mode } = request.body as NewPng // of its shape
    const isComposite = indexOf(world, index_id)?.expression_type === "composite"
    const { it } = imagesOf(request, { index: index_id, days: [date], modes: isComposite ? [] : [mode] })
    return reply.type("image/png").send(draw(world, it, date, mode))
  },
  GenerateVisualizationSLD: styles
}
