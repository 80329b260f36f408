/**
 * The operations of jobs.
 */
import type { Operation } from "../Resource.js"

const jobs = "/v0/workflows/{workflow_id}/jobs"

export const operations = {
  listJobs: {
    id: "listJobs",
    method: "GET",
    route: jobs,
    query: ["id", "status", "created_by", "created_on"],
    needs: "view"
  },
  createJob: { id: "createJob", method: "POST", route: jobs, query: ["project_id"], needs: "run" },
  getJobById: { id: "getJobById", method: "GET", route: `${jobs}/{job_id}`, query: [], needs: "view" },
  downloadJob: { id: "downloadJob", method: "PUT", route: `${jobs}/{job_id}/download`, query: [], needs: "view" },
  downloadTask: {
    id: "downloadTask",
    method: "PUT",
    route: `${jobs}/{job_id}/tasks/{task_id}/download`,
    query: [],
    needs: "view"
  }
} as const satisfies Record<string, Operation>
