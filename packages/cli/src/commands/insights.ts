/** `pixxel insights`: runs of blocks on AOIs. */
import type * as Command from "@effect/cli/Command"
import { ProjectId } from "@effect-pixxel/client/Ids"
import { type Insight, InsightId } from "@effect-pixxel/client/insights/Insight"
import type { InsightPackage } from "@effect-pixxel/client/insights/InsightPackage"
import { InsightsApi } from "@effect-pixxel/client/insights/InsightsApi"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { checkPlace } from "../files.js"
import { plain } from "../render/plain.js"
import * as results from "../render/results.js"
import { tokens } from "../render/words.js"
import { group, listed, shown, using } from "./calling.js"
import * as changes from "./changes.js"
import { positional } from "./command.js"
import { confirm, spend } from "./consent.js"
import { answered, out, placeOf, printUrl, ran, download as save, savedFiles, saving } from "./downloading.js"
import {
  adopting,
  aoi,
  block,
  date,
  file,
  flag,
  id,
  inputs,
  maybe,
  spending as paying,
  text,
  texts,
  waiting
} from "./options.js"

const calling = using(InsightsApi, InsightsApi.layer)

const insight = positional(id("insight", InsightId.make, "The insight."))

const one = shown(results.insight)

const ended = changes.ended("insight", one)

const following = changes.following<Insight>("insight", results.stateChange)

const waited = (options: changes.Reported & InsightsApi.WaitInput) =>
  following(options, { _tag: "Insight", aoiId: options.aoiId, insightId: options.insightId }, (onChange) =>
    Effect.flatMap(InsightsApi, (api) => api.wait({ ...options, onChange }))
  )

/** The block to run, with its inputs, and the project to bill. */
const wanted = {
  aoiId: aoi,
  projectId: positional(id("project", ProjectId.make, "The project to bill.")),
  block: positional(block),
  inputs,
  name: maybe(text("name", "NAME", "The name of the insight. Default: the block, and the mark of the create."))
}

type Wanted = Command.Command.ParseConfig<typeof wanted>

/** The arguments of an estimate or a create, with checked inputs. */
const filled = <O extends Wanted>(options: O) =>
  Effect.map(
    Effect.flatMap(
      Effect.promise(() => import("../inputs.js")),
      ({ inputsOf }) => inputsOf(options.aoiId, options.block, options.inputs)
    ),
    (inputs) => ({ ...options, inputs })
  )

const spending = {
  yes: paying.yes,
  maxCost: paying.maxCost,
  adopt: adopting("marked", "Send no mark: if the answer of the create is lost, do not look for its insight.")
}

const nameOf = ({ aoiId, block, projectId }: Wanted) =>
  `an insight of block ${block.name}@${block.version} on AOI ${aoiId} in project ${projectId}`

const estimate = calling(
  "insights estimate --aoi aoi-north-field --project project-monsoon-2024 --block cropclassification@1.0.0 --input input_image=asset:mosaic-2025-06-14 --input start_date=2025-06-01 --input end_date=2025-06-30",
  "Estimate the cost of an insight.",
  wanted,
  (options, api) =>
    Effect.gen(function* () {
      const cost = yield* api.estimate(yield* filled(options))
      return {
        json: () => ({ estimate: Option.getOrNull(cost) }),
        text: () =>
          Option.match(tokens(cost), {
            onNone: () => "The server sent no readable estimate.",
            onSome: (amount) => `About ${amount}.`
          })
      }
    })
)

/** Consent to the cost, and the input of a create. */
const starting = <O extends Wanted & Parameters<typeof spend>[0]>(options: O, api: InsightsApi["Type"]) =>
  Effect.gen(function* () {
    const input = yield* filled(options)
    yield* spend(options, { what: nameOf(options), things: "insights", estimate: api.estimate(input) })
    return input
  })

const create = calling(
  "insights create --aoi aoi-north-field --project project-monsoon-2024 --block cropclassification@1.0.0 --input input_image=asset:mosaic-2025-06-14 --input start_date=2025-06-01 --input end_date=2025-06-30 --max-cost 100",
  "Start an insight. This costs money.",
  { ...wanted, ...spending },
  (options, api) =>
    Effect.gen(function* () {
      const input = yield* starting(options, api)
      const made = yield* changes.naming(options, { _tag: "Insight", aoiId: options.aoiId }, (named) =>
        Effect.tap(api.create({ ...input, onOrphan: named }), named)
      )
      return one(made)
    })
)

const run = calling(
  "insights run --aoi aoi-north-field --project project-monsoon-2024 --block cropclassification@1.0.0 --input input_image=asset:mosaic-2025-06-14 --input start_date=2025-06-01 --input end_date=2025-06-30 --max-cost 100 --out result.zip",
  "Start an insight, wait for it and its package, and download the package with --out. This costs money.",
  {
    ...wanted,
    out: maybe(file("out", "Download the package to this file, ending in .zip, or to this folder.")),
    ...spending,
    ...saving,
    ...waiting
  },
  (options, api) =>
    Effect.gen(function* () {
      const { aoiId } = options
      if (options.out !== undefined) {
        // the insight that names the file does not exist yet
        const place = placeOf(options.out, "insight")
        yield* checkPlace(place.out, `${place.name}.zip`)
      }
      const input = yield* starting(options, api)
      const { download, insight } = yield* following(options, { _tag: "Insight", aoiId }, (onChange) =>
        api.run({ ...input, onChange, onOrphan: onChange })
      )
      if (options.out === undefined) {
        return ran("insight", one(insight), shown<InsightPackage>(results.download)(download))
      }
      const { name, out: folder } = placeOf(options.out, insight.id)
      const it = yield* save({ source: InsightsApi.source({ aoiId, insightId: insight.id }), name }, folder, options)
      return ran("insight", one(insight), savedFiles(it))
    })
)

const list = calling(
  "insights list --aoi aoi-north-field",
  "List the insights of an AOI.",
  {
    aoiId: aoi,
    status: maybe(text("status", "STATUS", "Only insights with this status: inprogress, completed, …")),
    createdBy: maybe(text("created-by", "USER", "Only insights of this user.")),
    createdOn: maybe(date("created-on", "Only insights created on this date."))
  },
  (options, api) => Effect.map(api.list(options), listed("insights", results.insightColumns))
)

const get = calling(
  "insights get --aoi aoi-north-field --insight insight-north-crops --json",
  "Show an insight.",
  { aoiId: aoi, insightId: insight },
  (options, api) => Effect.map(api.get(options), one)
)

const wait = calling(
  "insights wait --aoi aoi-north-field --insight insight-north-crops --timeout 1h",
  "Wait until an insight has ended.",
  { aoiId: aoi, insightId: insight, ...waiting },
  (options) => Effect.map(waited(options), ended)
)

const watch = calling(
  "insights watch --aoi aoi-north-field --insight insight-north-crops --jsonl",
  "Report every change of an insight until it has ended.",
  { aoiId: aoi, insightId: insight, ...waiting },
  (options) => changes.watched(options, waited, ended)
)

const download = calling(
  "insights download --aoi aoi-north-field --insight insight-north-crops --output result --out result.zip",
  "Download the results of an insight. Resumes an earlier download.",
  {
    aoiId: aoi,
    insightId: insight,
    inputs: maybe(texts("input", "Only these inputs: names with commas between them. Default: all.")),
    outputs: maybe(texts("output", "Only these results: names with commas between them. Default: all.")),
    out,
    printUrl,
    ...saving,
    ...waiting
  },
  ({ aoiId, inputs, insightId, outputs, ...options }) => {
    const { name, out: folder } = placeOf(options.out, insightId, ...(inputs ?? []), ...(outputs ?? []))
    return answered(
      { source: InsightsApi.source({ aoiId, insightId, inputs, outputs }), name },
      { ...options, out: folder }
    )
  }
)

const remove = calling(
  "insights delete --aoi aoi-north-field --insight insight-north-water --project project-monsoon-2024 --yes",
  "Delete an insight and its results, which are paid.",
  {
    aoiId: aoi,
    insightId: insight,
    projectId: id("project", ProjectId.make, "The project that it was billed to."),
    yes: flag("yes", "Delete without confirmation. Required without a terminal.")
  },
  (options, api) =>
    Effect.gen(function* () {
      const { aoiId, insightId } = options
      yield* confirm(options, {
        question: Effect.succeed({
          text: `This deletes insight ${insightId} of AOI ${aoiId}, and its results, which are paid.\nDelete it? [y/N]`
        }),
        nothing: "Nothing was deleted.",
        does: "deletes an insight"
      })
      yield* api.delete(options)
      return { json: () => ({ deleted: insightId }), text: () => `Deleted insight ${plain(insightId)}.` }
    })
)

export const insights = group("insights", "Run blocks on AOIs, and fetch their results.", [
  estimate,
  create,
  run,
  list,
  get,
  wait,
  watch,
  download,
  remove
])
