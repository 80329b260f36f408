/** `pixxel insights`: runs of blocks on AOIs. */
import * as Options from "@effect/cli/Options"
import { Insight, InsightId, InsightsApi, ProjectId } from "@effect-pixxel/client"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Invocation } from "../Invocation.js"
import type { Given } from "../inputs.js"
import * as results from "../render/results.js"
import { tokens } from "../render/words.js"
import { aoi } from "./aois.js"
import { calling, group, listed, shown } from "./calling.js"
import * as changes from "./changes.js"
import { positional } from "./command.js"
import { spend } from "./consent.js"
import { block, date, flag, id, inputs, maybe, spending as paying, text, waiting } from "./options.js"

const insight = positional(id("insight", InsightId.make, "The insight."))

const one = shown(Insight, results.insight)

const ended = changes.ended("insight", Insight, one)

const following = changes.following("insight", Insight)

const waited = (options: changes.Reported & InsightsApi.WaitInput) =>
  following(options, { _tag: "Insight", aoiId: options.aoiId, id: options.insightId }, (onChange) =>
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

type Wanted = Pick<InsightsApi.EstimateInput, "aoiId" | "projectId" | "name"> & {
  readonly block: InsightsApi.Block
  readonly inputs: ReadonlyArray<Given>
}

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
  adopt: Options.map(
    flag("no-adopt", "Send no mark: if the answer of the create is lost, do not look for its insight."),
    (isOff) => (isOff ? ("never" as const) : ("marked" as const))
  )
}

const nameOf = ({ aoiId, block, projectId }: Wanted) =>
  `an insight of block ${block.name}@${block.version} on AOI ${aoiId} in project ${projectId}`

const estimate = calling(
  "insights estimate --aoi aoi-north-field --project project-monsoon-2024 --block cropclassification@1.0.0 --input input_image=asset:mosaic-2025-06-14 --input start_date=2025-06-01 --input end_date=2025-06-30",
  "Estimate the cost of an insight.",
  wanted,
  (options) =>
    Effect.gen(function* () {
      const api = yield* InsightsApi
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

const create = calling(
  "insights create --aoi aoi-north-field --project project-monsoon-2024 --block cropclassification@1.0.0 --input input_image=asset:mosaic-2025-06-14 --input start_date=2025-06-01 --input end_date=2025-06-30 --max-cost 100",
  "Start an insight. This costs money.",
  { ...wanted, ...spending },
  (options) =>
    Effect.gen(function* () {
      const api = yield* InsightsApi
      const input = yield* filled(options)
      yield* spend(options, { what: nameOf(options), things: "insights", estimate: api.estimate(input) })
      const { aoiId } = options
      const { setCreated } = yield* Invocation
      const made = yield* following({ ...options, quiet: true }, { _tag: "Insight", aoiId }, (onChange) => {
        const named = ({ id }: Insight) => setCreated({ aoiId, insightId: id })
        const onOrphan = (it: Insight) => Effect.zipRight(named(it), onChange(it))
        return Effect.tap(api.create({ ...input, onOrphan }), named)
      })
      return one(made)
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
  (options) =>
    Effect.flatMap(InsightsApi, (api) => api.list(options)).pipe(
      Effect.map(listed("insights", Insight, results.insightColumns))
    )
)

const get = calling(
  "insights get --aoi aoi-north-field --insight insight-north-crops --json",
  "Show an insight.",
  { aoiId: aoi, insightId: insight },
  (options) => Effect.flatMap(InsightsApi, (api) => api.get(options)).pipe(Effect.map(one))
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
  (options) =>
    // the last line shows the end
    waited({ ...options, changesAreResults: true, timeout: options.timeout ?? Duration.infinity }).pipe(
      Effect.map((it) => ({ ...ended(it), text: () => "" }))
    )
)

export const insights = group("insights", "Run blocks on AOIs, and fetch their results.", [
  estimate,
  create,
  list,
  get,
  wait,
  watch
])
