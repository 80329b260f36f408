/**
 * Every quirk once, with its line for the command line, for HTTP and for a test. The tests run each row, and the mock
 * server's README shows them; the client's own tests cover its reading of each.
 */
import type { WorldQuirks } from "../src/core/Fixture.js"

export interface QuirkRow {
  readonly quirk: string
  /** The values sent with the quirk. */
  readonly sends: string
  readonly source: string
  readonly quirks: WorldQuirks
  /** Part of the answers only with the quirk. */
  readonly has?: RegExp
  /** Part of the answers only without the quirk. */
  readonly lacks?: RegExp
}

type StoryQuirks = NonNullable<WorldQuirks["everyStory"]>

const ofStories = (
  quirk: string,
  everyStory: StoryQuirks,
  sends: string,
  source: string,
  shows: Pick<QuirkRow, "has" | "lacks">
): QuirkRow => ({ quirk, sends, source, quirks: { everyStory }, ...shows })

const timestamps = [
  ["seconds", "2025-01-01T00:00:00Z", /"created_at":"2025-01-01T00:00:00Z"/],
  ["millis", "2025-01-01T00:00:00.000Z", /"created_at":"2025-01-01T00:00:00\.\d{3}Z"/],
  ["offset", "2025-01-01T00:00:00+00:00", /"created_at":"2025-01-01T00:00:00(\.\d+)?\+00:00"/],
  ["python", "2025-01-01T00:00:00.056000+00:00, zeros left out", /"created_at":"2025-01-01T00:00:00(\.\d+)?\+00:00"/],
  ["spaced", "2025-01-01 00:00:00", /"created_at":"2025-01-01 00:00:00/],
  ["date", "2025-01-01", /"created_at":"2025-01-01"/],
  ["underscored", "2025_01_01", /"created_at":"2025_01_01/],
  ["dayFirst", "01-01-2025", /"created_at":"01[-/]01[-/]2025/]
] as const

const other = "documented, for different things"

export const quirkRows: ReadonlyArray<QuirkRow> = [
  ofStories("unset", { unset: "omit" }, "no key for an unset value", "inferred", { lacks: /"err_msg":/ }),
  ofStories("unset", { unset: "null" }, "`null` for an unset value", "inferred", { has: /"finished_at":null/ }),
  ofStories("unset", { unset: "zero" }, "Go's zero for an unset value", "documented for orders; inferred", {
    has: /"finished_at":"0001-01-01T00:00:00Z"/
  }),
  ofStories("emptyLists", { emptyLists: "null" }, "`null` for an empty list of a job", "inferred from Go", {
    has: /"val_errors":null/
  }),
  ofStories("progress", { progress: "plain" }, '`"75"` for `"75%"`', other, { has: /"progress":"\d+",/ }),
  ofStories("progress", { progress: "number" }, '`75` for `"75%"`', other, {
    has: /%?"\w+":"[^"]*","progress":\d+,"cost"/
  }),
  ...timestamps.map(([form, sends, has]) =>
    ofStories("timestamps", { timestamps: form }, `\`${sends}\``, other, { has })
  ),
  ofStories("infoLogs", { infoLogs: "base64" }, "the base64 of the JSON", "documented as `integer[]`", {
    has: /"info_logs":"[A-Za-z0-9+/]+=*"/
  }),
  ofStories("infoLogs", { infoLogs: "bytes" }, "a list of the JSON's bytes", "documented as `integer[]`", {
    has: /"info_logs":\[\d+,\d+/
  }),
  ofStories("taskStatus", { taskStatus: { completed: "Success" } }, "another word for a state of a task", other, {
    has: /"status":"Success"/
  }),
  ofStories("jobStatus", { jobStatus: { running: "IN_PROGRESS" } }, "another word for a state of a job", other, {
    has: /"status":"IN_PROGRESS"/
  }),
  ofStories("workflowKey", { workflowKey: "workflowId" }, "`workflowId` for `workflow_id`", "documented both ways", {
    has: /"workflowId":"wf-crop-classification"/
  }),
  ofStories("omit", { omit: ["cost"] }, "no field of this name", "no field is documented as required", {
    lacks: /"cost":/
  }),
  ofStories("set", { set: { cost: "42 credits" } }, "this value, also in undocumented fields", "made up", {
    has: /"cost":"42 credits"/
  }),
  {
    quirk: "unknownIds",
    sends: "403 for an unknown id",
    source: "undetermined; declared",
    quirks: { unknownIds: 403 },
    has: /^403 /m
  },
  {
    quirk: "unknownIds",
    sends: "400 for an unknown id",
    source: "undetermined; declared",
    quirks: { unknownIds: 400 },
    has: /^400 /m
  },
  {
    quirk: "emptyLists",
    sends: "`null` for an empty list of jobs",
    source: "inferred from Go",
    quirks: { emptyLists: "null" },
    has: /"jobs":null/
  },
  {
    quirk: "errorType",
    sends: "errors with another content type, but a JSON body",
    source: "documented",
    quirks: { errorType: "image/png" },
    has: /image\/png/
  }
]

/** Writes the quirk in three places. */
export const linesOf = ({ quirks }: QuirkRow) => ({
  commandLine: `npx @effect-pixxel/mock-server --scenario '${JSON.stringify({ kind: "scenario", quirks })}'`,
  http: `POST /__mock/v1/worlds ${JSON.stringify({ quirks })}`,
  test: `MockServer.layer({ quirks: ${JSON.stringify(quirks)} })`
})
