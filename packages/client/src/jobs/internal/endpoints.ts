/** The job operations. */
import { endpoint, read } from "../../internal/endpoint.js"
import * as query from "../../internal/query.js"
import { json, list } from "../../internal/success.js"
import { DownloadPackage } from "../DownloadPackage.js"
import { Job, JobSummary } from "../Job.js"

export const createJob = endpoint({
  operation: "createJob",
  name: "JobsApi.create",
  method: "POST",
  path: "/v0/workflows/{workflow_id}/jobs",
  query: { projectId: query.required(query.text("project_id")) },
  success: json(Job),
  cost: "billable",
  repeat: "lookup"
})

export const listJobs = read({
  operation: "listJobs",
  name: "JobsApi.list",
  path: "/v0/workflows/{workflow_id}/jobs",
  query: {
    id: query.text("id"),
    status: query.text("status"),
    createdBy: query.text("created_by"),
    createdOn: query.time("created_on")
  },
  success: list("jobs", JobSummary)
})

export const getJobById = read({
  operation: "getJobById",
  name: "JobsApi.get",
  path: "/v0/workflows/{workflow_id}/jobs/{job_id}",
  success: json(Job)
})

export const downloadJob = read({
  operation: "downloadJob",
  name: "JobsApi.download",
  method: "PUT",
  path: "/v0/workflows/{workflow_id}/jobs/{job_id}/download",
  success: json(DownloadPackage)
})

export const downloadTask = read({
  operation: "downloadTask",
  name: "JobsApi.downloadTask",
  method: "PUT",
  path: "/v0/workflows/{workflow_id}/jobs/{job_id}/tasks/{task_id}/download",
  success: json(DownloadPackage)
})
