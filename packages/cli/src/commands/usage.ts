/** `pixxel usage`: the tokens spent on orders, jobs and insights, in one table. */
import * as Options from "@effect/cli/Options"
import type { Aoi, Insight, JobSummary, WorkflowSummary } from "@effect-pixxel/client"
import { AoisApi } from "@effect-pixxel/client/aois/AoisApi"
import { ProjectId } from "@effect-pixxel/client/Ids"
import { InsightsApi } from "@effect-pixxel/client/insights/InsightsApi"
import { JobsApi } from "@effect-pixxel/client/jobs/JobsApi"
import { OrdersApi } from "@effect-pixxel/client/orders/OrdersApi"
import { WorkflowsApi } from "@effect-pixxel/client/workflows/WorkflowsApi"
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Output } from "../Output.js"
import { type Column, list, sections } from "../render/table.js"
import {
  type By,
  type Expense,
  type Kind,
  kinds,
  type Row,
  rowsBy,
  type Sum,
  totalOf,
  unique,
  within
} from "../spending.js"
import { using } from "./calling.js"
import { day, id, maybe } from "./options.js"

const calling = using(
  OrdersApi,
  Layer.mergeAll(AoisApi.layer, InsightsApi.layer, JobsApi.layer, OrdersApi.layer, WorkflowsApi.layer)
)

/** The most lists that are read at once. */
const concurrency = 4

const collected = <A, E, R>(stream: Stream.Stream<A, E, R>) =>
  Effect.map(Stream.runCollect(stream), Chunk.toReadonlyArray)

const ofItems = (projectId: ProjectId | undefined) =>
  Effect.map(
    Effect.flatMap(OrdersApi, (api) => collected(api.listAllItems({ projectIds: projectId && [projectId] }))),
    (items) =>
      items.map(
        (it): Expense => ({
          kind: "orders",
          id: it.id,
          project: it.projectId,
          at: it.createdAt,
          tokens: it.tokensUsed
        })
      )
  )

/** The cost of a thing that has ended: until then it is an estimate (documented for jobs). */
const spent = (it: JobSummary | Insight) => (it.outcome === "pending" ? Option.none() : it.cost)

/** The expenses of the jobs of a workflow, or of the insights of an AOI. */
const expensesIn =
  (kind: Kind, { id, projectId }: WorkflowSummary | Aoi) =>
  (found: ReadonlyArray<JobSummary | Insight>): ReadonlyArray<Expense> =>
    found.map((it) => ({
      kind,
      id: `${id} ${it.id}`,
      project: projectId,
      at: it.createdAt,
      tokens: spent(it)
    }))

const ofJobs = (workflow: WorkflowSummary) =>
  Effect.flatMap(JobsApi, (api) => api.list({ workflowId: workflow.id })).pipe(Effect.map(expensesIn("jobs", workflow)))

const ofInsights = (aoi: Aoi) =>
  Effect.flatMap(InsightsApi, (api) => api.list({ aoiId: aoi.id })).pipe(Effect.map(expensesIn("insights", aoi)))

/** Reads all expenses: the items of orders, the jobs of each workflow, and the insights of each AOI. */
const expensesOf = (projectId: ProjectId | undefined, told: (line: string) => Effect.Effect<unknown>) =>
  Effect.gen(function* () {
    const projectIds = projectId && [projectId]
    const workflows = yield* Effect.flatMap(WorkflowsApi, (api) => collected(api.listAll({ projectId })))
    const aois = yield* Effect.flatMap(AoisApi, (api) => collected(api.listAll({ projectIds })))
    const lists = { workflows: workflows.length, aois: aois.length }
    yield* told(
      `Reading the items of orders, the jobs of ${lists.workflows} workflows and the insights of ${lists.aois} AOIs: ` +
        `${lists.workflows + lists.aois} lists and the pages of the items, ${concurrency} at a time.`
    )
    const found = yield* Effect.all([ofItems(projectId), ...workflows.map(ofJobs), ...aois.map(ofInsights)], {
      concurrency
    })
    return { lists, expenses: unique(found.flat()) }
  })

const amount = ({ entries, tokens, unknown }: Sum): string =>
  entries === 0 ? "-" : entries === unknown ? "?" : String(tokens)

const heads: Readonly<Record<By, string>> = { project: "PROJECT", month: "MONTH", type: "TYPE" }

const columnsOf = (by: ReadonlyArray<By>): ReadonlyArray<Column<Row>> => [
  ...by.map((it): Column<Row> => ({ head: heads[it], of: (row) => row[it] ?? "total" })),
  ...(by.includes("type")
    ? []
    : kinds.map((kind): Column<Row> => ({ head: kind.toUpperCase(), of: ({ sums }) => amount(sums[kind]) }))),
  { head: "TOTAL", of: ({ total }) => amount(total) },
  { head: "UNKNOWN", of: ({ total }) => (total.unknown === 0 ? "-" : String(total.unknown)) }
]

/** The rows that a table has by default. */
const usual: ReadonlyArray<By> = ["project", "month"]

const timeOf = (given: string | undefined) =>
  Option.map(Option.fromNullable(given), (it): DateTime.DateTime => DateTime.unsafeMake(it))

export const usage = calling(
  "usage --by month",
  "Show the tokens spent on orders, jobs and insights. No operation of the API tells the balance.",
  {
    by: maybe(
      Options.choice("by", ["project", "month", "type"]).pipe(
        Options.withDescription("One row for each project, month or type. Default: for each project and month.")
      )
    ),
    from: maybe(day("from", "Only expenses from this day (UTC) on.")),
    to: maybe(day("to", "Only expenses before this day (UTC).")),
    projectId: maybe(id("project", ProjectId.make, "Only expenses of this project."))
  },
  ({ by, form, from, projectId, quiet, to }) =>
    Effect.gen(function* () {
      const { note } = yield* Output
      const told = (line: string) => (form === "text" && !quiet ? note(`pixxel: ${line}`) : Effect.void)
      const { expenses, lists } = yield* expensesOf(projectId, told)
      const { inside, undated } = within(expenses, { from: timeOf(from), to: timeOf(to) })
      const keys = by === undefined ? usual : [by]
      const rows = rowsBy(inside, keys)
      const total = totalOf(inside)
      return {
        json: () => ({ rows, total, undated, lists }),
        lines: () => rows,
        text: (style) =>
          sections(
            list("expenses", columnsOf(keys), rows.length === 0 ? [] : [...rows, total], style),
            [
              ...(total.total.unknown === 0
                ? []
                : [
                    "Unknown are the amounts of items that are not paid, and of jobs and insights that have not ended or name none."
                  ]),
              ...(undated === 0 ? [] : [`Left out, without a date: ${undated}.`])
            ].join("\n")
          )
      }
    })
)
