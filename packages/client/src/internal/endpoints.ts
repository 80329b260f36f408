/**
 * The supported operations of the API as plain data: request, names, repeatability, cost, and the reader of a success.
 */

import { DownloadPackage } from "../jobs/DownloadPackage.js"
import { Job, JobSummary } from "../jobs/Job.js"
import { CostEstimate } from "../workflows/CostEstimate.js"
import { Workflow, WorkflowPage } from "../workflows/Workflow.js"
import { page, reader } from "./model.js"
import type { Params } from "./path.js"
import { envelope, type Reader } from "./wire.js"

export interface Endpoint<A, Path extends string, Billable extends boolean> {
  /** The operation id of the official description. */
  readonly operation: string
  /** The method of the client, and the name of its span. */
  readonly name: string
  readonly method: "GET" | "POST" | "PUT"
  readonly path: Path
  /** Whether the request is idempotent. */
  readonly repeatable: boolean
  /** Whether a success costs money. */
  readonly billable: Billable
  readonly success: Reader<A>
}

/** The parameters of one call. */
export interface Input<Path extends string> {
  readonly params: Readonly<Record<Params<Path>, string>>
  readonly query?: Readonly<Record<string, string | number | undefined>>
}

const endpoint = <A, const Path extends string, const Billable extends boolean>(
  row: Endpoint<A, Path, Billable>
): Endpoint<A, Path, Billable> => row

export const createJob = endpoint({
  operation: "createJob",
  name: "JobsApi.create",
  method: "POST",
  path: "/v0/workflows/{workflow_id}/jobs",
  repeatable: false,
  billable: true,
  success: reader(Job)
})

export const listJobs = endpoint({
  operation: "listJobs",
  name: "JobsApi.list",
  method: "GET",
  path: "/v0/workflows/{workflow_id}/jobs",
  repeatable: true,
  billable: false,
  success: envelope("jobs", reader(JobSummary))
})

export const getJobById = endpoint({
  operation: "getJobById",
  name: "JobsApi.get",
  method: "GET",
  path: "/v0/workflows/{workflow_id}/jobs/{job_id}",
  repeatable: true,
  billable: false,
  success: reader(Job)
})

export const downloadJob = endpoint({
  operation: "downloadJob",
  name: "JobsApi.download",
  method: "PUT",
  path: "/v0/workflows/{workflow_id}/jobs/{job_id}/download",
  repeatable: true,
  billable: false,
  success: reader(DownloadPackage)
})

export const downloadTask = endpoint({
  operation: "downloadTask",
  name: "JobsApi.downloadTask",
  method: "PUT",
  path: "/v0/workflows/{workflow_id}/jobs/{job_id}/tasks/{task_id}/download",
  repeatable: true,
  billable: false,
  success: reader(DownloadPackage)
})

export const listWorkflows = endpoint({
  operation: "listWorkflows",
  name: "WorkflowsApi.list",
  method: "GET",
  path: "/v0/workflows",
  repeatable: true,
  billable: false,
  success: page(WorkflowPage, "workflows")
})

export const getWorkflowsById = endpoint({
  operation: "getWorkflowsById",
  name: "WorkflowsApi.get",
  method: "GET",
  path: "/v0/workflows/{workflow_id}",
  repeatable: true,
  billable: false,
  success: reader(Workflow)
})

export const getWorkflowCostEstimate = endpoint({
  operation: "getWorkflowCostEstimate",
  name: "WorkflowsApi.estimate",
  method: "GET",
  path: "/v0/workflows/{workflow_id}/estimate",
  repeatable: true,
  billable: false,
  success: reader(CostEstimate)
})

/** All rows. */
export const endpoints = [
  listWorkflows,
  getWorkflowsById,
  getWorkflowCostEstimate,
  createJob,
  listJobs,
  getJobById,
  downloadJob,
  downloadTask
] as const
