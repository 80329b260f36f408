/** `pixxel workflows`: find and show workflows, and estimate the cost of a run. */
import { WorkflowId } from "@effect-pixxel/client/Ids"
import { WorkflowsApi } from "@effect-pixxel/client/workflows/WorkflowsApi"
import * as Effect from "effect/Effect"
import * as results from "../render/results.js"
import { group, listing, shown, using } from "./calling.js"
import { date, id, maybe, project, text, workflow } from "./options.js"

const calling = using(WorkflowsApi, WorkflowsApi.layer)

const list = calling(
  "workflows list --project project-monsoon-2024",
  "List all workflows.",
  {
    projectId: maybe(project),
    id: maybe(id("id", WorkflowId.make, "Only the workflow with this id.")),
    name: maybe(text("name", "NAME", "Only workflows with this name.")),
    createdBy: maybe(text("created-by", "USER", "Only workflows of this user.")),
    createdOn: maybe(date("created-on", "Only workflows created on this date.")),
    updatedAt: maybe(date("updated-at", "Only workflows updated on this date."))
  },
  (options, api) => listing("workflows", results.workflowColumns)(api.listAll(options))
)

const get = calling(
  "workflows get --workflow wf-crop-classification --project project-monsoon-2024 --json",
  "Show a workflow.",
  { workflowId: workflow, projectId: project },
  (options, api) => Effect.map(api.get(options), shown(results.workflow))
)

const estimate = calling(
  "workflows estimate --workflow wf-crop-classification",
  "Estimate the cost of one run of a workflow.",
  { workflowId: workflow },
  (options, api) => Effect.map(api.estimate(options), shown(results.estimate))
)

export const workflows = group("workflows", "Find workflows, and estimate the cost of a run.", [list, get, estimate])
