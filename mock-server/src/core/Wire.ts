/**
 * Jobs, tasks and workflows as the API writes them: snake_case, progress as a text, times in a shape of the API's, and
 * whatever oddities the story asks for.
 */
import { Buffer } from "node:buffer"
import { formatGoDuration } from "./Duration.js"
import type { JobFixture, Quirks, TaskFixture, WorkflowFixture } from "./Fixture.js"
import { hashId } from "./Ids.js"
import type { JobView, Plan, TaskView } from "./Timeline.js"
import { formatTimestamp } from "./Timestamp.js"

/**
 * What a job is beside its story.
 *
 * @since 0.1.0
 * @category models
 */
export interface JobIdentity {
  readonly id: string
  readonly workflowId: string
  /** Milliseconds since 1970, on the world's clock. */
  readonly createdAt: number
  /** The world's. */
  readonly seed: string
}

/** An object of the wire; a field that is `undefined` is left out. */
type Fields = Record<string, unknown>

const withoutUndefined = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** How the status of a job is written. */
export const statusWord = (status: string, { jobStatus = {} }: Quirks): string =>
  (Object.hasOwn(jobStatus, status) ? jobStatus[status] : undefined) ?? status

/** How a story writes each kind of value. What is `undefined` is not there yet. */
interface Pen {
  readonly text: (value: string | undefined) => unknown
  readonly json: (value: unknown) => unknown
  readonly block: (value: TaskFixture["block_info"]) => unknown
  readonly logs: (value: unknown) => unknown
  readonly list: (value: unknown) => unknown
  readonly status: (status: string) => string
  readonly progress: (percent: number) => unknown
  /** From milliseconds. */
  readonly duration: (millis: number | undefined) => unknown
  /** From milliseconds since the job was created. */
  readonly time: (elapsed: number | undefined) => unknown
  /** The same, as the task runner writes it (inferred): in one shape whatever the API's is. */
  readonly runnerTime: (elapsed: number | undefined) => unknown
}

const encodeLogs = (shape: Quirks["infoLogs"], logs: unknown): unknown => {
  if (shape === undefined || shape === "json") return logs
  const bytes = Buffer.from(JSON.stringify(logs))
  return shape === "base64" ? bytes.toString("base64") : [...bytes]
}

const progressText: Readonly<Record<NonNullable<Quirks["progress"]>, (percent: number) => unknown>> = {
  percent: (percent) => `${percent}%`,
  plain: (percent) => `${percent}`,
  number: (percent) => percent
}

const emptyBlock = Object.freeze({ id: "", name: "", version: "" })

const makePen = (quirks: Quirks, createdAt: number): Pen => {
  const { unset: as = "empty" } = quirks
  const unset = (empty: unknown, zero: unknown) =>
    as === "empty" ? empty : as === "zero" ? zero : as === "null" ? null : undefined
  const json = (value: unknown) => value ?? unset(null, null)
  const timeIn = (shape: NonNullable<Quirks["timestamps"]>) => {
    // a job has few moments, which its tasks share; and a date is slow to write
    const written = new Map<number, string>()
    return (elapsed: number | undefined) => {
      if (elapsed === undefined) return unset("", "0001-01-01T00:00:00Z")
      const text = written.get(elapsed) ?? formatTimestamp(shape, createdAt + elapsed)
      written.set(elapsed, text)
      return text
    }
  }
  return {
    text: (value) => value ?? unset("", ""),
    json,
    // Go writes a struct that nobody filled in
    block: (value) => value ?? unset(emptyBlock, emptyBlock),
    logs: (value) => (value === undefined ? json(value) : encodeLogs(quirks.infoLogs, value)),
    list: (value = []) => (quirks.emptyLists === "null" && Array.isArray(value) && value.length === 0 ? null : value),
    status: (status) => statusWord(status, quirks),
    progress: progressText[quirks.progress ?? "percent"],
    duration: (millis) => (millis === undefined ? unset("", "0s") : formatGoDuration(millis)),
    time: timeIn(quirks.timestamps ?? "micros"),
    runnerTime: timeIn("python")
  }
}

/** A job that is written, and what was written of it before: most of its tasks are still the same. */
interface Desk {
  readonly fixture: JobFixture
  readonly quirks: Quirks
  readonly pen: Pen
  readonly tasks: Array<{ readonly view: TaskView; readonly body: Fields }>
}

const desks = new WeakMap<JobIdentity, Desk>()

const deskOf = (fixture: JobFixture, quirks: Quirks, job: JobIdentity): Desk => {
  const known = desks.get(job)
  if (known?.fixture === fixture && known.quirks === quirks) return known
  const desk = { fixture, quirks, pen: makePen(quirks, job.createdAt), tasks: [] }
  desks.set(job, desk)
  return desk
}

/** Of a story that says nothing of them. */
const noQuirks: Quirks = Object.freeze({})

const taskPrefix = "tasks."

/** What a story leaves out of an object, or puts into it as it is. `own` picks the fields of the object's kind. */
const withQuirks = (quirks: Quirks, own: (field: string) => string | undefined, fields: Fields): Fields => {
  const { omit, set, unset } = quirks
  const present = unset === "omit" ? withoutUndefined(fields) : fields
  if (omit === undefined && set === undefined) return present
  const written = { ...present }
  for (const field of omit ?? []) delete written[own(field) ?? ""]
  for (const [field, value] of Object.entries(set ?? {})) {
    const key = own(field)
    if (key !== undefined) written[key] = value
  }
  return written
}

const ofTask = (field: string) => (field.startsWith(taskPrefix) ? field.slice(taskPrefix.length) : undefined)
const ofJob = (field: string) => (field.startsWith(taskPrefix) ? undefined : field)

const taskIds = new WeakMap<JobIdentity, Map<number, string>>()

/** The id of the nth task of a job, from 0. Those of a recorded story are in its frames. */
export const taskId = (job: JobIdentity, index: number): string => {
  const known = taskIds.get(job) ?? new Map<number, string>()
  taskIds.set(job, known)
  const id = known.get(index) ?? hashId(job.seed, "task", job.id, index)
  known.set(index, id)
  return id
}

const taskBody = (task: TaskFixture, view: TaskView, id: string, takes: number, quirks: Quirks, pen: Pen): Fields => {
  const { finishedAt, startedAt } = view
  const ended = finishedAt === undefined ? undefined : task
  const words = quirks.taskStatus ?? {}
  return withQuirks(quirks, ofTask, {
    id,
    name: task.name,
    depends_on: pen.list(task.depends_on),
    status: words[view.status] ?? view.status,
    state_msg: pen.text(ended?.state_msg),
    progress: view.progress,
    estimated_time_duration: task.estimated_time_duration ?? Math.round(takes / 1_000),
    time_taken: pen.duration(finishedAt === undefined || startedAt === undefined ? undefined : finishedAt - startedAt),
    created_at: pen.time(0),
    updated_at: pen.time(finishedAt ?? startedAt ?? 0),
    finished_at: pen.time(finishedAt),
    recv_time: pen.time(startedAt),
    send_time: pen.time(startedAt),
    block_inf_start_time: pen.runnerTime(startedAt),
    block_inf_end_time: pen.runnerTime(finishedAt),
    block_info: pen.block(task.block_info),
    inputs: pen.json(task.inputs),
    result: pen.json(ended?.result),
    info_logs: pen.logs(ended?.info_logs),
    disclaimer: pen.list(ended?.disclaimer),
    err_msg: pen.text(ended?.err_msg),
    failure_type: pen.text(ended?.failure_type)
  })
}

const isSame = (a: TaskView, b: TaskView): boolean =>
  a.status === b.status && a.progress === b.progress && a.startedAt === b.startedAt && a.finishedAt === b.finishedAt

/** The fields that a job has in a list too. */
const summary = (fixture: JobFixture, plan: Plan, view: JobView, identity: JobIdentity, pen: Pen): Fields => {
  const { finishedAt, startedAt = 0 } = view
  return {
    id: identity.id,
    workflow_id: identity.workflowId,
    created_by: pen.text(fixture.created_by),
    status: pen.status(view.status),
    progress: pen.progress(view.progress),
    cost: fixture.cost ?? 0,
    estimated_duration: fixture.estimated_duration ?? Math.round(plan.takes / 1_000),
    time_taken: pen.duration(finishedAt === undefined ? undefined : finishedAt - startedAt),
    created_at: pen.time(0),
    updated_at: pen.time(view.updatedAt),
    finished_at: pen.time(finishedAt)
  }
}

/** What a recorded story says, of the job that replays it. */
const recordedBody = (recorded: Readonly<Fields>, { id, workflowId }: JobIdentity): Fields => ({
  ...recorded,
  ...(Object.hasOwn(recorded, "id") && { id }),
  ...(Object.hasOwn(recorded, "workflow_id") && { workflow_id: workflowId })
})

/** The fields of a job with its workflow under the key that is asked for. */
const withWorkflowKey = ({ workflowKey = "workflow_id" }: Quirks, fields: Fields): Fields =>
  workflowKey === "workflow_id"
    ? fields
    : Object.fromEntries(
        Object.entries(fields).map(([field, value]) => [field === "workflow_id" ? workflowKey : field, value])
      )

/** A job as `getJobById` and `createJob` show it. `quirks`: the story's own, or those over the ones of its world. */
export const jobBody = (
  fixture: JobFixture,
  plan: Plan,
  view: JobView,
  identity: JobIdentity,
  quirks: Quirks = fixture.quirks ?? noQuirks
): Fields => {
  if (view.frame !== undefined) return recordedBody(view.frame.body, identity)
  const desk = deskOf(fixture, quirks, identity)
  const { pen } = desk
  view.tasks.forEach((seen, index) => {
    const task = fixture.tasks[index]
    const planned = plan.tasks[index]
    const before = desk.tasks[index]
    if (!task || !planned || (before && isSame(before.view, seen))) return
    const body = taskBody(task, seen, taskId(identity, index), planned.takes, quirks, pen)
    desk.tasks[index] = { view: seen, body }
  })
  const tasks = desk.tasks.map(({ body }) => body)
  // a literal that begins with a spread and goes on takes V8 5 µs, as long as all the rest of a job
  const fields = Object.assign(summary(fixture, plan, view, identity, pen), {
    exec_created_at: pen.time(view.startedAt),
    exec_updated_at: pen.time(view.startedAt === undefined ? undefined : view.updatedAt),
    tasks: pen.list(tasks),
    val_errors: pen.list(fixture.val_errors),
    spec: pen.json(fixture.spec)
  })
  return withWorkflowKey(quirks, withQuirks(quirks, ofJob, fields))
}

/** A job as `listJobs` shows it. */
export const jobListItem = (
  fixture: JobFixture,
  plan: Plan,
  view: JobView,
  identity: JobIdentity,
  quirks: Quirks = fixture.quirks ?? noQuirks
): Fields => {
  const fields = summary(fixture, plan, view, identity, deskOf(fixture, quirks, identity).pen)
  if (view.frame !== undefined) {
    const recorded = Object.entries(recordedBody(view.frame.body, identity))
    return Object.fromEntries(recorded.filter(([field]) => Object.hasOwn(fields, field)))
  }
  const own = (field: string) => (Object.hasOwn(fields, field) ? field : undefined)
  return withWorkflowKey(quirks, withQuirks(quirks, own, fields))
}

/** A workflow's fields with what its quirks put into them: any, or only those that the body has by itself. */
const withSet = ({ quirks = { set: {} } }: WorkflowFixture, taken: "any" | "those it has", fields: Fields): Fields => {
  const set = Object.entries(quirks.set).filter(([field]) => taken === "any" || Object.hasOwn(fields, field))
  return withoutUndefined({ ...fields, ...Object.fromEntries(set) })
}

/** A workflow as `listWorkflows` shows it. */
export const workflowListItem = (fixture: WorkflowFixture): Fields => {
  const { created_at, created_by, description, id, legacy_project_id, name, project_id, updated_at } = fixture
  return withSet(fixture, "those it has", {
    id,
    project_id,
    legacy_project_id,
    name,
    created_by,
    description,
    created_at,
    updated_at
  })
}

/** A workflow as `getWorkflowsById` shows it. */
export const workflowBody = (fixture: WorkflowFixture): Fields => {
  const { created_at, created_by, description, estimated_cost, id, name, project_id, spec, updated_at, val_errors } =
    fixture
  return withSet(fixture, "any", {
    id,
    project_id,
    name,
    description,
    created_by,
    created_at,
    updated_at,
    estimated_cost,
    spec,
    val_errors
  })
}

/** What `getWorkflowCostEstimate` answers. */
export const estimateBody = (fixture: WorkflowFixture): Fields =>
  withSet(fixture, "those it has", { estimated_cost: fixture.estimated_cost })

const download = (signedUrl: string, { unset = "empty" }: Quirks) => {
  if (signedUrl !== "") return { status: "ready", signed_url: signedUrl }
  const pending = { status: "pending" }
  return unset === "omit" ? pending : { ...pending, signed_url: unset === "null" ? null : "" }
}

/**
 * What `downloadJob` answers; without a signed URL (`""`) it is not ready yet. `workflowId` is the only name in
 * camelCase of these operations (documented). What `id` names is documented in two ways; here it is the job.
 */
export const jobDownloadBody = ({ id, workflowId }: JobIdentity, signedUrl: string, quirks: Quirks = {}): Fields => ({
  id,
  ...download(signedUrl, quirks),
  workflowId
})

/** What `downloadTask` answers; without a signed URL (`""`) it is not ready yet. */
export const taskDownloadBody = (
  { id, workflowId }: JobIdentity,
  taskId: string,
  signedUrl: string,
  quirks: Quirks = {}
): Fields => ({
  id: taskId,
  job_id: id,
  workflow_id: workflowId,
  ...download(signedUrl, quirks)
})
