/** `pixxel workflows`: find and show workflows, and estimate the cost of a run. */
import { CostEstimate, Workflow, WorkflowId, WorkflowSummary, WorkflowsApi } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as results from "../render/results.js"
import { calling, group, listed, shown } from "./calling.js"
import { date, id, maybe, project, text, workflow } from "./options.js"

const list = calling(
  "workflows list",
  "List all workflows.",
  {
    projectId: maybe(project),
    id: maybe(id("id", WorkflowId.make, "Only the workflow with this id.")),
    name: maybe(text("name", "NAME", "Only workflows with this name.")),
    createdBy: maybe(text("created-by", "USER", "Only workflows of this user.")),
    createdOn: maybe(date("created-on", "Only workflows created on this date.")),
    updatedAt: maybe(date("updated-at", "Only workflows updated on this date."))
  },
  (options) =>
    Effect.flatMap(WorkflowsApi, (api) => Stream.runCollect(api.listAll(options))).pipe(
      Effect.map(listed("workflows", WorkflowSummary, results.workflowColumns))
    )
)

const get = calling("workflows get", "Show a workflow.", { workflowId: workflow, projectId: project }, (options) =>
  Effect.flatMap(WorkflowsApi, (api) => api.get(options)).pipe(Effect.map(shown(Workflow, results.workflow)))
)

const estimate = calling(
  "workflows estimate",
  "Estimate the cost of one run of a workflow.",
  { workflowId: workflow },
  (options) =>
    Effect.flatMap(WorkflowsApi, (api) => api.estimate(options)).pipe(Effect.map(shown(CostEstimate, results.estimate)))
)

export const workflows = group("workflows", "Find workflows, and estimate the cost of a run.", [list, get, estimate])
