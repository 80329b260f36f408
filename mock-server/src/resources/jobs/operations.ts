/** The operations of jobs. */
import { operationsOf } from "../Resource.js"
import { projectOfWorkflow } from "../workflows/operations.js"

const jobs = "/v0/workflows/{workflow_id}/jobs"
const job = `${jobs}/{job_id}` as const

export const operations = operationsOf(
  { query: [], needs: "view", subject: "job", key: "job_id", projectOf: projectOfWorkflow },
  {
    listJobs: {
      method: "GET",
      route: jobs,
      query: ["id", "status", "created_by", "created_on"],
      role: "list",
      items: "jobs"
    },
    createJob: { method: "POST", route: jobs, query: ["project_id"], needs: "run", role: "create" },
    getJobById: { method: "GET", route: job, role: "look" },
    downloadJob: { method: "PUT", route: `${job}/download`, role: "package" },
    downloadTask: { method: "PUT", route: `${job}/tasks/{task_id}/download`, role: "package" }
  }
)
