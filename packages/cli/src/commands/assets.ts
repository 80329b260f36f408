/** `pixxel assets`: download the assets of AOIs. */

import { basename, dirname } from "node:path"
import * as Options from "@effect/cli/Options"
import { AssetId, AssetsApi } from "@effect-pixxel/client"
import { fileName } from "../fileName.js"
import { aoi } from "./aois.js"
import { calling, group } from "./calling.js"
import { answered, printUrl, saving } from "./downloading.js"
import { file, texts, waiting } from "./options.js"

const out = file("out", "The file, ending in .zip, or a folder for it. Default: the current folder.").pipe(
  Options.withDefault(".")
)

const download = calling(
  "assets download --aoi aoi-north-field --asset asset-FF01_000321_20250614_L2A_20250616_00501135 --out field.zip",
  "Download assets of an AOI. Resumes an earlier download.",
  {
    aoiId: aoi,
    assets: texts("asset", "The ids of the assets, with commas between them."),
    out,
    printUrl,
    ...saving,
    ...waiting
  },
  ({ aoiId, assets, ...options }) => {
    const source = AssetsApi.source({ aoiId, assetIds: assets.map((id) => AssetId.make(id)) })
    const { out } = options
    return out.endsWith(".zip")
      ? answered({ source, name: basename(out, ".zip") }, { ...options, out: dirname(out) })
      : answered({ source, name: fileName(aoiId, ...assets) }, options)
  }
)

export const assets = group("assets", "Download the files of AOIs.", [download])
