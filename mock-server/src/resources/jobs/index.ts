/** Jobs, the packages of their results, and the stories that they follow. */
import type { Opening, Resource } from "../Resource.js"
import { jobProblems, recordingProblems } from "./check.js"
import { everyStory, jobShape, recordingShape } from "./fixture.js"
import { operations } from "./operations.js"
import { packages } from "./packages.js"
import { storyOf } from "./Recording.js"
import { handlers } from "./routes.js"
import { savedJobs } from "./saved.js"
import { JobDrawer } from "./state.js"

const references = [["workflow", "workflows", "the id of a workflow"]] as const

export const jobs = {
  operations,
  handlers,
  packages,
  fixtures: {
    jobs: { shape: jobShape, schema: "job", key: "file", problems: jobProblems, references },
    recordings: {
      shape: recordingShape,
      schema: "recording",
      key: "file",
      problems: recordingProblems,
      references,
      becomes: { kind: "jobs", from: storyOf }
    }
  },
  drawers: { jobs: { subject: "job", shape: savedJobs, open: (opening: Opening) => new JobDrawer(opening) } },
  quirks: { everyStory }
} as const satisfies Resource
