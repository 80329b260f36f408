/** The downloads of assets in a world. A download is created, in progress from 3 s on, and ready after 10 s. */
import { field, name, object, type Shaped, someOf } from "../../core/Shape.js"
import { saved, shelf } from "../../core/Shelf.js"

const assetIds = field(someOf(name), "Ids of the assets.", [["asset-FF01_000321_20250614_L2A_20250616_00501135"]])

/** Body of `AOICreateDownload`. */
export const newDownload = object(
  { asset_ids: assetIds },
  { title: "a download to create", description: "Assets of an AOI to download." }
)

export type NewDownload = Shaped<typeof newDownload>

const savedDownload = saved("download", {
  aoi: field(name, "Id of the AOI of its assets.", ["aoi-north-field"]),
  assets: assetIds
})

export type Download = Shaped<typeof savedDownload>

/** Time until a download is in progress, and until it is ready, in milliseconds. */
const begins = 3_000
const ends = 10_000

export const readyAt = ({ createdAt }: Pick<Download, "createdAt">): number => createdAt + ends

export const statusOf = (download: Pick<Download, "createdAt">, now: number): string =>
  now >= readyAt(download) ? "SUCCESS" : now - download.createdAt >= begins ? "in_progress" : "created"

export const drawer = shelf(savedDownload, {
  subject: "download",
  position: (it: Download, now) => statusOf(it, now)
})
