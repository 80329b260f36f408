/** `pixxel aois`: create AOIs, show them, and follow them to their end. */
import * as Options from "@effect/cli/Options"
import type { Aoi } from "@effect-pixxel/client/aois/Aoi"
import { AoisApi } from "@effect-pixxel/client/aois/AoisApi"
import { ProjectId, SatelliteId } from "@effect-pixxel/client/Ids"
import * as Effect from "effect/Effect"
import { areaIn } from "../area.js"
import * as results from "../render/results.js"
import { group, shown, using } from "./calling.js"
import * as changes from "./changes.js"
import { view, viewedAlone, viewing } from "./mapping.js"
import { aoi, file, flag, id, maybe, text, texts, waiting } from "./options.js"

const calling = using(AoisApi, AoisApi.layer)

const one = shown(results.aoi)

const ended = changes.ended("aoi", one)

/** Follows an AOI to its end. */
export const following = changes.following<Aoi>("aoi", results.stateChange)

/** Waits until an AOI has ended. */
export const waited = (options: changes.Reported & AoisApi.WaitInput) =>
  following(options, { _tag: "Aoi", aoiId: options.aoiId }, (onChange) =>
    Effect.flatMap(AoisApi, (api) => api.wait({ ...options, onChange }))
  )

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
  (options, api) =>
    Effect.gen(function* () {
      const geometry = yield* areaIn(options.file, "AOICreateAOI", "The AOI")
      const input = { ...options, geometry }
      return options.wait
        ? ended(yield* following(options, { _tag: "Aoi" }, (onChange) => api.createAndWait({ ...input, onChange })))
        : one(yield* following(options, { _tag: "Aoi" }, () => api.create(input)))
    })
)

const areas = {
  things: "aois",
  columns: results.aoiColumns,
  geometryOf: ({ geometry }: Aoi) => geometry
}

const list = calling(
  "aois list --project project-monsoon-2024",
  "List all AOIs.",
  {
    projectId: maybe(id("project", ProjectId.make, "Only AOIs of this project.")),
    name: maybe(text("name", "NAME", "Only the AOI with this name.")),
    view
  },
  ({ name, projectId, view }, api) => viewing(view, areas)(api.listAll({ name, projectIds: projectId && [projectId] }))
)

const get = calling(
  "aois get --aoi aoi-north-field --json",
  "Show an AOI.",
  { aoiId: aoi, view },
  ({ aoiId, view }, api) => Effect.flatMap(api.get({ aoiId }), viewedAlone(view, areas, results.aoi))
)

const wait = calling(
  "aois wait --aoi aoi-south-field --timeout 1h",
  "Wait until an AOI has ended.",
  { aoiId: aoi, ...waiting },
  (options) => Effect.map(waited(options), ended)
)

const watch = calling(
  "aois watch --aoi aoi-south-field --jsonl",
  "Report every change of an AOI until it has ended.",
  { aoiId: aoi, ...waiting },
  (options) => changes.watched(options, waited, ended)
)

export const aois = group("aois", "Create AOIs, and follow them until their images are prepared.", [
  create,
  list,
  get,
  wait,
  watch
])
