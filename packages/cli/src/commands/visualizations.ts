/** `pixxel visualizations`: the images of indices over AOIs. */
import { join } from "node:path"
import * as Options from "@effect/cli/Options"
import { AssetId } from "@effect-pixxel/client/assets/Asset"
import { IndexId, VisualizationId } from "@effect-pixxel/client/Ids"
import type {
  Visualization,
  VisualizationMetadata,
  VisualizationSummary
} from "@effect-pixxel/client/visualizations/Visualization"
import { VisualizationsApi } from "@effect-pixxel/client/visualizations/VisualizationsApi"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { UsageError } from "../failure/errors.js"
import { fileName } from "../fileName.js"
import { fileError, saved } from "../files.js"
import * as form from "../jsonFile.js"
import { Output } from "../Output.js"
import { plain } from "../render/plain.js"
import * as results from "../render/results.js"
import type { Common } from "./answer.js"
import { group, listing, savedAs, shown, using } from "./calling.js"
import * as changes from "./changes.js"
import { positional } from "./command.js"
import { confirm } from "./consent.js"
import { amount, aoi, file, flag, id, ids, maybe, text, texts, waiting } from "./options.js"

const calling = using(VisualizationsApi, VisualizationsApi.layer)

const visualization = positional(id("visualization", VisualizationId.make, "The visualization."))

const index = id("index", IndexId.make, "The index.")

const ended = changes.ended("visualization", shown<VisualizationSummary>(results.visualization))

const following = changes.following<VisualizationSummary>("visualization", results.stateChange)

const waited = ({ visualizationId, ...options }: Common & VisualizationsApi.WaitInput) =>
  following(options, { _tag: "Visualization", aoiId: options.aoiId, visualizationId }, (onChange) =>
    Effect.flatMap(VisualizationsApi, (api) => api.wait({ ...options, visualizationId, onChange }))
  ).pipe(Effect.map(ended))

const create = calling(
  "visualizations create --aoi aoi-north-field --index index-red-edge --wait",
  "Create a visualization of an AOI.",
  {
    aoiId: aoi,
    indexId: index,
    assetIds: maybe(ids("asset", AssetId.make, "The ids of the assets, with commas between them. Default: all.")),
    resolution: maybe(amount("resolution", "METRES", "The size of a pixel.")),
    wait: flag("wait", "Wait until the visualization has ended."),
    ...waiting
  },
  (options, api) =>
    Effect.gen(function* () {
      const followed = { _tag: "Visualization", aoiId: options.aoiId } as const
      const made = yield* following(options, followed, () => api.create(options))
      return options.wait
        ? yield* waited({ ...options, visualizationId: made.id })
        : shown<Visualization>(results.visualization)(made)
    })
)

const list = calling(
  "visualizations list --aoi aoi-north-field",
  "List all visualizations of an AOI.",
  { aoiId: aoi, indexId: maybe(id("index", IndexId.make, "Only visualizations of this index.")) },
  (options, api) => listing("visualizations", results.visualizationColumns)(api.listAll(options))
)

const wait = calling(
  "visualizations wait --aoi aoi-north-field --visualization visualization-north-ndvi --timeout 1h",
  "Wait until a visualization has ended.",
  { aoiId: aoi, visualizationId: visualization, ...waiting },
  waited
)

const mode = Options.choice("mode", ["dynamic", "theoretical"]).pipe(
  Options.withDefault("dynamic"),
  Options.withDescription("The mode of the legend. Default: dynamic.")
)

/** Draws an image on the terminal of stdout. */
const drawn = (bytes: Uint8Array) =>
  Effect.gen(function* () {
    const { results } = yield* Output
    const { picture } = yield* Effect.promise(() => import("../render/picture.js"))
    return yield* Effect.mapError(picture(bytes, { ...results, ...results.style() }), (error) =>
      fileError("The image could not be shown", error)
    )
  })

/** Refuses an image that has no place to go, or would garble the output. */
const checkTarget = ({
  form,
  out,
  show
}: Pick<Common, "form"> & { readonly out?: string | undefined; readonly show: boolean }) =>
  Effect.flatMap(Output, ({ results }) => {
    const problem = show
      ? form !== "text"
        ? `--show and --${form} exclude each other.`
        : results.isTerminal
          ? undefined
          : "--show draws the image on a terminal, and stdout is none."
      : out === undefined
        ? "Without --out or --show, the image has no place to go."
        : undefined
    return problem === undefined
      ? Effect.void
      : Effect.fail(new UsageError({ message: problem, next: "To save the image: --out FILE" }))
  })

const png = calling(
  "visualizations png --aoi aoi-north-field --visualization visualization-north-ndvi --index index-ndvi --date 2025-06-14 --mode dynamic --out ndvi.png",
  "Save the image of a day as PNG, or show it in the terminal.",
  {
    aoiId: aoi,
    visualizationId: visualization,
    indexId: index,
    date: text("date", "DATE", "The day of the image, such as 2025-06-14."),
    mode,
    out: maybe(file("out", "The PNG file, replaced if it exists. Required without --show.")),
    show: flag("show", "Show the image: as an image in kitty, Ghostty, iTerm2, WezTerm and mintty, else as blocks.")
  },
  (options, api) =>
    Effect.gen(function* () {
      const { out, show } = options
      yield* checkTarget(options)
      const bytes = yield* api.png(options)
      const file = out === undefined ? [] : [(yield* savedAs(out, bytes)).text()]
      const image = show ? [yield* drawn(bytes)] : []
      return { json: () => ({ path: out }), text: () => [...image, ...file].join("\n") }
    })
)

const modes = Options.map(maybe(Options.choice("mode", ["dynamic", "theoretical"])), (one) =>
  one === undefined ? (["dynamic", "theoretical"] as const) : [one]
).pipe(Options.withDescription("The mode of the legend. Default: both."))

const sld = calling(
  "visualizations sld --aoi aoi-north-field --visualization visualization-north-ndvi --date 2025-06-14,2025-06-21 --out styles",
  "Save the styles of images for a map server.",
  {
    aoiId: aoi,
    visualizationId: visualization,
    dates: texts("date", "The days of the images, with commas between them."),
    modes,
    out: Options.withDefault(file("out", "The folder for the .sld files. Default: the current folder."), ".")
  },
  ({ out, ...options }, api) =>
    Effect.gen(function* () {
      const { sld } = yield* api.sld(options)
      const styles = Object.entries(sld).flatMap(([mode, days]) =>
        Object.entries(days).map(([day, xml]) => ({ path: join(out, `${fileName(day, mode)}.sld`), mode, day, xml }))
      )
      yield* Effect.forEach(styles, ({ path, xml }) => saved(path, xml))
      const lines = () => styles.map(({ day, mode, path }) => ({ path, mode, day }))
      const text = styles.map(({ path }) => `Saved ${plain(path)}`).join("\n")
      return { json: () => ({ styles: lines() }), lines, text: () => text || "There are no styles." }
    })
)

const colour = { color: form.Text, label: form.Text }
const Theoretical = Schema.Struct({ ...colour, min: form.Amount, max: form.Amount })
const bound = form.maybe(Schema.NullOr(form.Amount))
const Dynamic = Schema.Struct({ ...colour, min: bound, max: bound })

/** Reads the legends in a file, or in stdin for `-`. */
const legendsIn = <A, I>(path: string, legend: Schema.Schema<A, I>) =>
  form.readForm(
    path,
    Schema.Record({
      key: Schema.String,
      value: form.list(legend.annotations({ title: "a legend" }), "a list of legends")
    }).annotations({
      title: "an object with legends by day"
    }),
    (problem) =>
      new UsageError({
        message: `The legends were not sent: ${problem}.`,
        next: 'The file has the legends by day: { "2025-06-14": [{ "color": "#1a9641", "label": "high", "min": 0.6, "max": 1 }] }.'
      })
  )

/** The colours of all days as text. */
const colours = ({ legend }: VisualizationMetadata): string =>
  Object.entries(legend)
    .flatMap(([day, legends]) =>
      (["dynamic", "theoretical"] as const).flatMap((mode) =>
        legends[mode].map(({ color, label }) =>
          plain([day, mode, ...Option.toArray(color), ...Option.toArray(label)].join("  "))
        )
      )
    )
    .join("\n")

const setLegend = calling(
  "visualizations set-legend --aoi aoi-north-field --visualization visualization-north-ndvi --file legend.json",
  "Set the colours of images.",
  {
    aoiId: aoi,
    visualizationId: visualization,
    file: file("file", "The legends: a JSON file of lists of color, label, min and max by day; - for stdin."),
    mode,
    bins: maybe(amount("bins", "COUNT", "The number of colours of a dynamic legend. Default: those of the first day."))
  },
  ({ bins, file, mode, ...ref }, { setLegend }) =>
    Effect.gen(function* () {
      const show = shown(colours)
      if (mode === "theoretical") {
        return show(yield* setLegend({ ...ref, mode, legend: yield* legendsIn(file, Theoretical) }))
      }
      const legend = yield* legendsIn(file, Dynamic)
      const [first = []] = Object.values(legend)
      return show(yield* setLegend({ ...ref, mode, legend, bins: bins ?? first.length }))
    })
)

const resetLegend = calling(
  "visualizations reset-legend --aoi aoi-north-field --visualization visualization-north-ndvi --index index-ndvi --date 2025-06-14 --yes",
  "Compute the colours of images again. Loses those that were set.",
  {
    aoiId: aoi,
    visualizationId: visualization,
    indexId: index,
    dates: texts("date", "The days of the images, with commas between them."),
    mode,
    yes: flag("yes", "Reset without confirmation. Required without a terminal.")
  },
  (options, api) =>
    Effect.gen(function* () {
      const { dates, mode } = options
      yield* confirm(options, {
        question: Effect.succeed({ text: `This loses the ${mode} legends of ${dates.join(", ")}.\nGo on? [y/N]` }),
        nothing: "Nothing was reset.",
        does: "loses the legends that were set"
      })
      return shown<Visualization>(results.visualization)(yield* api.resetLegend(options))
    })
)

export const visualizations = group("visualizations", "Show an index over an AOI as images.", [
  create,
  list,
  wait,
  png,
  sld,
  setLegend,
  resetLegend
])
