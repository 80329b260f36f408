/** Jobs to draw, at given times. */
import { Job } from "@effect-pixxel/client"
import * as Schema from "effect/Schema"

const start = Date.UTC(2025, 3, 14, 6, 0, 0)

const at = (seconds: number) => new Date(start + seconds * 1_000).toISOString()

/** Milliseconds since 1970, `seconds` after the creation of the job. */
export const moment = (seconds: number): number => start + seconds * 1_000

export const job = (it: Partial<Schema.Schema.Encoded<typeof Job>>): Job =>
  Schema.decodeSync(Job)({ id: "job-1", createdAt: at(0), tasks: [], valErrors: [], ...it })

interface TaskOf {
  readonly name: string
  readonly block?: string
  readonly after?: ReadonlyArray<string>
  readonly from?: number
  readonly to?: number
  readonly status?: string
  readonly progress?: number
}

export const task = ({ after = [], block, from, name, progress, status, to }: TaskOf) => ({
  id: `task-${name}`,
  name,
  dependsOn: after,
  disclaimer: [],
  status: status ?? (to !== undefined ? "completed" : from !== undefined ? "running" : "created"),
  progress: progress ?? (to === undefined ? 0 : 100),
  ...(block === undefined ? {} : { blockInfo: { name: block, version: "1.0.0" } }),
  ...(from === undefined ? {} : { blockInfStartTime: at(from) }),
  ...(to === undefined ? {} : { finishedAt: at(to) })
})

/** At the 120th second. */
export const running = job({
  status: "running",
  progress: 38,
  estimatedDuration: 240,
  tasks: [
    task({ name: "ingest-aoi", block: "aoi-ingest", from: 5, to: 50 }),
    task({ name: "classify-crops", block: "cropclassification", from: 50, progress: 47, after: ["ingest-aoi"] }),
    task({ name: "summarise-parcels", block: "parcel-statistics", after: ["classify-crops"] })
  ]
})

export const failed = job({
  status: "failed",
  progress: 73,
  finishedAt: at(90),
  tasks: [
    task({ name: "mask-water", block: "water-mask", from: 5, to: 40 }),
    task({ name: "estimate-turbidity", from: 40, to: 90, status: "failed", after: ["mask-water"] }),
    task({ name: "chart-seasons", after: ["estimate-turbidity"] })
  ]
})

const tiles = Array.from({ length: 40 }, (_, at) => `tile-${String(at + 1).padStart(2, "0")}`)

/** More tasks than a terminal has lines, at the 300th second. */
export const many = job({
  status: "running",
  progress: 55,
  tasks: [
    task({ name: "select-scenes", from: 0, to: 20 }),
    ...tiles.map((name, at) =>
      at === 7
        ? task({ name, from: 20, to: 60, status: "failed", after: ["select-scenes"] })
        : at < 20
          ? task({ name, from: 20 + at, to: 100 + at, after: ["select-scenes"] })
          : at < 23
            ? task({ name, from: 120, progress: 60, after: ["select-scenes"] })
            : task({ name, after: ["select-scenes"] })
    ),
    task({ name: "mosaic", after: tiles })
  ]
})
