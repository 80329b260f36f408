/** `pixxel aois`: create AOIs, show them, and wait for their end. */
import * as Options from "@effect/cli/Options"
import { Aoi, AoiId, AoisApi, ProjectId, SatelliteId } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import { areaIn } from "../area.js"
import * as results from "../render/results.js"
import type { Common } from "./answer.js"
import { calling, group, listing, shown } from "./calling.js"
import * as changes from "./changes.js"
import { positional } from "./command.js"
import { file, flag, id, maybe, text, texts, waiting } from "./options.js"

export const aoi: Options.Options<AoiId> = positional(id("aoi", AoiId.make, "The AOI."))

const one = shown(Aoi, results.aoi)

const ended = changes.ended("aoi", Aoi, one)

const reporting = changes.reporting("aoi", Aoi)

const waited = (options: Common & AoisApi.WaitInput) =>
  Effect.gen(function* () {
    const onChange = yield* reporting(options)
    return yield* (yield* AoisApi).wait({ ...options, onChange })
  })

const create = calling(
  "aois create --file field.geojson --items image-1 --name Field --satellite sat-firefly-1 --project project-monsoon-2024",
  "Create an AOI of images of a satellite.",
  {
    file: file("file", "The area: a GeoJSON file with one polygon; - for stdin."),
    itemIds: texts("items", "The ids of the images, with commas between them."),
    name: text("name", "NAME", "The name, which no other AOI has."),
    description: Options.withDefault(text("description", "TEXT", "The description. Default: empty."), ""),
    satelliteId: id("satellite", SatelliteId.make, "The satellite of the images."),
    provider: Options.withDefault(text("provider", "NAME", "The provider of the images. Default: pixxel."), "pixxel"),
    projectId: id("project", ProjectId.make, "The project of the AOI."),
    wait: flag("wait", "Wait until the AOI has ended."),
    ...waiting
  },
  (options) =>
    Effect.gen(function* () {
      const geometry = yield* areaIn(options.file, "AOICreateAOI", "The AOI")
      const made = yield* (yield* AoisApi).create({ ...options, geometry })
      return options.wait ? ended(yield* waited({ ...options, aoiId: made.id })) : one(made)
    })
)

const list = calling(
  "aois list --project project-monsoon-2024",
  "List all AOIs.",
  {
    projectId: maybe(id("project", ProjectId.make, "Only AOIs of this project.")),
    name: maybe(text("name", "NAME", "Only the AOI with this name."))
  },
  ({ name, projectId }) =>
    listing(
      "aois",
      Aoi,
      results.aoiColumns
    )(Effect.map(AoisApi, (api) => api.listAll({ name, projectIds: projectId && [projectId] })))
)

const get = calling("aois get --aoi aoi-north-field --json", "Show an AOI.", { aoiId: aoi }, (options) =>
  Effect.flatMap(AoisApi, (api) => api.get(options)).pipe(Effect.map(one))
)

const wait = calling(
  "aois wait --aoi aoi-south-field --timeout 1h",
  "Wait until an AOI has ended.",
  { aoiId: aoi, ...waiting },
  (options) => Effect.map(waited(options), ended)
)

export const aois = group("aois", "Create AOIs, and wait until their images are prepared.", [create, list, get, wait])
