/**
 * The supported operations of the API as plain data: request, names, repeatability, cost, and the reader of a success.
 */

import { readDownloadPackage } from "../jobs/internal/readDownloadPackage.js"
import { readJob, readJobs } from "../jobs/internal/readJob.js"
import { readCostEstimate, readWorkflow, readWorkflowPage } from "../workflows/internal/readWorkflow.js"
import type { Params } from "./path.js"
import type { Reader } from "./wire.js"

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
  success: readJob
})

export const listJobs = endpoint({
  operation: "listJobs",
  name: "JobsApi.list",
  method: "GET",
  path: "/v0/workflows/{workflow_id}/jobs",
  repeatable: true,
  billable: false,
  success: readJobs
})

export const getJobById = endpoint({
  operation: "getJobById",
  name: "JobsApi.get",
  method: "GET",
  path: "/v0/workflows/{workflow_id}/jobs/{job_id}",
  repeatable: true,
  billable: false,
  success: readJob
})

export const downloadJob = endpoint({
  operation: "downloadJob",
  name: "JobsApi.download",
  method: "PUT",
  path: "/v0/workflows/{workflow_id}/jobs/{job_id}/download",
  repeatable: true,
  billable: false,
  success: readDownloadPackage
})

export const downloadTask = endpoint({
  operation: "downloadTask",
  name: "JobsApi.downloadTask",
  method: "PUT",
  path: "/v0/workflows/{workflow_id}/jobs/{job_id}/tasks/{task_id}/download",
  repeatable: true,
  billable: false,
  success: readDownloadPackage
})

export const listWorkflows = endpoint({
  operation: "listWorkflows",
  name: "WorkflowsApi.list",
  method: "GET",
  path: "/v0/workflows",
  repeatable: true,
  billable: false,
  success: readWorkflowPage
})

export const getWorkflowsById = endpoint({
  operation: "getWorkflowsById",
  name: "WorkflowsApi.get",
  method: "GET",
  path: "/v0/workflows/{workflow_id}",
  repeatable: true,
  billable: false,
  success: readWorkflow
})

export const getWorkflowCostEstimate = endpoint({
  operation: "getWorkflowCostEstimate",
  name: "WorkflowsApi.estimate",
  method: "GET",
  path: "/v0/workflows/{workflow_id}/estimate",
  repeatable: true,
  billable: false,
  success: readCostEstimate
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
