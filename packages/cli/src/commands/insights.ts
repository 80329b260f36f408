/** `pixxel insights`: runs of blocks on AOIs. */
import { Insight, InsightId, InsightsApi } from "@effect-pixxel/client"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { Output } from "../Output.js"
import * as results from "../render/results.js"
import { aoi } from "./aois.js"
import { calling, group, listed, shown } from "./calling.js"
import * as changes from "./changes.js"
import { positional } from "./command.js"
import { date, id, maybe, text, waiting } from "./options.js"

const insight = positional(id("insight", InsightId.make, "The insight."))

const one = shown(Insight, results.insight)

const ended = changes.ended("insight", Insight, one)

const reporting = changes.reporting("insight", Insight)

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

const watch = calling(
  "insights watch --aoi aoi-north-field --insight insight-north-crops --jsonl",
  "Report every change of an insight until it has ended.",
  { aoiId: aoi, insightId: insight, ...waiting },
  (options) =>
    Effect.gen(function* () {
      const onChange = reporting({ ...options, changesAreResults: true }, yield* Output)
      const api = yield* InsightsApi
      const it = yield* api.wait({ ...options, timeout: options.timeout ?? Duration.infinity, onChange })
      // the last line shows the end
      return { ...ended(it), text: () => "" }
    })
)

export const insights = group("insights", "Run blocks on AOIs, and fetch their results.", [list, get, watch])
