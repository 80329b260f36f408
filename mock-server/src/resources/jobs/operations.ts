/** The operations of jobs. */
import { operationsOf } from "../Resource.js"
import { projectOfWorkflow } from "../workflows/operations.js"

export const operations = operationsOf(
  { query: [], needs: "view", subject: "job", key: "job_id", projectOf: projectOfWorkflow },
  {
    listJobs: {
      at: "GET /v0/workflows/{workflow_id}/jobs",
      query: ["id", "status", "created_by", "created_on"],
      role: "list",
      items: "jobs"
    },
    createJob: { at: "POST /v0/workflows/{workflow_id}/jobs", query: ["project_id"], needs: "run", role: "create" },
    getJobById: { at: "GET /v0/workflows/{workflow_id}/jobs/{job_id}", role: "look" },
    downloadJob: { at: "PUT /v0/workflows/{workflow_id}/jobs/{job_id}/download", role: "package" },
    downloadTask: { at: "PUT /v0/workflows/{workflow_id}/jobs/{job_id}/tasks/{task_id}/download", role: "package" }
  }
)
