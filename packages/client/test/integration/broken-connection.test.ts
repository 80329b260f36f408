/** Connections that break, on real sockets and real transports: undici and fetch. */
import * as net from "node:net"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import { JobId, JobsApi, Pixxel, ProjectId, RetryPolicy, WorkflowId } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const workflowId = WorkflowId.make("w")
const jobId = JobId.make("j")
const projectId = ProjectId.make("p")

/** A server that answers every request with these bytes, and then ends the connection in this way. */
const server = (bytes: string, then: "end" | "reset") =>
  Effect.suspend(() => {
    let requests = 0
    return Effect.map(
      Effect.acquireRelease(
        Effect.async<net.Server>((resume) => {
          const server = net.createServer((socket) => {
            socket.on("error", () => {})
            socket.once("data", () => {
              requests++
              const finish = () => (then === "end" ? socket.end() : socket.resetAndDestroy())
              if (bytes === "") finish()
              else socket.write(bytes, finish)
            })
          })
          server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.async<void>((resume) => void server.close(() => resume(Effect.void)))
      ),
      (server) => ({
        server,
        url: `http://127.0.0.1:${Object(server.address()).port}`,
        /** The number of received requests. */
        requests: () => requests
      })
    )
  })

/** A closed port. */
const closedPort = Effect.scoped(server("", "end"))

const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
const broken = {
  "reset before the head": server("", "reset"),
  "closed before the head": server("", "end"),
  "cut in a body of known length": server(`${head}content-length: 100\r\n\r\n{"id":"j"`, "end"),
  "cut in a chunked body": server(`${head}transfer-encoding: chunked\r\n\r\n9\r\n{"id":"j"\r\n`, "end"),
  "no HTTP at all": server("220 smtp ready\r\n", "end")
}

const transports = { undici: NodeHttpClient.layerUndici, fetch: FetchHttpClient.layer }

for (const [name, transport] of Object.entries(transports)) {
  const client = (baseUrl: string) =>
    Pixxel.layer({ baseUrl, token: Redacted.make("key") }).pipe(Layer.provide(transport))

  describe(`a connection that breaks, ${name}`, () => {
    for (const [what, start] of Object.entries(broken)) {
      it.scoped(`${what}: a PixxelTransportError, and an unknown outcome of a create without a repeat`, () =>
        Effect.gen(function* () {
          const { requests, url: baseUrl } = yield* start
          const get = yield* Effect.flatMap(JobsApi, (jobs) => Effect.flip(jobs.get({ workflowId, jobId }))).pipe(
            RetryPolicy.withoutRetry,
            Effect.provide(client(baseUrl))
          )
          assert.deepInclude(get, { _tag: "PixxelTransportError", sent: "unknown", isRetryable: true })
          assert.strictEqual(requests(), 1)
          const create = yield* Effect.flatMap(JobsApi, (jobs) =>
            Effect.flip(jobs.create({ workflowId, projectId, adopt: "never" }))
          ).pipe(Effect.provide(client(baseUrl)))
          assert.deepInclude(create, { _tag: "CreateOutcomeUnknown", isRetryable: false })
          assert.strictEqual(requests(), 2)
        })
      )
    }

    it.scoped("follows no redirect to another host, and sends no token there", () =>
      Effect.gen(function* () {
        const elsewhere = yield* server('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"id":"j"}', "end")
        let visits = 0
        const baseUrl = yield* server(
          `HTTP/1.1 307 Temporary Redirect\r\nlocation: ${elsewhere.url}/\r\ncontent-length: 0\r\n\r\n`,
          "end"
        )
        elsewhere.server.on("connection", () => visits++)
        const [get, create] = yield* Effect.flatMap(JobsApi, (jobs) =>
          Effect.all([
            Effect.flip(jobs.get({ workflowId, jobId })),
            Effect.flip(jobs.create({ workflowId, projectId, adopt: "never" }))
          ])
        ).pipe(Effect.provide(client(baseUrl.url)))
        assert.deepInclude(get, { _tag: "PixxelUnexpectedStatus", status: 307 })
        assert.strictEqual(create._tag, "CreateOutcomeUnknown")
        assert.strictEqual(visits, 0)
      })
    )

    it.scoped("a closed port: the request provably never left, also of a create", () =>
      Effect.gen(function* () {
        const { url: baseUrl } = yield* closedPort
        const error = yield* Effect.flatMap(JobsApi, (jobs) =>
          Effect.flip(jobs.create({ workflowId, projectId, adopt: "never" }))
        ).pipe(RetryPolicy.withoutRetry, Effect.provide(client(baseUrl)))
        assert.deepInclude(error, { _tag: "PixxelTransportError", sent: false, isRetryable: true })
      })
    )
  })
}
