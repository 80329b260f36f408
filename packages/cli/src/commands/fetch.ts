/**
 * `pixxel fetch`: from an area to a file. Searches images, creates an AOI of those of one satellite, waits for it, and
 * downloads its mosaics. Finds an AOI that an earlier run has created by its name, and goes on with it.
 */
import { basename } from "node:path"
import type * as Command from "@effect/cli/Command"
import type { Satellite } from "@effect-pixxel/client"
import type { Aoi } from "@effect-pixxel/client/aois/Aoi"
import { AoisApi } from "@effect-pixxel/client/aois/AoisApi"
import type { Asset } from "@effect-pixxel/client/assets/Asset"
import { AssetsApi } from "@effect-pixxel/client/assets/AssetsApi"
import { ProjectId } from "@effect-pixxel/client/Ids"
import { ProjectsApi } from "@effect-pixxel/client/projects/ProjectsApi"
import { SearchApi } from "@effect-pixxel/client/search/SearchApi"
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Polygon } from "geojson"
import { areaIn } from "../area.js"
import { ImagesMissing, NothingFound, UsageError } from "../failure/errors.js"
import { checkPlace } from "../files.js"
import { Invocation } from "../Invocation.js"
import { Output } from "../Output.js"
import { plain } from "../render/plain.js"
import { status } from "../render/results.js"
import { fields, sections } from "../render/table.js"
import { saved } from "../render/transfer.js"
import { percent } from "../render/words.js"
import type { Common } from "./answer.js"
import { following, waited } from "./aois.js"
import { using } from "./calling.js"
import { confirm, reportingStop } from "./consent.js"
import { download, last, out, placeOf, savedJson, saving } from "./downloading.js"
import { flag, id, maybe, text, waiting } from "./options.js"
import { imagesOf, satellitesOf, searching } from "./search.js"

const calling = using(AoisApi, Layer.mergeAll(AoisApi.layer, AssetsApi.layer, ProjectsApi.layer, SearchApi.layer))

/** Reports a step: as an event with `--jsonl`, otherwise as a line. */
const told = ({ form, quiet }: Common, event: string, facts: object, line: string) =>
  Effect.flatMap(Output, (output) =>
    form === "jsonl"
      ? output.change(JSON.stringify({ event, ...facts }))
      : form === "json" || quiet
        ? Effect.void
        : output.note(plain(`${event}: ${line}`))
  )

/** The given project, or the only one: an AOI in another would have other readers. The mock has no readers. */
const projectOf = (project: ProjectId | undefined, mock: boolean) =>
  Effect.gen(function* () {
    if (project !== undefined) return project
    const projects = yield* Stream.runCollect((yield* ProjectsApi).listAll())
    const [first, ...others] = projects
    if (first !== undefined && (others.length === 0 || mock)) return ProjectId.make(first.id)
    const message = `pixxel fetch needs --project ID: there are ${projects.length} projects.`
    return yield* new UsageError({ message, next: "To list the projects: pixxel projects list" })
  })

type Wanted = Common & Command.Command.ParseConfig<typeof searching> & { readonly geometry: Polygon }

/** The range and the filters of a search, which tell its AOI from another one. */
const searched = ({ clouds, end, satellite, start }: Wanted): string => {
  const [from, to] = [start, end].map((it) => DateTime.formatIso(it).replace("T00:00:00.000Z", ""))
  return [
    `from ${from} to ${to}`,
    ...(satellite === undefined ? [] : [`by ${satellite}`]),
    ...(clouds === undefined ? [] : [`with at most ${clouds} % clouds`])
  ].join(" ")
}

const descriptionOf = (wanted: Wanted): string => `Images ${searched(wanted)}.`

/** The name of the AOI, by default that of the file and the dates. */
const named = ({ end, file, start }: Wanted): string => {
  const [from, to] = [start, end].map(DateTime.formatIsoDateUtc)
  return `${file === "-" ? "area" : basename(file).replace(/\.(geo)?json$/i, "")}-${from}-${to}`
}

/** Explains a search without images: by those that are there with more clouds. */
const noImage = (wanted: Wanted, satellites: ReadonlyArray<Satellite>) =>
  Effect.gen(function* () {
    const cloudy = wanted.clouds === undefined ? [] : yield* imagesOf({ ...wanted, clouds: undefined, satellites })
    const least = Math.min(...cloudy.flatMap(({ clouds }) => Option.toArray(clouds)))
    const wider = [
      ...(Number.isFinite(least) ? [`allow more clouds: --clouds ${Math.ceil(least)}`] : []),
      "widen the time range: --from, --to",
      ...(wanted.satellite === undefined ? [] : ["search all satellites: without --satellite"])
    ]
    const others = cloudy.length === 0 ? "" : ` With more clouds there are ${cloudy.length}.`
    return yield* new NothingFound({
      message: `There is no image of the area ${searched(wanted)}.${others}`,
      next: `To find some, ${wider.join("; or ")}.`
    })
  })

const nameOf = ({ id, name }: Satellite) => Option.getOrElse(name, () => id)

/** Searches each satellite by itself, since an image does not name it, and chooses the one with the most images. */
const chosen = (wanted: Wanted) =>
  Effect.gen(function* () {
    const satellites = yield* satellitesOf(wanted.satellite)
    const found = yield* Effect.forEach(
      satellites.filter(({ collections }) => collections.length > 0),
      (satellite) => Effect.map(imagesOf({ ...wanted, satellites: [satellite] }), (images) => ({ satellite, images }))
    )
    const [best] = [...found].sort((one, other) => other.images.length - one.images.length)
    if (best === undefined || best.images.length === 0) return yield* noImage(wanted, satellites)
    const counts = found.map(({ images, satellite }) => `${nameOf(satellite)} ${images.length}`).join(", ")
    yield* told(
      wanted,
      "search",
      {
        satelliteId: best.satellite.id,
        images: best.images.map(({ id }) => id),
        found: found.map(({ images, satellite }) => ({ satelliteId: satellite.id, images: images.length }))
      },
      `images by ${counts}; those of ${nameOf(best.satellite)} (${best.satellite.id}) are taken`
    )
    return best
  })

const shapeOf = (geometry: unknown) => JSON.stringify(Object(geometry).coordinates)

/** The AOI of an earlier run of the same journey. Fails for another AOI of this name. */
const earlier = (name: string, projectId: ProjectId, wanted: Wanted) =>
  Effect.gen(function* () {
    const { listAll } = yield* AoisApi
    const all = yield* listAll({ name }).pipe(
      Stream.filter((it) => Option.contains(it.name, name)),
      Stream.runCollect,
      // an empty list may be a 404
      Effect.catchTag("PixxelNotFound", () => Effect.succeed(Chunk.empty<Aoi>()))
    )
    const [found] = all
    if (found === undefined) return undefined
    const { description, geometry, id, projectId: project } = found
    const isSame =
      Option.contains(description, descriptionOf(wanted)) &&
      Option.contains(project, projectId) &&
      Option.exists(geometry, (it) => shapeOf(it) === shapeOf(wanted.geometry))
    if (isSame) return found
    return yield* new UsageError({
      message: `AOI ${id} has the name ${name}, but another area, project or search.`,
      next: `Give another name: --name NAME. To see the AOI: pixxel aois get --aoi ${id}`
    })
  })

interface Creating extends Wanted {
  readonly name: string
  readonly projectId: ProjectId
  readonly yes: boolean
}

/** Searches images, and asks before an AOI of them is created. */
const toCreate = (options: Creating) =>
  Effect.gen(function* () {
    const { geometry, name, projectId } = options
    const nothing = "Nothing was created."
    const { images, satellite } = yield* chosen(options).pipe(reportingStop(options.form, nothing))
    const collection = satellite.collections.find(({ id }) =>
      Option.contains(images[0]?.collection ?? Option.none(), id)
    )
    const list = images.map((image) => {
      const day = Option.map(image.datetime, DateTime.formatIsoDateUtc)
      const clouds = Option.map(percent(image.clouds), (share) => `${share} clouds`)
      return `  ${[image.id, ...Option.toArray(day), ...Option.toArray(clouds)].join("  ")}`
    })
    yield* confirm(options, {
      question: Effect.succeed({
        text: [
          `This creates AOI ${name} in project ${projectId}, of ${images.length} ${images.length === 1 ? "image" : "images"} by ${nameOf(satellite)}:`,
          ...list,
          "Create it? [y/N]"
        ].join("\n")
      }),
      nothing,
      does: "creates an AOI"
    })
    return {
      name,
      description: descriptionOf(options),
      satelliteId: satellite.id,
      provider: Option.getOrElse(
        Option.flatMap(Option.fromNullable(collection), ({ provider }) => provider),
        () => "pixxel"
      ),
      projectId,
      geometry,
      itemIds: images.map(({ id }) => id)
    }
  })

/** Creates the AOI, and waits until it has ended. */
const created = (options: Creating & AoisApi.WaitOptions) =>
  Effect.gen(function* () {
    const { setStep } = yield* Invocation
    yield* setStep("search")
    const input = yield* toCreate(options)
    yield* setStep("create")
    const { createAndWait } = yield* AoisApi
    return yield* following(options, { _tag: "Aoi" }, (report) =>
      createAndWait({ ...options, ...input, onChange: (it) => Effect.zipRight(setStep("wait"), report(it)) })
    )
  })

/** Waits until the AOI of an earlier run has ended, unless it has. */
const continued = (options: Common & AoisApi.WaitOptions, aoi: Aoi) =>
  Effect.gen(function* () {
    const { id: aoiId, outcome } = aoi
    yield* told(options, "found", { aoiId }, `AOI ${aoiId} of an earlier run`)
    if (outcome === "succeeded") return aoi
    yield* (yield* Invocation).setStep("wait")
    return yield* waited({ ...options, aoiId })
  })

/** The mosaics of an ended AOI, and the names of the images that are missing. */
const prepared = (aoiId: Aoi["id"]) =>
  Effect.gen(function* () {
    const all = Chunk.toReadonlyArray(yield* Stream.runCollect((yield* AssetsApi).listAll({ aoiId })))
    const isReady = ({ outcome }: Asset) => outcome === "succeeded"
    const mosaics = all.filter((it) => isReady(it) && Option.contains(it.type, "mosaic"))
    const missing = all.filter((it) => !isReady(it)).map(({ id, name }) => Option.getOrElse(name, () => id))
    if (mosaics.length > 0) return { mosaics, missing }
    return yield* new NothingFound({
      message: `AOI ${aoiId} has no mosaic to download.`,
      next: `To see its assets: pixxel assets list --aoi ${aoiId}`
    })
  })

export const fetch = calling(
  "fetch --file field.geojson --from 2025-06-01 --to 2025-07-01 --clouds 20 --out field.zip",
  "Fetch images of an area: search them, create an AOI of them, and download its mosaics. Repeat it to go on.",
  {
    ...searching,
    project: maybe(id("project", ProjectId.make, "The project of the AOI. Default: the only project.")),
    name: maybe(text("name", "NAME", "The name of the AOI. Default: that of the file, with the dates.")),
    strict: flag("strict", "Fail if some images are missing. Default: a warning."),
    yes: flag("yes", "Create the AOI without confirmation. Required without a terminal."),
    out,
    ...saving,
    ...waiting
  },
  (options) =>
    Effect.gen(function* () {
      const output = yield* Output
      const { setStep } = yield* Invocation
      const geometry = yield* areaIn(options.file, "AOICreateAOI", "The AOI")
      const wanted = { ...options, geometry }
      const projectId = yield* projectOf(options.project, options.mock)
      const name = options.name ?? named(wanted)
      const place = placeOf(options.out, name)
      yield* checkPlace(place.out, `${place.name}.zip`)
      const before = yield* earlier(name, projectId, wanted)
      const aoi = yield* before === undefined ? created({ ...wanted, name, projectId }) : continued(options, before)
      yield* setStep("assets")
      const { missing, mosaics } = yield* prepared(aoi.id)
      if (aoi.isPartial) {
        const message = `Some images of AOI ${aoi.id} are missing: ${missing.join(", ") || "the API does not name them"}.`
        if (options.strict) return yield* new ImagesMissing({ aoiId: aoi.id, message })
        if (options.form === "text") yield* output.note(plain(`warning: ${message}`))
      }
      const ids = mosaics.map(({ id }) => id)
      yield* told(options, "assets", { assets: ids }, ids.join(", "))
      yield* setStep("download")
      const source = AssetsApi.source({ aoiId: aoi.id, assetIds: ids })
      const file = yield* download({ source, name: place.name }, place.out, options)
      const json = () => ({ aoi, assets: mosaics, missing, download: savedJson(file) })
      return last({
        json,
        text: (style) =>
          sections(
            fields(
              [
                ["AOI", aoi.id],
                ["name", name],
                ["satellite", aoi.satelliteId],
                ["status", status(aoi)],
                ["mosaics", ids.join(", ")]
              ],
              style
            ),
            saved(file, style)
          )
      })
    })
)
