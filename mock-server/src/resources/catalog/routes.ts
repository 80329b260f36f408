/** Routes that search the catalog, and deliver or download its entries; and the packages of downloads. */
import type { FastifyRequest } from "fastify"
import { makePackage, type Stored } from "../../core/Package.js"
import { type Path, type Problem, problem, reference, taken } from "../../core/Problem.js"
import type { Place } from "../../core/Signature.js"
import { matches, searchProblems, sorted } from "../../core/StacSearch.js"
import { formatTimestamp } from "../../core/Timestamp.js"
import type { World } from "../../core/World.js"
import { maySee, requireRole } from "../../http/access.js"
import { named, notFound, refuseNew, signed } from "../../http/answers.js"
import { refuse } from "../../http/bodies.js"
import { ApiError } from "../../http/envelope.js"
import { filtered, is, listed } from "../../http/lists.js"
import { worldOf } from "../../http/requests.js"
import { encodeImage, queriesOf } from "../archives/items.js"
import { readyAt, statusOf as statusOfDownload } from "../assets/state.js"
import { output } from "../jobs/packages.js"
import { areaOf } from "../orders/price.js"
import { org_id } from "../orders/wire.js"
import type { Handlers } from "../Resource.js"
import { type Entry, entriesOf } from "./entries.js"
import type { Ids, NewDeliveries, Search } from "./fixture.js"
import type { operations } from "./index.js"
import { type Delivery, statusOf } from "./state.js"

const micros = (at: number) => formatTimestamp("micros", at)

const wordOf = ({ quirks }: World, status: string) => (status === "SUCCESS" ? (quirks.deliveryWord ?? status) : status)

/** A delivery; an automatic one has a task. */
interface Sent extends Delivery {
  readonly entry: Entry
  readonly isAutomatic: boolean
}

/** Returns the delivery of an entry whose order item has a store. */
const automatic = (entry: Entry): ReadonlyArray<Sent> => {
  const { createdAt, id, item } = entry
  const { cloud_delivery } = item
  return cloud_delivery === undefined
    ? []
    : [{ id: `${id}-delivery`, catalog_id: id, cloud_delivery, createdAt, entry, isAutomatic: true }]
}

const encodeEntry = (world: World, entry: Entry) => {
  const { createdAt, id, image, item, task } = entry
  const [sent] = automatic(entry)
  return {
    id,
    task_id: task.id,
    org_id,
    area: areaOf([image.geometry.coordinates]),
    bandset_id: item.bandset?.bandset_id,
    delivery_status: sent === undefined ? "UNSPECIFIED" : wordOf(world, statusOf(world, sent)),
    details: encodeImage(world, image),
    created_at: micros(createdAt),
    updated_at: micros(createdAt),
    created_by: item.user_id
  }
}

/** Returns the entries that the token may see. */
const visible = (request: FastifyRequest): ReadonlyArray<Entry> =>
  entriesOf(worldOf(request)).filter(({ item }) => maySee(request, item.project_id))

const isAmong = (ids: ReadonlyArray<string> | undefined, id: string) => ids === undefined || ids.includes(id)

/** Returns an entry with the properties by which a query finds it; the guide has those of its order item. */
const queried = (world: World, entry: Entry) => {
  const { image, item } = entry
  const { project_id, usecase } = item
  return { entry, properties: { ...queriesOf(encodeImage(world, image)), project_id, usecase } }
}

const search = (request: FastifyRequest): unknown => {
  const world = worldOf(request)
  const { item_ids, limit = 2, offset = 0, order_ids, order_item_ids, sort_by = [], ...query } = request.body as Search // of its shape
  refuse(searchProblems(query))
  const isFound = matches(query)
  const found = visible(request)
    .filter(
      ({ image, item }) =>
        isAmong(item_ids, image.id) && isAmong(order_ids, item.order_id) && isAmong(order_item_ids, item.id)
    )
    .map((entry) => queried(world, entry))
    .filter(({ entry, properties }) => isFound({ ...entry.image, id: entry.id, properties }))
  const sorts = sort_by.flatMap(({ direction, field, ...others }) =>
    [...(field === undefined ? [] : [[String(field), direction] as const]), ...Object.entries(others)].map(
      ([field, direction]) => ({ field, descends: String(direction).toUpperCase() === "DESC" })
    )
  )
  const page = sorted(found, ({ properties }) => properties, sorts).slice(offset, offset + limit)
  return {
    ...listed(request, "catalogs", page, ({ entry }) => encodeEntry(world, entry)),
    pagination: { limit, offset, total: found.length }
  }
}

/** Returns all deliveries of these entries, oldest first. */
const deliveriesOf = ({ drawers }: World, entries: ReadonlyArray<Entry>): ReadonlyArray<Sent> => {
  const known = new Map(entries.map((entry) => [entry.id, entry]))
  const manual = drawers.deliveries.all.flatMap((it): ReadonlyArray<Sent> => {
    const entry = known.get(it.catalog_id)
    return entry === undefined ? [] : [{ ...it, entry, isAutomatic: false }]
  })
  return [...entries.flatMap(automatic), ...manual].sort((a, b) => a.createdAt - b.createdAt)
}

const encodeDelivery = (world: World, it: Sent) => {
  const { catalog_id, cloud_delivery, createdAt, entry, id, isAutomatic } = it
  const { item, task } = entry
  return {
    delivery_id: id,
    catalog_id,
    task_id: isAutomatic ? task.id : null,
    status: wordOf(world, statusOf(world, it)),
    cloud_delivery,
    target_path: `${item.order_id}/${catalog_id}.zip`,
    created_at: micros(createdAt),
    updated_at: micros(createdAt),
    created_by: isAutomatic ? item.user_id : undefined
  }
}

/** Returns the problems of two lists of ids, of which one must be empty. */
const idProblems = (
  entries: ReadonlyArray<Entry>,
  { catalog_ids, order_item_ids }: Ids,
  path: Path
): ReadonlyArray<Problem> => {
  const lists = [catalog_ids, order_item_ids].filter(({ length }) => length > 0).length
  const known = { catalog_ids: entries.map(({ id }) => id), order_item_ids: entries.map(({ item }) => item.id) }
  return [
    ...(lists === 1
      ? []
      : [problem(path, lists === 0 ? "no ids" : "ids in both lists", "some in one of catalog_ids and order_item_ids")]),
    ...Object.entries({ catalog_ids, order_item_ids }).flatMap(([key, ids]) =>
      ids.flatMap((id, nth) => {
        const at = [...path, key, nth]
        const words = known[key as keyof Ids] // one of two
        const what = key === "catalog_ids" ? "the id of an entry" : "the id of an order item with entries"
        return ids.indexOf(id) === nth ? reference(at, id, what, [...new Set(words)]) : [taken(at, id)]
      })
    )
  ]
}

/** Returns the entries of ids without problems. */
const chosen = (entries: ReadonlyArray<Entry>, { catalog_ids, order_item_ids }: Ids): ReadonlyArray<Entry> =>
  entries.filter(({ id, item }) => catalog_ids.includes(id) || order_item_ids.includes(item.id))

const deliver = (request: FastifyRequest) => {
  const world = worldOf(request)
  const { clock, drawers } = world
  const { deliveries: wanted } = request.body as NewDeliveries // of its shape
  const entries = visible(request)
  const stores = drawers.stores.all.map(({ id }) => id)
  const problems = wanted.flatMap((it, nth) => [
    ...idProblems(entries, it, ["deliveries", nth]),
    ...reference(["deliveries", nth, "cloud_info", "config"], it.cloud_info.config, "the id of a store", stores)
  ])
  refuse(problems)
  const sending = wanted.flatMap((it) => chosen(entries, it).map((entry) => ({ entry, cloud_delivery: it.cloud_info })))
  const open = deliveriesOf(world, entries).filter((it) => !/SUCCESS|FAILED/.test(statusOf(world, it)))
  for (const { cloud_delivery, entry } of sending) {
    requireRole(request, entry.item.project_id)
    const other = open.find((it) => it.catalog_id === entry.id && it.cloud_delivery.config === cloud_delivery.config)
    if (other !== undefined) {
      throw new ApiError(409, "delivery_under_way", `The delivery ${other.id} of ${entry.id} is under way.`)
    }
  }
  refuseNew(drawers.deliveries)
  return sending.map(({ cloud_delivery, entry }): Sent => {
    const about = { catalog_id: entry.id, cloud_delivery, createdAt: clock.now }
    return { ...drawers.deliveries.add((id) => ({ id, ...about })), entry, isAutomatic: false }
  })
}

const showDownload = async (request: FastifyRequest, it: { readonly id: string; readonly createdAt: number }) => {
  const { now } = worldOf(request).clock
  const status = statusOfDownload(it, now).toLowerCase()
  request.record?.showed(status)
  const signed_url = await signed(request, { product: it.id }, now >= readyAt(it))
  return { id: it.id, status, signed_url }
}

export const handlers: Handlers<typeof operations> = {
  SearchCatalogs: search,
  GetCatalogById: (request) => {
    const entry = named(request, "id", "catalog entry", (id, world) => entriesOf(world).find((it) => it.id === id))
    requireRole(request, entry.item.project_id)
    return encodeEntry(worldOf(request), entry)
  },
  ListDeliveries: (request) => {
    const world = worldOf(request)
    const found = filtered(request, deliveriesOf(world, visible(request)), {
      delivery_id: is(({ id }) => id),
      catalog_id: is(({ catalog_id }) => catalog_id),
      task_id: is(({ entry, isAutomatic }) => isAutomatic && entry.task.id),
      order_item_id: is(({ entry }) => entry.item.id)
    })
    return listed(request, "deliveries", found, (it) => encodeDelivery(world, it))
  },
  CreateDelivery: (request, reply) => {
    const world = worldOf(request)
    return reply.code(201).send({ deliveries: deliver(request).map((it) => encodeDelivery(world, it)) })
  },
  CreateDownload: async (request, reply) => {
    const { clock, drawers } = worldOf(request)
    const ids = request.body as Ids // of its shape
    const entries = visible(request)
    refuse(idProblems(entries, ids, []))
    refuseNew(drawers.catalogDownloads)
    const catalog_ids = chosen(entries, ids).map(({ id }) => id)
    const it = drawers.catalogDownloads.add((id) => ({ id, catalog_ids, createdAt: clock.now }))
    return reply.code(201).send(await showDownload(request, it))
  },
  GetDownloadById: (request) => {
    const world = worldOf(request)
    const it = named(request, "download_id", "download", (id, { drawers }) => drawers.catalogDownloads.get(id))
    const ids = new Set(visible(request).map(({ id }) => id))
    if (!it.catalog_ids.every((id) => ids.has(id))) throw notFound(world, "download", it.id)
    return showDownload(request, it)
  }
}

/** The files of an entry, named by the documented pattern. */
const filesOf = ({ id, image }: Entry) =>
  ["raster", "vector"].map((format) => {
    const { bytes, file } = output(id, 0, { name: image.id, format, properties: image }, id, image.geometry)
    return { file: file.replace(/^.*\/1-/, ""), bytes }
  })

export const packages = {
  "/products/{product}/package.zip": (world: World, { product: id = "" }: Place): Stored | undefined => {
    const download = world.drawers.catalogDownloads.get(id)
    if (download === undefined || world.clock.now < readyAt(download)) return undefined
    const files = entriesOf(world)
      .filter((entry) => download.catalog_ids.includes(entry.id))
      .flatMap(filesOf)
    return { ...makePackage(`catalog-${id}`, files), madeAt: readyAt(download) }
  }
}
