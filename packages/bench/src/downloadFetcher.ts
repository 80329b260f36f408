/** Runs one download as a separate process, and reports its time in milliseconds and its peak memory in megabytes. */
import { createWriteStream } from "node:fs"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import type { ReadableStream } from "node:stream/web"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { Download, JobId, Pixxel, WorkflowId } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import { Effect, Layer, Redacted } from "effect"

const [how, baseUrl = "", token = "", workflow = "", job = "", path = ""] = process.argv.slice(2)

const ways: Readonly<Record<string, () => Promise<unknown>>> = {
  toFile: () =>
    Download.toFile({ workflowId: WorkflowId.make(workflow), jobId: JobId.make(job), path }).pipe(
      Effect.provide(
        Layer.mergeAll(
          Pixxel.layer({ baseUrl, token: Redacted.make(token) }).pipe(Layer.provide(FetchHttpClient.layer)),
          NodeFileSystem.layer,
          NodePath.layer,
          NodeHashing.layer
        )
      ),
      Effect.runPromise
    ),
  // the minimal version: no resume, no check, no sync, and a truncated file has the final name
  pipeline: async () => {
    const headers = { authorization: `Bearer ${token}` }
    const asked = await fetch(`${baseUrl}/v0/workflows/${workflow}/jobs/${job}/download`, { method: "PUT", headers })
    const { signed_url } = (await asked.json()) as { readonly signed_url: string }
    const { body } = await fetch(signed_url)
    await pipeline(Readable.fromWeb(body as ReadableStream), createWriteStream(path))
  }
}

const began = performance.now()
await ways[how ?? ""]?.()
process.send?.([performance.now() - began, process.resourceUsage().maxRSS / 1024])
process.disconnect?.()
