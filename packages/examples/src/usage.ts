/** What was spent: the tokens of order items, jobs and insights of a project, and the report of its orders. */
import { AoisApi, InsightsApi, JobsApi, OrdersApi, type ProjectId, WorkflowsApi } from "@effect-pixxel/client"
import { Array as Arr, Chunk, Effect, Number, Option, Stream } from "effect"

/** The tokens of one kind. An amount that the API does not tell is counted apart, and is no 0. */
export interface Spent {
  readonly tokens: number
  readonly unknown: number
}

const sumOf = (amounts: ReadonlyArray<Option.Option<number>>): Spent => {
  const known = Arr.getSomes(amounts)
  return { tokens: Number.sumAll(known), unknown: amounts.length - known.length }
}

const collect = <A, E, R>(stream: Stream.Stream<A, E, R>) =>
  Effect.map(Stream.runCollect(stream), Chunk.toReadonlyArray)

/** Until it ends, the cost of a job or an insight is an estimate. */
const costOf = (it: { readonly cost: Option.Option<number>; readonly outcome: string }) =>
  it.outcome === "pending" ? Option.none() : it.cost

/** The tokens that a project has spent. No operation tells the balance. */
export const usageOf = (projectId: ProjectId) =>
  Effect.gen(function* () {
    const orders = yield* OrdersApi
    const jobs = yield* JobsApi
    const insights = yield* InsightsApi

    const items = yield* collect(orders.listAllItems({ projectIds: [projectId] }))
    // no list has the jobs of all workflows, or the insights of all AOIs
    const workflows = yield* Effect.flatMap(WorkflowsApi, (it) => collect(it.listAll({ projectId })))
    const aois = yield* Effect.flatMap(AoisApi, (it) => collect(it.listAll({ projectIds: [projectId] })))
    const [runs, analyses] = yield* Effect.all([
      Effect.forEach(workflows, ({ id }) => jobs.list({ workflowId: id }), { concurrency: 4 }),
      Effect.forEach(aois, ({ id }) => insights.list({ aoiId: id }), { concurrency: 4 })
    ])
    return {
      orders: sumOf(items.map(({ tokensUsed }) => tokensUsed)),
      jobs: sumOf(runs.flat().map(costOf)),
      insights: sumOf(analyses.flat().map(costOf)),
      report: yield* orders.report({ timeZone: "UTC" })
    }
  })
