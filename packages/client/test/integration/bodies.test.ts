/** Bodies are read in the same way on every transport: compressed or not, with a byte order mark, and up to a limit. */
import * as http from "node:http"
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import { JobsApi, Pixxel, RetryPolicy } from "@effect-pixxel/client"
import { NodeDecompression } from "@effect-pixxel/client-node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { size } from "../../../../vitest.size.js"
import { jobId, transport, workflowId } from "../scripted.js"

interface Body {
  readonly bytes: Uint8Array
  readonly encoding?: string
  readonly type?: string
  readonly chunked?: boolean
}

const headersOf = ({ bytes, chunked, encoding, type }: Body) => ({
  "content-type": type ?? "application/json",
  ...(encoding === undefined ? {} : { "content-encoding": encoding }),
  ...(chunked === true ? {} : { "content-length": String(bytes.length) })
})

/** The base URL of a server, for the scope. */
const serving = (answer: (response: http.ServerResponse) => void) =>
  Effect.acquireRelease(
    Effect.async<http.Server>((resume) => {
      const server = http.createServer((_, response) => answer(response))
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  ).pipe(Effect.map((server) => `http://127.0.0.1:${Object(server.address()).port}`))

const transports: Readonly<Record<string, Layer.Layer<HttpClient.HttpClient>>> = {
  fetch: FetchHttpClient.layer,
  undici: NodeHttpClient.layerUndici,
  "node:http": NodeHttpClient.layer
}

const get = (over: Layer.Layer<HttpClient.HttpClient>, baseUrl: string, options?: Pixxel.Options) =>
  Effect.flatMap(JobsApi, (jobs) => jobs.get({ workflowId, jobId })).pipe(
    Effect.provide(
      Pixxel.layer({
        token: Redacted.make("px-token"),
        baseUrl,
        retry: RetryPolicy.none,
        onDrift: () => Effect.void,
        ...options
      }).pipe(Layer.provide(over))
    )
  )

const text = JSON.stringify({ id: "job-1", status: "running", created_by: "Zo\u00eb \u{1f6f0}" })
const marked = (marks: number) => new TextEncoder().encode("\ufeff".repeat(marks) + text)

const codings: ReadonlyArray<readonly [string, string | undefined, (bytes: Uint8Array) => Uint8Array]> = [
  ["unchanged", undefined, (it) => it],
  ["as identity", "identity", (it) => it],
  ["as gzip", "gzip", gzipSync],
  ["as x-gzip", "X-GZIP", gzipSync],
  ["as deflate", "deflate", deflateSync],
  ["as deflate without its head", "deflate", deflateRawSync],
  ["as gzip in gzip", "gzip, gzip", (it) => gzipSync(gzipSync(it))]
]

/** The limit of a body, and far more spaces than that. */
const limit = size(20_000, 100_000)
const spaces = (count: number) => new TextEncoder().encode(text + " ".repeat(count))
const small = gzipSync(spaces(size(5_000_000, 50_000_000)))

describe.each(Object.keys(transports))("over %s", (name) => {
  const over = transports[name]!
  const ask = (body: Body, options?: Pixxel.Options) =>
    Effect.gen(function* () {
      const baseUrl = yield* serving((response) => {
        response.writeHead(200, headersOf(body))
        if (body.chunked === true) {
          // A character and a mark are split between chunks.
          for (const byte of body.bytes) response.write(Uint8Array.of(byte))
        }
        response.end(body.chunked === true ? undefined : body.bytes)
      })
      return yield* get(over, baseUrl, options)
    }).pipe(Effect.scoped)

  for (const [how, encoding, encode] of codings) {
    for (const marks of size([0, 2], [0, 1, 2])) {
      for (const chunked of size([marks === 0], [false, true])) {
        it.live(`reads a body ${how} with ${marks} byte order marks, ${chunked ? "in pieces" : "whole"}`, () =>
          Effect.gen(function* () {
            const bytes = encode(marked(marks))
            const job = yield* ask({ bytes, chunked, ...(encoding === undefined ? {} : { encoding }) })
            assert.strictEqual(job.id, "job-1")
            assert.strictEqual(job.createdBy._tag === "Some" ? job.createdBy.value : "", "Zo\u00eb \u{1f6f0}")
          })
        )
      }
    }
  }

  it.live("reads br with Node's decompression", () =>
    Effect.gen(function* () {
      for (const bytes of [brotliCompressSync(marked(1)), marked(1)]) {
        const body = { bytes, encoding: "br" }
        // fetch decompresses a body labelled br, and rejects any other content
        if (name === "fetch" && bytes[0] === 0xef) continue
        assert.strictEqual((yield* Effect.provide(ask(body), NodeDecompression.layer)).id, "job-1")
      }
      const broken = ask({ bytes: brotliCompressSync(marked(1)).subarray(0, 20), encoding: "br" })
      const error = yield* Effect.flip(Effect.provide(broken, NodeDecompression.layer))
      assert.include(["PixxelDecodeError", "PixxelTransportError"], error._tag)
    })
  )

  it.live("reads br if the platform does, and reports it otherwise", () =>
    Effect.gen(function* () {
      const result = yield* Effect.either(ask({ bytes: brotliCompressSync(marked(1)), encoding: "br" }))
      if (result._tag === "Right") return assert.strictEqual(result.right.id, "job-1")
      assert.notStrictEqual(name, "fetch")
      assert.strictEqual(result.left._tag, "PixxelDecodeError")
      assert.include(result.left.message, "compressed as br, which this platform cannot decompress")
    })
  )

  const unreadable: ReadonlyArray<readonly [string, Body]> = [
    ["UTF-16", { bytes: Buffer.from(`\ufeff${text}`, "utf16le"), type: "application/json; charset=utf-16" }],
    ["nothing", { bytes: new Uint8Array(0) }],
    ["nothing, in pieces", { bytes: new Uint8Array(0), chunked: true }],
    ["a byte order mark alone", { bytes: new TextEncoder().encode("\ufeff") }]
  ]
  for (const [what, body] of unreadable) {
    it.live(`fails with a PixxelDecodeError for ${what}`, () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* Effect.flip(ask(body)))._tag, "PixxelDecodeError")
      })
    )
  }

  it.live("fails for half a gzip", () =>
    Effect.gen(function* () {
      const whole = gzipSync(marked(0))
      const error = yield* Effect.flip(ask({ bytes: whole.subarray(0, whole.length - 12), encoding: "gzip" }))
      assert.include(["PixxelDecodeError", "PixxelTransportError"], error._tag)
    })
  )

  const tooLong: ReadonlyArray<readonly [string, Body]> = [
    ["an announced length", { bytes: spaces(limit) }],
    ["pieces", { bytes: spaces(limit), chunked: true }],
    ["a small gzip", { bytes: small, encoding: "gzip" }],
    ["a gzip in a gzip", { bytes: gzipSync(small), encoding: "gzip, gzip" }]
  ]
  for (const [what, body] of tooLong) {
    it.live(`stops reading ${what} at the limit`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(ask(body, { maxResponseBytes: limit }))
        assert(error._tag === "PixxelDecodeError")
        assert.strictEqual(error.expected, `JSON of no more than ${limit} bytes`)
        assert.isFalse(error.isRetryable)
      })
    )
  }

  it.live("reads a body of exactly the limit", () =>
    Effect.gen(function* () {
      const bytes = marked(0)
      for (const chunked of [false, true]) {
        assert.strictEqual((yield* ask({ bytes, chunked }, { maxResponseBytes: bytes.length })).id, "job-1")
      }
    })
  )

  it.live("ends an answer that never ends, and its connection", () =>
    Effect.gen(function* () {
      for (const status of [200, 400]) {
        const closed = yield* Effect.makeLatch(false)
        const block = Buffer.from("[],".repeat(20_000))
        const baseUrl = yield* serving((response) => {
          response.writeHead(status)
          response.write('{"jobs":[')
          const more = () => {
            while (!response.destroyed && response.write(block)) {}
          }
          response.on("drain", more)
          response.on("close", () => closed.unsafeOpen())
          more()
        })
        const error = yield* Effect.flip(get(over, baseUrl, { maxResponseBytes: 1_000_000 }))
        assert.strictEqual(error._tag, status === 200 ? "PixxelDecodeError" : "PixxelBadRequest")
        yield* closed.await
      }
    }).pipe(Effect.scoped)
  )
})

describe("over a script", () => {
  it.effect("reads a body that the transport has decompressed, despite the header", () =>
    Effect.gen(function* () {
      for (const encoding of ["gzip", "deflate", "br", "zstd"]) {
        const { layer } = transport([() => new Response(text, { headers: { "content-encoding": encoding } })])
        assert.strictEqual((yield* get(layer, "https://api.test")).id, "job-1")
      }
    })
  )

  it.effect("notes each shape of many unexpected items once", () =>
    Effect.gen(function* () {
      const drifts: Array<string> = []
      const body = `{"jobs":[${"[],{},7,".repeat(size(20_000, 200_000))}null]}`
      const { layer } = transport([() => new Response(body)])
      const jobs = yield* Effect.flatMap(JobsApi, (jobs) => jobs.list({ workflowId })).pipe(
        Effect.provide(
          Pixxel.layer({
            token: Redacted.make("px-token"),
            onDrift: ({ found, path }) => Effect.sync(() => drifts.push(`${path}: ${found}`))
          }).pipe(Layer.provide(layer))
        )
      )
      assert.deepStrictEqual(jobs, [])
      assert.deepStrictEqual(drifts, ["jobs[]: a list", "jobs[].id: nothing", "jobs[]: a number", "jobs[]: null"])
    })
  )
})
