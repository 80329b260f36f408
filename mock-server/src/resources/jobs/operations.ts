/** The operations of jobs. */
import type { Operation } from "../Resource.js"
import { projectOfWorkflow } from "../workflows/operations.js"

const jobs = "/v0/workflows/{workflow_id}/jobs"
const common = { query: [], needs: "view", subject: "job", key: "job_id", projectOf: projectOfWorkflow } as const

export const operations = {
  listJobs: {
    ...common,
    id: "listJobs",
    method: "GET",
    route: jobs,
    query: ["id", "status", "created_by", "created_on"],
    role: "list",
    items: "jobs"
  },
  createJob: {
    ...common,
    id: "createJob",
    method: "POST",
    route: jobs,
    query: ["project_id"],
    needs: "run",
    role: "create"
  },
  getJobById: { ...common, id: "getJobById", method: "GET", route: `${jobs}/{job_id}`, role: "look" },
  downloadJob: { ...common, id: "downloadJob", method: "PUT", route: `${jobs}/{job_id}/download`, role: "package" },
  downloadTask: {
    ...common,
    id: "downloadTask",
    method: "PUT",
    route: `${jobs}/{job_id}/tasks/{task_id}/download`,
    role: "package"
  }
} as const satisfies Record<string, Operation>
