/** The job operations. */
import { endpoint } from "../../internal/endpoint.js"
import { reader } from "../../internal/model.js"
import { envelope } from "../../internal/wire.js"
import { DownloadPackage } from "../DownloadPackage.js"
import { Job, JobSummary } from "../Job.js"

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
