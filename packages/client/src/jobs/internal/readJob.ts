/** Reads jobs from the wire format. */
import * as Option from "effect/Option"
import { JobId, WorkflowId } from "../../Ids.js"
import * as wire from "../../internal/wire.js"
import { Job, JobSummary, ValError } from "../Job.js"
import { readTask } from "./readTask.js"

export const readValError = wire.object(({ get }) =>
  Option.some(
    new ValError(
      {
        from: get(wire.text, "from"),
        to: get(wire.text, "to"),
        err: get(wire.text, "err"),
        reason: get(wire.text, "reason"),
        componentName: get(wire.text, "component_name")
      },
      true
    )
  )
)

const summary = (id: JobId, { get }: wire.Fields) => {
  const timeTakenText = get(wire.text, "time_taken")
  return {
    id,
    workflowId: get(wire.id(WorkflowId), "workflow_id", "workflowId"),
    createdBy: get(wire.text, "created_by"),
    status: get(wire.text, "status"),
    progress: get(wire.progress, "progress"),
    cost: get(wire.number, "cost"),
    estimatedDuration: get(wire.seconds, "estimated_duration"),
    timeTaken: Option.flatMap(timeTakenText, wire.goDuration),
    timeTakenText,
    createdAt: get(wire.time, "created_at"),
    updatedAt: get(wire.time, "updated_at"),
    finishedAt: get(wire.time, "finished_at")
  }
}

export const readJobSummary = wire.object((fields) =>
  Option.map(fields.need(wire.id(JobId), "id"), (id) => new JobSummary(summary(id, fields), true))
)

export const readJob = wire.object((fields) =>
  Option.map(
    fields.need(wire.id(JobId), "id"),
    (id) =>
      new Job(
        {
          ...summary(id, fields),
          execCreatedAt: fields.get(wire.time, "exec_created_at"),
          execUpdatedAt: fields.get(wire.time, "exec_updated_at"),
          tasks: fields.all(wire.list(readTask), "tasks"),
          valErrors: fields.all(wire.list(readValError), "val_errors"),
          spec: fields.get(wire.json, "spec")
        },
        true
      )
  )
)

export const readJobs: wire.Reader<ReadonlyArray<JobSummary>> = wire.envelope("jobs", [], wire.list(readJobSummary))
