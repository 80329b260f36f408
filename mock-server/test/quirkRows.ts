/**
 * Every quirk once, with its one line for the command line, for HTTP and for a test. The tests run each row, and the
 * README of the mock server shows them; what the client makes of each is held in the client's own tests.
 */
import type { WorldQuirks } from "../src/core/Fixture.js"

export interface QuirkRow {
  readonly quirk: string
  /** What is sent, beside what is sent without it. */
  readonly sends: string
  readonly source: string
  readonly quirks: WorldQuirks
  /** What answers have with it, and do not have without it. */
  readonly has?: RegExp
  /** What answers have without it, and do not have with it. */
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
  ofStories("unset", { unset: "omit" }, "no key for what is not there yet", "inferred", { lacks: /"err_msg":/ }),
  ofStories("unset", { unset: "null" }, "`null` for what is not there yet", "inferred", { has: /"finished_at":null/ }),
  ofStories("unset", { unset: "zero" }, "Go's zero for what is not there yet", "documented for orders; inferred", {
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
  ofStories("omit", { omit: ["cost"] }, "no such field", "no field is documented as required", { lacks: /"cost":/ }),
  ofStories("set", { set: { cost: "42 credits" } }, "this value as it is, also in undocumented fields", "made up", {
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
    sends: "`null` for a list of no jobs",
    source: "inferred from Go",
    quirks: { emptyLists: "null" },
    has: /"jobs":null/
  },
  {
    quirk: "errorType",
    sends: "errors under another content type, JSON all the same",
    source: "documented",
    quirks: { errorType: "image/png" },
    has: /image\/png/
  }
]

/** The same quirk in three places. */
export const linesOf = ({ quirks }: QuirkRow) => ({
  commandLine: `npx @effect-pixxel/mock-server --scenario '${JSON.stringify({ kind: "scenario", quirks })}'`,
  http: `POST /__mock/v1/worlds ${JSON.stringify({ quirks })}`,
  test: `MockServer.layer({ quirks: ${JSON.stringify(quirks)} })`
})
