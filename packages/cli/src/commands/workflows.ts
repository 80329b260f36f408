/** `pixxel workflows`: find and show workflows, and estimate the cost of a run. */
import * as Command from "@effect/cli/Command"
import { CostEstimate, Workflow, WorkflowId, WorkflowSummary, WorkflowsApi } from "@effect-pixxel/client"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as results from "../render/results.js"
import { answer } from "./answer.js"
import { define } from "./command.js"
import { common, date, id, maybe, project, text, workflow } from "./options.js"

const list = define(
  "workflows list",
  {
    projectId: maybe(project),
    id: maybe(id("id", WorkflowId.make, "Only the workflow with this id.")),
    name: maybe(text("name", "NAME", "Only workflows with this name.")),
    createdBy: maybe(text("created-by", "USER", "Only workflows of this user.")),
    createdOn: maybe(date("created-on", "Only workflows created on this date.")),
    updatedAt: maybe(date("updated-at", "Only workflows updated on this date.")),
    ...common
  },
  (options) =>
    answer(
      options,
      Effect.gen(function* () {
        const api = yield* WorkflowsApi
        const workflows = Chunk.toReadonlyArray(yield* Stream.runCollect(api.listAll(options)))
        const lines = () => Schema.encodeSync(Schema.Array(WorkflowSummary))(workflows)
        return { json: () => ({ workflows: lines() }), lines, text: (style) => results.workflows(workflows, style) }
      })
    )
).pipe(Command.withDescription("List all workflows."))

const get = define("workflows get", { workflowId: workflow, projectId: project, ...common }, (options) =>
  answer(
    options,
    Effect.gen(function* () {
      const api = yield* WorkflowsApi
      const found = yield* api.get(options)
      return { json: () => Schema.encodeSync(Workflow)(found), text: (style) => results.workflow(found, style) }
    })
  )
).pipe(Command.withDescription("Show a workflow."))

const estimate = define("workflows estimate", { workflowId: workflow, ...common }, (options) =>
  answer(
    options,
    Effect.gen(function* () {
      const api = yield* WorkflowsApi
      const cost = yield* api.estimate(options)
      return { json: () => Schema.encodeSync(CostEstimate)(cost), text: () => results.estimate(cost.estimatedCost) }
    })
  )
).pipe(Command.withDescription("Estimate the cost of one run of a workflow."))

export const workflows = Command.make("workflows", {}).pipe(
  Command.withDescription("Find workflows, and estimate the cost of a run."),
  Command.withSubcommands([list, get, estimate])
)
