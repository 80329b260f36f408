/** `pixxel assets`: list and download the assets of AOIs. */
import { type Asset, AssetId } from "@effect-pixxel/client/assets/Asset"
import { AssetsApi } from "@effect-pixxel/client/assets/AssetsApi"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { status } from "../render/results.js"
import type { Column } from "../render/table.js"
import { percent } from "../render/words.js"
import { group, using } from "./calling.js"
import { answered, out, placeOf, printUrl, saving } from "./downloading.js"
import { view, viewing } from "./mapping.js"
import { aoi, ids, waiting } from "./options.js"

const calling = using(AssetsApi, AssetsApi.layer)

const columns: ReadonlyArray<Column<Asset>> = [
  { head: "ID", of: (asset) => asset.id },
  { head: "TYPE", of: (asset) => asset.type },
  { head: "STATUS", of: (asset) => status(asset) },
  { head: "PROGRESS", minor: true, of: (asset) => percent(asset.progress) },
  { head: "DATE", of: (asset) => Option.map(asset.date, DateTime.formatIsoDateUtc) },
  { head: "NAME", cuts: true, minor: true, of: (asset) => asset.name }
]

const list = calling(
  "assets list --aoi aoi-north-field",
  "List all assets of an AOI.",
  { aoiId: aoi, view },
  ({ aoiId, view }, api) =>
    viewing(view, { things: "assets", columns, geometryOf: ({ geometry }) => geometry })(api.listAll({ aoiId }))
)

const download = calling(
  "assets download --aoi aoi-north-field --asset asset-FF01_000321_20250614_L2A_20250616_00501135 --out field.zip",
  "Download assets of an AOI. Resumes an earlier download.",
  {
    aoiId: aoi,
    assetIds: ids("asset", AssetId.make, "The ids of the assets, with commas between them."),
    out,
    printUrl,
    ...saving,
    ...waiting
  },
  ({ aoiId, assetIds, ...options }) => {
    const source = AssetsApi.source({ aoiId, assetIds })
    const { name, out } = placeOf(options.out, aoiId, ...assetIds)
    return answered({ source, name }, { ...options, out })
  }
)

export const assets = group("assets", "List and download the files of AOIs.", [list, download])
