/** The shape of a download of assets to create. */
import { field, name, object, type Shaped, someOf } from "../../core/Shape.js"

export const assetIds = field(someOf(name), "Ids of the assets.", [
  ["asset-FF01_000321_20250614_L2A_20250616_00501135"]
])

export const newDownload = object(
  { asset_ids: assetIds },
  { title: "a download to create", description: "Assets of an AOI to download." }
)

export type NewDownload = Shaped<typeof newDownload>
