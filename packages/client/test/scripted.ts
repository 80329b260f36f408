/** A scripted transport: the platform's fetch client over a fake fetch. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { JobId, Pixxel, ProjectId, RetryPolicy, TaskId, WorkflowId } from "../src/index.js"

export const token = "px-4f9a8c27d1/eb+63=="
export const workflowId = WorkflowId.make("wf-1")
export const jobId = JobId.make("job-1")
export const taskId = TaskId.make("task-1")
export const projectId = ProjectId.make("project-1")

export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly redirect: string | undefined
}

/** An answer, an `Error` that rejects the fetch, or `never` for a fetch that hangs. */
export type Answer = Response | Error | "never"

export const json = (body: unknown, init?: ResponseInit) => new Response(JSON.stringify(body), init)

/** An answer without a body. */
export const status = (code: number, headers: Record<string, string> = {}) =>
  new Response("", { status: code, headers })

/** A body that breaks after its head. */
export const cut = (init: ResponseInit) =>
  new Response(
    new ReadableStream({
      pull: (controller) =>
        controller.error(new TypeError("terminated", { cause: coded("UND_ERR_SOCKET", "other side closed") }))
    }),
    init
  )

export const coded = (code: string, message = code) => Object.assign(new Error(message), { code })
export const fetchFailed = (code: string) => new TypeError("fetch failed", { cause: coded(code) })

/** For tests with a single answer. */
export const once: Partial<Pixxel.Options> = { retry: RetryPolicy.none }

/** The transport over a script. Repeats the last answer. */
export const transport = (script: ReadonlyArray<() => Answer>, instead?: typeof globalThis.fetch) => {
  const seen: Array<Seen> = []
  const fetch: typeof globalThis.fetch = async (url, init) => {
    if (instead !== undefined) return instead(url, init)
    seen.push({
      method: init?.method ?? "GET",
      url: String(url),
      headers: new Headers(init?.headers),
      redirect: init?.redirect
    })
    const answer = script[Math.min(seen.length, script.length) - 1]!()
    if (answer === "never") return new Promise(() => {})
    if (answer instanceof Error) throw answer
    return answer
  }
  const layer = FetchHttpClient.layer.pipe(Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)))
  return { fetch, layer, seen }
}

/** The layer of all services over a script. */
export const scripted = (
  script: ReadonlyArray<() => Answer>,
  options?: Partial<Pixxel.Options>,
  fetch?: typeof globalThis.fetch
) => {
  const { layer, seen } = transport(script, fetch)
  const services = Pixxel.layer({ token: Redacted.make(token), ...options }).pipe(Layer.provide(layer), Layer.orDie)
  return { layer: services, seen }
}
