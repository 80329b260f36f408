/**
 * The assets of an AOI's images, which follow its state: there are none until it is ready. Then each image is one, and so
 * is the mosaic of each day. Of a partial AOI, the last image has failed.
 */
import { formatTimestamp } from "../../core/Timestamp.js"
import { type Aoi, measured, view } from "../aois/state.js"

/** An asset as the wire has it. */
export type Asset = Readonly<Record<string, unknown>> & { readonly id: string; readonly status: string }

/** The day in the documented form of an item id, `FF01_000321_20250614_L2A_…`, or of its asset. */
export const dayOf = (id: string): string | undefined => /_(\d{4})(\d\d)(\d\d)_/.exec(id)?.slice(1).join("-")

/** The ids of the assets of an AOI's images. */
export const imagesOf = ({ item_ids }: Pick<Aoi, "item_ids">): ReadonlyArray<string> =>
  item_ids.map((item) => `asset-${item}`)

/** Adds the fields that all assets of an AOI have. */
export const shown = <A extends Pick<Asset, "id" | "status">>(
  aoi: Aoi,
  asset: A,
  updatedAt: number,
  createdAt = updatedAt
) => ({
  ...asset,
  aoi_id: aoi.id,
  path: `https://assets.pixxel.test/${aoi.id}/${asset.id}.tif?signature=c0ffee`,
  band_list: ["B1", "B2", "B3"],
  geometry: aoi.geometry,
  ...measured(aoi.geometry.coordinates),
  created_at: formatTimestamp("spaced", createdAt),
  updated_at: formatTimestamp("spaced", updatedAt)
})

export const assetsOf = (aoi: Aoi, now: number): ReadonlyArray<Asset> => {
  const { isReady, status: word, updatedAt } = view(aoi, now)
  if (!isReady) return []
  const created = formatTimestamp("date", aoi.createdAt)
  const isPartial = word.startsWith("partial")
  const images = imagesOf(aoi).map((id, index, { length }) => ({
    id,
    name: aoi.item_ids[index],
    asset_type: "stac_item",
    status: isPartial && index === length - 1 ? "failed" : "success",
    date: dayOf(id) ?? created
  }))
  const days = new Set(images.flatMap(({ date, status }) => (status === "success" ? [date] : [])))
  const mosaics = [...days].map((date) => ({
    id: `mosaic-${date}`,
    name: `Mosaic of ${date}`,
    asset_type: "mosaic",
    status: "success",
    date
  }))
  return [...images, ...mosaics].map((asset) =>
    shown(aoi, { ...asset, description: "", progress: asset.status === "success" ? 100 : 90, resolution: 5 }, updatedAt)
  )
}
