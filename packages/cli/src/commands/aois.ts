/** `pixxel aois`: create AOIs, show them, and follow them to their end. */
import * as Options from "@effect/cli/Options"
import { Aoi, AoiId, AoisApi, ProjectId, SatelliteId } from "@effect-pixxel/client"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { areaIn } from "../area.js"
import * as Failure from "../Failure.js"
import { asFeature, asFeatures } from "../geojson.js"
import { Output } from "../Output.js"
import * as results from "../render/results.js"
import { calling, group, listing, shown } from "./calling.js"
import * as changes from "./changes.js"
import { positional } from "./command.js"
import { file, flag, id, maybe, text, texts, waiting } from "./options.js"

export const aoi: Options.Options<AoiId> = positional(id("aoi", AoiId.make, "The AOI."))

const one = shown(Aoi, results.aoi)

const ended = changes.ended("aoi", Aoi, one)

const reporting = changes.reporting("aoi", Aoi)

interface Followed extends changes.Reported {
  /** Undefined until the AOI is created. */
  readonly aoiId?: AoiId
}

const followed = <A, E, R>(
  options: Followed,
  call: (api: AoisApi.Service, onChange: (it: Aoi) => Effect.Effect<void>) => Effect.Effect<A, E, R>
) =>
  Effect.gen(function* () {
    const report = reporting(options, yield* Output)
    const api = yield* AoisApi
    return yield* changes.followed(options, options.aoiId, Failure.stoppedAoi, (saw) =>
      call(api, (it) => Effect.zipRight(saw(it.id), report(it)))
    )
  })

const waited = (options: Followed & AoisApi.WaitInput) =>
  followed(options, (api, onChange) => api.wait({ ...options, onChange }))

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
      const input = { ...options, geometry }
      return options.wait
        ? ended(yield* followed(options, (api, onChange) => api.createAndWait({ ...input, onChange })))
        : one(yield* followed(options, (api) => api.create(input)))
    })
)

const list = calling(
  "aois list --project project-monsoon-2024",
  "List all AOIs.",
  {
    projectId: maybe(id("project", ProjectId.make, "Only AOIs of this project.")),
    name: maybe(text("name", "NAME", "Only the AOI with this name.")),
    geojson: flag("geojson", "Print a GeoJSON collection of the areas.")
  },
  ({ geojson, name, projectId }) =>
    Effect.map(AoisApi, (api) => api.listAll({ name, projectIds: projectId && [projectId] })).pipe(
      listing("aois", Aoi, results.aoiColumns),
      Effect.map((answer) => (geojson ? asFeatures(answer) : answer))
    )
)

const get = calling(
  "aois get --aoi aoi-north-field --json",
  "Show an AOI.",
  { aoiId: aoi, geojson: flag("geojson", "Print its area as a GeoJSON feature.") },
  ({ aoiId, geojson }) =>
    Effect.flatMap(AoisApi, (api) => api.get({ aoiId })).pipe(
      Effect.map(one),
      Effect.map((answer) => (geojson ? asFeature(answer) : answer))
    )
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
  (options) =>
    // the last line shows the end
    waited({ ...options, changesAreResults: true, timeout: options.timeout ?? Duration.infinity }).pipe(
      Effect.map((it) => ({ ...ended(it), text: () => "" }))
    )
)

export const aois = group("aois", "Create AOIs, and follow them until their images are prepared.", [
  create,
  list,
  get,
  wait,
  watch
])
