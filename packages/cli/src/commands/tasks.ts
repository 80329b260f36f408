/** `pixxel tasks`: the results of a single task. */
import { TaskId } from "@effect-pixxel/client/Ids"
import { JobsApi } from "@effect-pixxel/client/jobs/JobsApi"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { TaskNotFound } from "../failure/errors.js"
import { taskFileName } from "../fileName.js"
import { plain } from "../render/plain.js"
import { group, using } from "./calling.js"
import { printUrl, saving } from "./downloading.js"
import { fetched, out, wait } from "./following.js"
import { job, task, waiting, workflow } from "./options.js"

const calling = using(JobsApi, JobsApi.layer)

/** Finds a task by its id, or by its name. */
const found = (ref: JobsApi.JobRef, word: string) =>
  Effect.gen(function* () {
    const { tasks } = yield* Effect.flatMap(JobsApi, (api) => api.get(ref))
    const byId = tasks.filter(({ id }) => id === word)
    const [task, ...others] = byId.length > 0 ? byId : tasks.filter(({ name }) => Option.contains(name, word))
    if (others.length > 0) {
      const message = `Job ${ref.jobId} has ${others.length + 1} tasks named ${word}. Pass the id of one.`
      return yield* new TaskNotFound({ ...ref, message })
    }
    if (task === undefined) {
      const names = tasks.map(({ id, name }) => plain(Option.getOrElse(name, () => id)))
      const are = names.length === 0 ? "The job has no tasks." : `Its tasks: ${names.join(", ")}.`
      return yield* new TaskNotFound({ ...ref, message: `Job ${ref.jobId} has no task ${word}. ${are}` })
    }
    return { taskId: TaskId.make(task.id), name: taskFileName(ref.jobId, task, tasks) }
  })

const download = calling(
  "tasks download --workflow wf-crop-classification --job job-crop-done --task classify-crops --out results",
  "Download the results of one task of a job.",
  { workflowId: workflow, jobId: job, task, out, wait, printUrl, ...saving, ...waiting },
  (options) =>
    Effect.flatMap(found(options, options.task), ({ name, taskId }) => fetched({ ...options, taskId }, name, options))
)

export const tasks = group("tasks", "Fetch the results of a single task.", [download])
