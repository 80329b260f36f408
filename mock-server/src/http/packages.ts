/**
 * What a signed URL leads to: a ZIP of what a job or a task made, the same bytes each time. A manifest names every
 * output; tables are CSV and shapes GeoJSON, small ones.
 */
import { strToU8, zipSync } from "fflate"
import { random } from "../core/Ids.js"
import type { Job, World } from "../core/World.js"

export interface Package {
  readonly fileName: string
  readonly bytes: Uint8Array
}

interface Output {
  readonly task: string
  readonly file: string
  readonly text: string
}

/** ZIP has no time zones: the local time of the beginning is the same bytes everywhere. */
const mtime = new Date(1980, 0, 1)

/** No part of a fixture may leave the folder that the package is unpacked to. */
const safe = (name: string): string => name.replaceAll(/[^\w-]+/g, "-") || "output"

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {} // keys are read as unknown

const csv = (item: Record<string, unknown>, key: string): string => {
  const { headers } = record(record(item["properties"])["file_schema"])
  const columns = Array.isArray(headers) && headers.length > 0 ? headers.map(String) : ["name", "value"]
  const rows = [0, 1, 2].map((row) => columns.map((_, column) => random(key, "csv", row, column).toFixed(4)))
  return [columns, ...rows].map((cells) => `${cells.join(",")}\n`).join("")
}

const geoJson = (item: Record<string, unknown>): string => {
  const geometry = record(item["properties"])["geometry"] ?? null
  return json({
    type: "FeatureCollection",
    features: [{ type: "Feature", properties: { name: item["name"] }, geometry }]
  })
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** One output of a task as a file. */
const output = (task: string, index: number, item: Record<string, unknown>, key: string): Output => {
  const name = `outputs/${safe(task)}/${index + 1}-${safe(String(item["name"] ?? "output"))}`
  if (item["format"] === "tabular") return { task, file: `${name}.csv`, text: csv(item, `${key}/${name}`) }
  if (item["format"] === "vector") return { task, file: `${name}.geojson`, text: geoJson(item) }
  return { task, file: `${name}.json`, text: json(item) }
}

const outputsOf = (world: World, job: Job, index: number): ReadonlyArray<Output> => {
  const task = job.fixture.tasks?.[index]
  if (task === undefined || world.view(job).tasks[index]?.outcome !== "succeeded") return []
  const items: ReadonlyArray<unknown> = Array.isArray(task.result) ? task.result : []
  return items.map((item, i) => output(task.name, i, record(item), `${job.identity.id}/${task.name}`))
}

const pack = (fileName: string, job: Job, outputs: ReadonlyArray<Output>): Package => {
  const { id, workflowId } = job.identity
  const files = outputs.map(({ file, task }) => ({ task, file }))
  const entries: Record<string, Uint8Array> = {
    "manifest.json": strToU8(json({ job_id: id, workflow_id: workflowId, outputs: files }))
  }
  for (const { file, text } of outputs) entries[file] = strToU8(text)
  return { fileName, bytes: zipSync(entries, { mtime }) }
}

/** All outputs of a job. */
export const jobPackage = (world: World, job: Job): Package => {
  const outputs = (job.fixture.tasks ?? []).flatMap((_, index) => outputsOf(world, job, index))
  return pack(`job-${safe(job.identity.id)}.zip`, job, outputs)
}

/** The outputs of one task; absent when the job has no such task. */
export const taskPackage = (world: World, job: Job, taskId: string): Package | undefined => {
  const task = world.task(job, taskId)
  return task && pack(`task-${safe(taskId)}.zip`, job, outputsOf(world, job, task.index))
}
