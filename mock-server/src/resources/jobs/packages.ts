/**
 * Builds packages: a ZIP of the outputs of a job or a task, with the same bytes each time. A manifest lists the
 * outputs: small CSV tables, GeoJSON vectors and GeoTIFF rasters. A story with a `size` gets additional noise, which is
 * never held in memory.
 */
import { type Bounds, boundsOf, positionsOf } from "../../core/Bounds.js"
import { geoTiff, width } from "../../core/GeoTiff.js"
import { random } from "../../core/Ids.js"
import { makePackage, type Package, type Stored } from "../../core/Package.js"
import type { Place } from "../../core/Signature.js"
import type { World } from "../../core/World.js"
import { noiseBytes } from "../../core/zip/Noise.js"
import type { Job } from "./state.js"

type Output = ReturnType<typeof output>

/** Makes a name safe, so that no entry leaves the folder that the package is unpacked to. */
const safe = (name: string): string => name.replaceAll(/[^\w-]+/g, "-") || "output"

export const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {} // keys are read as unknown

const word = (value: unknown, otherwise: string): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : otherwise

const json = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 2)}\n`)

const csv = (item: Record<string, unknown>, key: string): Uint8Array => {
  const { headers } = record(record(item["properties"])["file_schema"])
  const columns =
    Array.isArray(headers) && headers.length > 0 ? headers.map((header) => word(header, "column")) : ["name", "value"]
  const rows = [0, 1, 2].map((row) => columns.map((_, column) => random(key, "csv", row, column).toFixed(4)))
  return Buffer.from([columns, ...rows].map((cells) => `${cells.join(",")}\n`).join(""))
}

const geoJson = (item: Record<string, unknown>, geometry: unknown): Uint8Array =>
  json({ type: "FeatureCollection", features: [{ type: "Feature", properties: { name: item["name"] }, geometry }] })

/** Returns the bounds of a geometry with a margin of 0.005 degrees, so that the image of a point has an extent. */
const imageBoundsOf = (geometry: unknown): Bounds => {
  const { coordinates } = record(geometry)
  const [west, south, east, north] = boundsOf(positionsOf(coordinates).length === 0 ? [0, 0] : coordinates)
  const margin = 0.005
  return [west - margin, south - margin, east + margin, north + margin]
}

/** Encodes one output of a task as a file. `area` is the geometry of the job. */
export const output = (task: string, index: number, item: Record<string, unknown>, key: string, area: unknown) => {
  const name = `outputs/${safe(task)}/${index + 1}-${safe(word(item["name"], "output"))}`
  const geometry = record(item["properties"])["geometry"]
  switch (item["format"]) {
    case "tabular":
      return { task, file: `${name}.csv`, bytes: csv(item, `${key}/${name}`) }
    case "vector":
      return { task, file: `${name}.geojson`, bytes: geoJson(item, geometry ?? null) }
    case "raster": {
      const pixels = noiseBytes(`${key}/${name}`, width ** 2)
      return { task, file: `${name}.tif`, bytes: geoTiff(pixels, imageBoundsOf(geometry ?? area)) }
    }
    default:
      return { task, file: `${name}.json`, bytes: json(item) }
  }
}

const outputsOf = (world: World, job: Job, index: number): ReadonlyArray<Output> => {
  const task = job.fixture.tasks[index]
  if (task === undefined || world.drawers.jobs.view(job, world.clock.now).tasks[index]?.outcome !== "succeeded")
    return []
  const items: ReadonlyArray<unknown> = Array.isArray(task.result) ? task.result : []
  const key = `${job.identity.id}/${task.name}`
  const area = record(record(job.fixture.spec)["aoi"])["geometry"]
  return items.map((item, i) => output(task.name, i, record(item), key, area))
}

const pack = (name: string, job: Job, outputs: ReadonlyArray<Output>, build: number): Package => {
  const { id, workflowId } = job.identity
  const files = outputs.map(({ file, task }) => ({ task, file }))
  const again = build === 0 ? {} : { build }
  const manifest = json({ job_id: id, workflow_id: workflowId, ...again, outputs: files })
  return makePackage(name, [{ file: "manifest.json", bytes: manifest }, ...outputs], job.fixture.download, build)
}

/** Makes the package of all outputs of a job; `build` counts its rebuilds. */
export const jobPackage = (world: World, job: Job, build: number): Package => {
  const outputs = job.fixture.tasks.flatMap((_, index) => outputsOf(world, job, index))
  return pack(`job-${safe(job.identity.id)}`, job, outputs, build)
}

/** Makes the package of one task; absent when the job does not have the task. */
export const taskPackage = (world: World, job: Job, taskId: string, build: number): Package | undefined => {
  const task = world.drawers.jobs.task(job, taskId, world.clock.now)
  return task && pack(`task-${safe(taskId)}`, job, outputsOf(world, job, task.index), build)
}

/** Finds the package of a job, or of one of its tasks. */
const found = (world: World, { job: id = "", task }: Place): Stored | undefined => {
  const { jobs } = world.drawers
  const job = jobs.get(id)
  const made = job && jobs.packageMade(job, task, world.clock.now)
  if (job === undefined || made === undefined) return undefined
  const { at, build } = made
  const own = task === undefined ? jobPackage(world, job, build) : taskPackage(world, job, task, build)
  return own && { ...own, madeAt: at }
}

export const packages = { "/jobs/{job}/package.zip": found, "/jobs/{job}/tasks/{task}/package.zip": found }
