/** Compares `JobsApi.get` with all features to simpler clients. */
import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { JobId, JobsApi, Pixxel, WorkflowId } from "@effect-pixxel/client"
import { Effect, Layer, ManagedRuntime, Redacted } from "effect"
import createClient from "openapi-fetch"
import { request } from "undici"
import { body } from "./job.js"
import { cpuOf, pairs, type Side, table, type Variant } from "./table.js"

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
            // Concurrent iterations keep their results until the end, also with `discard`.
            Effect.forEach(Array(n), () => Effect.asVoid(jobs.get(ids)), { concurrency, discard: true })
          )
        )
    })
    return { dispose: () => runtime.dispose(), variants }
  }
  /** The platform's client without any feature: send, read, parse. */
  const ofPlatform = (name: string, transport: Layer.Layer<HttpClient.HttpClient>) => {
    const runtime = ManagedRuntime.make(transport)
    const get = Effect.flatMap(HttpClient.HttpClient, (client) =>
      client.execute(HttpClientRequest.get(url, { headers })).pipe(
        Effect.flatMap((response) => response.text),
        Effect.map((text): unknown => JSON.parse(text)),
        Effect.asVoid,
        Effect.withTracerEnabled(false)
      )
    )
    const variants = (concurrency: number): Variant => ({
      name: `@effect/platform over ${name}`,
      run: (n) => runtime.runPromise(Effect.forEach(Array(n), () => get, { concurrency, discard: true }))
    })
    return { dispose: () => runtime.dispose(), variants }
  }
  const plainUndici = ofPlatform("undici", NodeHttpClient.layerUndici)
  const plainFetch = ofPlatform("fetch", FetchHttpClient.layer)
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
    plainUndici.variants,
    overUndici.variants,
    plainFetch.variants,
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
    for (const [transport, base, side] of [
      ["undici", plainUndici, overUndici],
      ["fetch", plainFetch, overFetch]
    ] as const) {
      const sideOf = ({ variants }: typeof base): Side => {
        const { name, run } = variants(concurrency)
        return { name, measure: async () => [await cpuOf(run, 1_500)] }
      }
      await pairs(
        `Getting a job of ten tasks over ${transport}, ${title}, in CPU`,
        [{ name: "microseconds", digits: 0 }],
        [sideOf(base), sideOf(side)],
        9
      )
    }
  }
  await Promise.all([plainUndici, plainFetch, overUndici, overFetch].map(({ dispose }) => dispose()))
  server.disconnect()
}
