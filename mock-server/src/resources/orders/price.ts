/**
 * The prices of order items. The tiers, the smallest billed area and the factor of captures are documented; the tokens
 * of a square kilometre are made up.
 */
import type { World } from "../../core/World.js"
import { measured } from "../aois/state.js"
import type { NewItem } from "./fixture.js"
import { day, type Item, type Task, tasksOf, windowsOf } from "./state.js"

/** Tokens of a square kilometre. */
const perKm2 = { archive: 1, tasking: 3 }

/** Smallest billed area of a tasking item, in square kilometres. */
const smallest = 100

type Part = Pick<NewItem["geometry"]["features"][number], "geometry">

type Polygons = ReadonlyArray<Parameters<typeof measured>[0]>

/** Returns the polygons of an area, or of parts of one. */
export const polygonsOf = ({ features }: { readonly features: ReadonlyArray<Part> }): Polygons =>
  features.flatMap(({ geometry }) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates))

/** Returns the area of polygons in whole square kilometres. */
export const areaOf = (polygons: Polygons): number =>
  Math.ceil(polygons.reduce((sum, rings) => sum + measured(rings).area_in_sq_m, 0) / 1e6)

/** Returns the tier of a window: a specific day that is far enough ahead, or by the number of its days. */
const tierOf = (start: number, end: number, createdAt: number) => {
  const days = (end - start) / day
  if (days <= 1 && start - createdAt >= 7 * day) {
    return { title: "Assured", subtitle: "A capture on a specific date", percentage: 50 }
  }
  if (days <= 2) return { title: "Critical", subtitle: "A window of 2 days or less", percentage: 40 }
  if (days <= 6) return { title: "Expedited", subtitle: "A window of 6 days or less", percentage: 25 }
  return undefined
}

/** Returns the amounts of an item, in tokens; those of a recurring item are of all its captures. */
export const priceOf = ({ fixtures }: World, item: Item) => {
  const area = areaOf(polygonsOf(item.geometry))
  if (item.item_ids !== undefined) {
    const base = perKm2.archive * area * item.item_ids.length
    return { area, base, final: base, each: base, uplifts: [], isCloudy: false }
  }
  const windows = windowsOf(item)
  const captures = fixtures.bandsets?.get(item.bandset?.bandset_id ?? "")?.captures ?? 1
  const once = perKm2.tasking * Math.max(smallest, area) * captures
  const [{ end, start } = { start: 0, end: 0 }] = windows
  const tier = tierOf(start, end, item.createdAt)
  const speed = { title: "Expedited delivery", subtitle: "A delivery within 24 hours", percentage: 20 }
  const tiers = [...(tier === undefined ? [] : [tier]), ...(item.delivery_speed === "EXPEDITED" ? [speed] : [])]
  const raised = (amount: number, percentage: number) => Math.round((amount * percentage) / 100)
  const each = tiers.reduce((sum, { percentage }) => sum + raised(once, percentage), once)
  const uplifts = tiers.map((it) => ({ ...it, amount: raised(once, it.percentage) * windows.length }))
  // the guide to tasking: the system may then accept any clouds
  return {
    area,
    base: once * windows.length,
    final: each * windows.length,
    each,
    uplifts,
    isCloudy: tier !== undefined
  }
}

/** Returns the tasks that are paid: all that were placed. */
export const paidOf = (item: Item, now: number, tasks: ReadonlyArray<Task>): ReadonlyArray<Task> =>
  item.status === "PAID" ? tasks.filter(({ placedAt }) => placedAt <= now) : []

/** Returns the tokens that an item has taken, since a time. */
export const tokensOf = (world: World, item: Item, since = Number.NEGATIVE_INFINITY): number => {
  const { now } = world.clock
  const paid = paidOf(item, now, tasksOf(item, now)).filter(({ placedAt }) => placedAt >= since)
  return paid.length * priceOf(world, item).each
}
