/** Compares `JobsApi.get` with all features to simpler clients. */
import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { JobId, JobsApi, Pixxel, WorkflowId } from "@effect-pixxel/client"
import { Effect, Layer, ManagedRuntime, Redacted } from "effect"
import createClient from "openapi-fetch"
import { request } from "undici"
import { body } from "./job.js"
import { table, type Variant } from "./table.js"

interface Paths {
  "/v0/workflows/{workflow_id}/jobs/{job_id}": {
    get: {
      parameters: { path: { workflow_id: string; job_id: string } }
      responses: { 200: { content: { "application/json": { id: string } } } }
    }
  }
}

export const calls = async () => {
  const server = fork(fileURLToPath(new URL("./server.mjs", import.meta.url)))
  server.send(body)
  const [port] = await once(server, "message")
  const baseUrl = `http://127.0.0.1:${port}`
  const url = `${baseUrl}/v0/workflows/w/jobs/j`
  const headers = { authorization: "Bearer key" }
  const ids = { workflowId: WorkflowId.make("w"), jobId: JobId.make("j") }

  const ofEffect = (name: string, transport: Layer.Layer<HttpClient.HttpClient>) => {
    const runtime = ManagedRuntime.make(
      Pixxel.layer({ token: Redacted.make("key"), baseUrl }).pipe(Layer.provide(transport))
    )
    const variants = (concurrency: number): Variant => ({
      name: `JobsApi.get over ${name}`,
      run: (n) =>
        runtime.runPromise(
          Effect.flatMap(JobsApi, (jobs) =>
            Effect.forEach(Array(n), () => jobs.get(ids), { concurrency, discard: true })
          )
        )
    })
    return { dispose: () => runtime.dispose(), variants }
  }
  const overUndici = ofEffect("undici", NodeHttpClient.layerUndici)
  const overFetch = ofEffect("fetch", FetchHttpClient.layer)
  const openapi = createClient<Paths>({ baseUrl, headers })

  const plain = (name: string, once: () => Promise<unknown>) => (concurrency: number) => ({
    name,
    run: async (n: number) => {
      let left = n
      const worker = async () => {
        while (left-- > 0) await once()
      }
      await Promise.all(Array.from({ length: concurrency }, worker))
    }
  })
  const variants = [
    plain("undici + JSON.parse", async () => JSON.parse(await (await request(url, { headers })).body.text())),
    plain("fetch + json", async () => (await fetch(url, { headers })).json()),
    plain("openapi-fetch", () =>
      openapi.GET("/v0/workflows/{workflow_id}/jobs/{job_id}", { params: { path: { workflow_id: "w", job_id: "j" } } })
    ),
    overUndici.variants,
    overFetch.variants
  ]
  for (const [title, concurrency] of [
    ["one after the other", 1],
    ["50 concurrently", 50]
  ] as const) {
    await table(
      `Getting a job of ten tasks, ${title}`,
      variants.map((variant) => variant(concurrency)),
      1_500,
      7
    )
  }
  await Promise.all([overUndici.dispose(), overFetch.dispose()])
  server.disconnect()
}
