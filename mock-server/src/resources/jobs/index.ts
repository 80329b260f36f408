/** Jobs, the packages of their results, and the stories that they follow. */
import { type Opening, operationsOf, type Resource } from "../Resource.js"
import { projectOfWorkflow } from "../workflows/index.js"
import { jobProblems, recordingProblems } from "./check.js"
import { everyStory, jobShape, recordingShape } from "./fixture.js"
import { packages } from "./packages.js"
import { storyOf } from "./Recording.js"
import { handlers } from "./routes.js"
import { savedJobs } from "./saved.js"
import { JobDrawer } from "./state.js"

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

const references = [["workflow", "workflows", "the id of a workflow"]] as const

export const jobs = {
  operations,
  handlers,
  packages,
  fixtures: {
    jobs: { shape: jobShape, key: "file", problems: jobProblems, references },
    recordings: {
      shape: recordingShape,
      key: "file",
      problems: recordingProblems,
      references,
      becomes: { kind: "jobs", from: storyOf }
    }
  },
  drawers: { jobs: { subject: "job", shape: savedJobs, open: (opening: Opening) => new JobDrawer(opening) } },
  quirks: { everyStory }
} as const satisfies Resource
