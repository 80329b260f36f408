/**
 * The entries of the catalog, which follow the orders: when a task has ended, each image of it is one. Of a partial task,
 * the last image is missing.
 */
import { random } from "../../core/Ids.js"
import { formatTimestamp } from "../../core/Timestamp.js"
import type { World } from "../../core/World.js"
import type { Image } from "../archives/items.js"
import { polygonsOf } from "../orders/price.js"
import { type Item, isGood, stripsOf, type Task, tasksOf } from "../orders/state.js"

export interface Entry {
  readonly id: string
  readonly item: Item
  readonly task: Task
  readonly image: Image
  readonly createdAt: number
}

const dayOf = (at: number): string => formatTimestamp("date", at).replaceAll("-", "")

/** Minutes from midnight UTC to the first capture over southern India, and of an orbit. */
const passes = 320
const orbit = 95

/** Returns a strip of a capture, named by the documented pattern. */
const stripOf = ({ seed }: World, item: Item, { endsAt, id, window }: Task, nth: number): Image => {
  const at = (window?.start ?? endsAt) + (passes + nth * orbit) * 60_000
  const upTo = (key: string, most: number) => Math.floor(random(seed, key, id, nth) * most)
  const number = String(upTo("strip", 1_000_000)).padStart(6, "0")
  const [rings = []] = polygonsOf(item.geometry)
  return {
    id: `FF01_${number}_${dayOf(at)}_L2A_${dayOf(endsAt)}_00501135`,
    collection: "pixxel-ff-l2a",
    datetime: formatTimestamp("millis", at),
    cloud_cover: upTo("clouds", item.cloud_cover ?? 20),
    off_nadir: upTo("angle", item.off_nadir ?? 20),
    gsd: 5,
    geometry: { type: "Polygon", coordinates: rings }
  }
}

const imagesOf = (world: World, item: Item, task: Task): ReadonlyArray<Image> => {
  const { scenes } = world.fixtures
  if (!isGood(task.status)) return []
  const lost = task.status === "FULFILLED" ? 0 : 1
  return item.item_ids === undefined
    ? Array.from({ length: stripsOf(item, task) }, (_, nth) => stripOf(world, item, task, nth))
    : item.item_ids.slice(0, Math.max(1, item.item_ids.length - lost)).flatMap((id) => scenes?.get(id) ?? [])
}

/** Returns all entries, oldest first. */
export const entriesOf = (world: World): ReadonlyArray<Entry> =>
  world.drawers.orderItems.all
    .flatMap((item) =>
      tasksOf(item, world.clock.now).flatMap((task) =>
        imagesOf(world, item, task).map((image, nth) => ({
          id: `${task.id}-image-${nth + 1}`,
          item,
          task,
          image,
          createdAt: task.endsAt
        }))
      )
    )
    .sort((one, other) => one.createdAt - other.createdAt)
