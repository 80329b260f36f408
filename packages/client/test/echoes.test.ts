/** A server that echoes the token and the signature everywhere. No output contains them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inspect } from "node:util"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it } from "@effect/vitest"
import { NodeHashing } from "@effect-pixxel/client-node"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as TestClock from "effect/TestClock"
import * as Tracer from "effect/Tracer"
import { sample } from "../../../vitest.size.js"
import { Download, JobId, JobsApi, WorkflowsApi } from "../src/index.js"
import { operations } from "./integration/faultOperations.js"
import { json, projectId, scripted, taskId, token, workflowId } from "./scripted.js"
import { signature, signedUrl } from "./secrets.js"

const spellings: Readonly<Record<string, (secret: string) => string>> = {
  unchanged: (it) => it,
  "percent-encoded": encodeURIComponent,
  "in base64": Encoding.encodeBase64,
  "in base64 with a prefix": (it) => Encoding.encodeBase64(`id:${it}`),
  escaped: (it) => it.replaceAll("/", "\\/").replaceAll("+", "\\u002b")
}

const headers = [
  "x-request-id",
  "x-amz-request-id",
  "etag",
  "content-range",
  "content-encoding",
  "content-type",
  "retry-after",
  "date",
  "last-modified",
  "server",
  "digest"
]

const echoing = (echo: string, extra: Readonly<Record<string, string>> = {}) => ({
  ...Object.fromEntries(headers.map((name) => [name, name === "etag" ? `"${echo}"` : echo])),
  ...extra
})

/** A sink that records all output. */
const listening = () => {
  const heard: Array<string> = []
  const hear = (value: unknown) => void heard.push(inspect(value, { depth: 8 }))
  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind) => {
      const attributes = new Map<string, unknown>()
      return {
        _tag: "Span",
        name,
        spanId: "1",
        traceId: "1",
        parent,
        context,
        links: [...links],
        kind,
        sampled: true,
        status: { _tag: "Started", startTime },
        attributes,
        attribute: (key, value) => {
          attributes.set(key, value)
          hear([key, value])
        },
        event: (event, _, values) => hear([event, values]),
        addLinks: () => {},
        end: () => hear([name, attributes])
      }
    },
    context: (run) => run()
  })
  const logger = Logger.map(Logger.jsonLogger, hear)
  const layer = Layer.mergeAll(
    Layer.setTracer(tracer),
    Logger.replace(Logger.defaultLogger, logger),
    Logger.minimumLogLevel(LogLevel.All)
  )
  return { heard, hear, layer }
}

const contentsOf = (folder: string) =>
  readdirSync(folder)
    .map((name) => `${name}: ${readFileSync(join(folder, name), "latin1")}`)
    .join("\n")

for (const [turn, [how, spell]] of Object.entries(spellings).entries()) {
  describe(`a server that echoes secrets ${how}`, () => {
    // The API never receives a signed URL, so the signature is a secret only for the store.
    const ofApi = spell(token)
    const ofStore = `${spell(token)} ${spell(signature)}`
    const secrets = [token, signature, spell(token), spell(signature)]

    const silent = (heard: ReadonlyArray<string>, what: string) => {
      for (const text of heard) for (const secret of secrets) assert.notInclude(text, secret, what)
    }

    const oddId = JobId.make(`job-${spell(token)}`)
    const answers: ReadonlyArray<readonly [string, () => Response]> = [
      ["200 with an odd body", () => new Response(ofApi, { headers: { "x-request-id": ofApi, date: ofApi } })],
      ["200 with another envelope", () => new Response(JSON.stringify({ error: { [ofApi]: ofApi } }))],
      [
        "400",
        () =>
          new Response(JSON.stringify({ error: { code: ofApi, message: ofApi, details: { [ofApi]: [ofApi] } } }), {
            status: 400,
            headers: echoing(ofApi, { "content-encoding": "identity" })
          })
      ],
      ["503", () => new Response(`<p>${ofApi}</p>`, { status: 503, headers: echoing(ofApi) })],
      ["302", () => new Response(null, { status: 302, headers: { location: `https://x.test/${ofApi}` } })]
    ]
    for (const [what, answer] of sample(answers, 3, turn)) {
      it.effect(`in ${what}, over all operations`, () =>
        Effect.gen(function* () {
          const { hear, heard, layer } = listening()
          const fiber = yield* Effect.fork(
            Effect.gen(function* () {
              const [jobs, workflows] = yield* Effect.all([JobsApi, WorkflowsApi])
              const calls: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
                jobs.get({ workflowId, jobId: oddId }),
                jobs.list({ workflowId }),
                jobs.wait({ workflowId, jobId: oddId, timeout: "1 minute" }),
                jobs.download({ workflowId, jobId: oddId }),
                jobs.downloadTask({ workflowId, jobId: oddId, taskId }),
                workflows.get({ workflowId, projectId }),
                workflows.estimate({ workflowId })
              ]
              for (const call of calls) {
                const error = yield* Effect.flip(Effect.asVoid(call))
                hear([error, JSON.stringify(error), String(error)])
              }
            }).pipe(
              Effect.provide(scripted([answer], { onDrift: (drift) => Effect.sync(() => hear(drift)) }).layer),
              Effect.provide(layer)
            )
          )
          yield* TestClock.adjust("2 hours")
          yield* Fiber.join(fiber)
          assert.isAbove(heard.length, 7)
          // The caller's own input, an id, appears in the request.
          silent(heard, what)
        })
      )
    }

    const store: ReadonlyArray<readonly [string, () => Response]> = [
      [
        "a body that breaks, with an ETag",
        () => broken(200, echoing(ofStore, { "content-encoding": "identity", "content-length": "1000" }))
      ],
      ["a Content-Encoding", () => new Response("x", { headers: echoing(ofStore) })],
      [
        "a Content-Range",
        () => new Response("x", { status: 206, headers: echoing(ofStore, { "content-encoding": "identity" }) })
      ],
      ["416", () => new Response("x", { status: 416, headers: echoing(ofStore) })],
      ["403", () => new Response(`<Signature>${ofStore}</Signature>`, { status: 403, headers: echoing(ofStore) })],
      ["500", () => new Response(ofStore, { status: 500, headers: echoing(ofStore) })]
    ]
    for (const [what, answer] of sample(store, 3, turn)) {
      it.effect(`in the store's ${what}, during a download`, () =>
        Effect.gen(function* () {
          const folder = mkdtempSync(join(tmpdir(), "echo-"))
          const { hear, heard, layer } = listening()
          const fetch: typeof globalThis.fetch = async (url) =>
            String(url).startsWith("https://bucket.test/") ? answer() : ready()
          const { layer: client } = scripted([], { retry: { maxAttempts: 2 } }, fetch)
          const fiber = yield* Download.toFile({
            workflowId,
            jobId: JobId.make("job-1"),
            path: join(folder, "a.zip")
          }).pipe(
            Effect.flip,
            Effect.tap((error) => Effect.sync(() => hear([error, JSON.stringify(error), String(error)]))),
            Effect.provide(client),
            Effect.provide(NodeContext.layer),
            Effect.provide(layer),
            Effect.fork
          )
          // Disk I/O takes real time.
          while ((yield* fiber.status)._tag !== "Done") {
            yield* TestClock.adjust("10 seconds")
            yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
          }
          yield* Fiber.join(fiber)
          assert.isAbove(heard.length, 1)
          silent(heard, what)
          silent([contentsOf(folder)], what)
          rmSync(folder, { recursive: true })
        })
      )
    }
  })
}

/** Successes without a promised field, or with more. */
const odd: ReadonlyArray<readonly [string, () => Response]> = [
  ["200 without a field", () => json({}, { headers: echoing(token, { "content-encoding": "identity" }) })],
  ["201 without a field", () => json({}, { status: 201, headers: echoing(token, { "content-encoding": "identity" }) })],
  [
    "an id",
    () => json({ id: `made ${token}`, status: `failed ${token}`, payment_status: "PAID", message: `made ${token}` })
  ]
]

describe("a server that echoes the token in a success", () => {
  // A ping carries no token, and a download is tried above.
  const calls = Object.entries(operations).filter(([name]) => !/^(Pixxel|Download)\./.test(name))
  const given = { workflowId, projectId, jobId: JobId.make("job-1"), taskId, path: "" }
  for (const [turn, [what, answer]] of odd.entries()) {
    it.effect(`in ${what}, over all methods`, () =>
      Effect.gen(function* () {
        const silent: Array<string> = []
        for (const [name, rows] of sample(calls, 9, turn)) {
          for (const { how, run } of rows) {
            const { hear, heard, layer } = listening()
            const program = run(given).pipe(
              Effect.tapErrorCause((cause) => Effect.sync(() => hear([cause, JSON.stringify(cause), String(cause)]))),
              Effect.provide(scripted([answer], { onDrift: (drift) => Effect.sync(() => hear(drift)) }).layer),
              Effect.provide(Layer.merge(NodeContext.layer, NodeHashing.layer)),
              Effect.provide(layer),
              Effect.ignore
            )
            const fiber = yield* Effect.fork(program)
            yield* TestClock.adjust("30 minutes")
            // the watch of a thing without an end
            yield* Fiber.interrupt(fiber)
            if (heard.length === 0) silent.push(`${name} ${how}`)
            for (const text of heard) assert.notInclude(text, token, name)
          }
        }
        assert.deepStrictEqual(silent, [])
      })
    )
  }
})

const ready = () => new Response(JSON.stringify({ status: "ready", signed_url: signedUrl }))

/** Some bytes, and then the end of the connection. */
const broken = (status: number, headers: Readonly<Record<string, string>>) => {
  let isFirst = true
  return new Response(
    new ReadableStream({
      pull: (controller) => {
        if (isFirst) controller.enqueue(new Uint8Array(10))
        else controller.error(new TypeError(`terminated ${signedUrl} ${token}`))
        isFirst = false
      }
    }),
    { status, headers }
  )
}
