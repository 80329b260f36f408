/**
 * The assets of visualizations: a picture of each day, in the state of its visualization. Of a partial one, the last has
 * failed.
 */
import type { World } from "../../core/World.js"
import type { Aoi } from "../aois/state.js"
import { type Asset, shown } from "../assets/list.js"
import { indexOf } from "../indices/state.js"
import { wantedDaysOf } from "./image.js"
import { isPartial, type Visualization, view } from "./state.js"

export const picturesOf = (world: World, aoi: Aoi, it: Visualization): ReadonlyArray<Asset> => {
  const { progress, status, updatedAt } = view(it, world.clock.now)
  const name = indexOf(world, it.index_id)?.name ?? it.index_id
  return wantedDaysOf(aoi, it).map((day, nth, { length }) => {
    const date = day.replaceAll("_", "-")
    const isLost = isPartial(status) && nth === length - 1
    const picture = {
      id: `${it.id}-${date}`,
      name: `${name} of ${date}`,
      description: "",
      asset_type: "visualization",
      status: isLost ? "failed" : isPartial(status) ? "success" : status,
      progress,
      date,
      visualization_id: it.id,
      resolution: it.resolution ?? 5
    }
    return shown(aoi, picture, updatedAt, it.createdAt)
  })
}

/** The pictures of all visualizations of an AOI. */
export const allPicturesOf = (world: World, aoi: Aoi): ReadonlyArray<Asset> =>
  world.drawers.visualizations.all.filter(({ aoi_id }) => aoi_id === aoi.id).flatMap((it) => picturesOf(world, aoi, it))
