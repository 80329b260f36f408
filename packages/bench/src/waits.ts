/** Compares many concurrent waits for the jobs of one workflow to as many independent pollers. */
import { fork } from "node:child_process"
import { once } from "node:events"
import { setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { JobId, JobsApi, Pixxel, ProjectId, WorkflowId } from "@effect-pixxel/client"
import { MockServer } from "@effect-pixxel/mock-server"
import { Effect, Layer, ManagedRuntime, Redacted } from "effect"
import { request } from "undici"
import { print } from "./table.js"

const count = Number(process.env["WAITS"] ?? 10_000)
const interval = 5_000
const takes = 30_000

// --- requests, from the journal of the mock ---

const workflowId = WorkflowId.make("wf-crop-classification")

/** Counts the requests of all waits by kind, on virtual time. */
const requests = Effect.gen(function* () {
  const jobs = yield* JobsApi
  const mock = yield* MockServer
  const create = jobs.create({ workflowId, projectId: ProjectId.make("project-monsoon-2024"), adopt: "never" })
  const made = yield* Effect.forEach(Array.from({ length: count }), () => create, { concurrency: 100 })
  const before = (yield* mock.requests).at(-1)?.seq ?? 0
  const began = mock.time.now
  yield* Effect.forEach(made, ({ id: jobId }) => jobs.wait({ workflowId, jobId, interval: "1 minute" }), {
    concurrency: "unbounded",
    discard: true
  })
  const seconds = (mock.time.now - began) / 1_000
  // The journal keeps only the last requests, but numbers all of them: in total, and by operation and subject.
  yield* jobs.list({ workflowId })
  const journal = yield* mock.requests
  const last = journal.at(-1)
  const lists = (last?.attempt ?? Number.NaN) - 1
  const all = (last?.seq ?? Number.NaN) - 1 - before
  const attempts = journal.flatMap(({ attempt, operation }) => (operation === "getJobById" ? [attempt] : []))
  return { lists, gets: all - lists, most: Math.max(...attempts), seconds }
})

const inWorld = Layer.unwrapEffect(
  Effect.map(MockServer, ({ baseUrl, token }) => Pixxel.layer({ baseUrl, token }))
).pipe(Layer.provideMerge(MockServer.layer()))

// --- memory and CPU of a process that only waits ---

/** The heap size in bytes. Several collections, since one may release objects that the next one can free. */
const inUse = async () => {
  for (let n = 0; n < 3; n++) {
    await setTimeout(50)
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
}

export const waits = async () => {
  const { gets, lists, most, seconds } = await Effect.runPromise(Effect.provide(requests, inWorld))
  console.log(
    `\n${count} waits for one workflow, against the mock server: ${lists} lists and ${gets} gets ` +
      `(no job more than ${most}) in ${seconds.toFixed(0)} s of virtual time`
  )

  const server = fork(fileURLToPath(new URL("./waits/server.mjs", import.meta.url)))
  const [port] = await once(server, "message")
  const ask = async (message: object | string) => {
    const answer = once(server, "message")
    server.send(message)
    const [said] = await answer
    return said
  }
  const baseUrl = `http://127.0.0.1:${port}`
  const runtime = ManagedRuntime.make(
    Pixxel.layer({ token: Redacted.make("key"), baseUrl }).pipe(Layer.provide(NodeHttpClient.layerUndici))
  )
  const ids = Array.from({ length: count }, (_, n) => `job-${n}`)

  const naive = async (id: string) => {
    while (true) {
      const { body } = await request(`${baseUrl}/v0/workflows/w/jobs/${id}`, { headers: { authorization: "key" } })
      const job: unknown = await body.json()
      if (typeof job === "object" && job !== null && "status" in job && job.status === "completed") return
      await setTimeout(interval * (0.8 + 0.4 * Math.random()))
    }
  }
  const ofEffect = (coalesce: boolean) => () =>
    runtime.runPromise(
      Effect.flatMap(JobsApi, (jobs) =>
        Effect.forEach(
          ids,
          (id) => jobs.wait({ workflowId: WorkflowId.make("w"), jobId: JobId.make(id), interval, coalesce }),
          { concurrency: "unbounded", discard: true }
        )
      )
    )

  const rows = []
  for (const [name, run] of [
    ["pollers of promises: undici, setTimeout", () => Promise.all(ids.map(naive))],
    ["JobsApi.wait, coalesce: false", ofEffect(false)],
    ["JobsApi.wait", ofEffect(true)]
  ] as const) {
    await ask({ jobs: count, takes })
    const before = await inUse()
    const cpu = process.cpuUsage()
    const start = performance.now()
    const running = run()
    await setTimeout(takes / 2)
    const memory = (await inUse()) - before
    await running
    const { system, user } = process.cpuUsage(cpu)
    const seconds = (performance.now() - start) / 1_000
    const { gets, lists } = await ask("count")
    rows.push({ name, gets, lists, memory: memory / count / 1_024, cpu: (system + user) / 1e6, seconds })
  }
  const base = rows[0]
  print(
    `${count} waits every ${interval / 1_000} s for jobs of ${takes / 1_000} to ${(takes / 1_000) * (7 / 6)} s: once each; heap for each wait half way; CPU of this process`,
    ["", "lists", "gets", "kB each", "ratio", "CPU s", "ratio", "took s"],
    rows.map(({ cpu, gets, lists, memory, name, seconds }) => [
      name,
      String(lists),
      String(gets),
      memory.toFixed(1),
      (memory / (base?.memory ?? Number.NaN)).toFixed(2),
      cpu.toFixed(1),
      (cpu / (base?.cpu ?? Number.NaN)).toFixed(2),
      seconds.toFixed(0)
    ])
  )
  await runtime.dispose()
  server.disconnect()
}
