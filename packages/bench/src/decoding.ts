/** Compares decoding a job of ten tasks to simpler decoders. */
import { Option } from "effect"
import { z } from "zod"
import { reader } from "../../client/src/internal/model.js"
import { Job } from "../../client/src/jobs/Job.js"
import { body } from "./job.js"
import { table } from "./table.js"

const task = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  state_msg: z.string(),
  progress: z.number(),
  depends_on: z.array(z.string()),
  estimated_time_duration: z.number(),
  time_taken: z.string(),
  created_at: z.coerce.date(),
  updated_at: z.coerce.date(),
  finished_at: z.coerce.date(),
  recv_time: z.coerce.date(),
  send_time: z.coerce.date(),
  block_inf_start_time: z.coerce.date(),
  block_inf_end_time: z.coerce.date(),
  block_info: z.object({ id: z.string(), name: z.string(), version: z.string() }),
  inputs: z.unknown(),
  result: z.unknown(),
  info_logs: z.unknown(),
  disclaimer: z.array(z.string()).nullable(),
  err_msg: z.string(),
  failure_type: z.string()
})
const job = z.object({
  id: z.string(),
  workflow_id: z.string(),
  created_by: z.string(),
  status: z.string(),
  progress: z.string(),
  cost: z.number(),
  estimated_duration: z.number(),
  time_taken: z.string(),
  created_at: z.coerce.date(),
  updated_at: z.coerce.date(),
  finished_at: z.coerce.date(),
  exec_created_at: z.coerce.date(),
  exec_updated_at: z.coerce.date(),
  val_errors: z.array(z.unknown()).nullable(),
  spec: z.unknown(),
  tasks: z.array(task)
})

const times = (once: () => unknown) => (n: number) => {
  for (let i = 0; i < n; i++) once()
}

export const decoding = () =>
  table(
    "Decoding a job of ten tasks from its text",
    [
      { name: "JSON.parse alone", run: times(() => JSON.parse(body)) },
      { name: "JSON.parse + zod, strict, with dates", run: times(() => job.parse(JSON.parse(body))) },
      {
        name: "JSON.parse + this client's readers",
        run: times(() => Option.getOrThrow(reader(Job)(JSON.parse(body), "", [])))
      }
    ],
    3_000,
    9
  )
