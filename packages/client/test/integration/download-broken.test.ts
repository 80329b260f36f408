/**
 * Stores whose connection breaks at any point of an answer, on real sockets, under every transport of the platform: a
 * broken answer is never a success, and a good file at the target stays unchanged.
 */
import * as net from "node:net"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as FileSystem from "@effect/platform/FileSystem"
import * as HttpClient from "@effect/platform/HttpClient"
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import { Download, Pixxel, RetryPolicy } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { zipSync } from "fflate"
import { sample, size } from "../../../../vitest.size.js"
import { jobId, workflowId } from "../scripted.js"
import { folder } from "./downloads.js"

/** Small enough for one chunk: a body that ends with its connection while undici buffers it kills the process. */
const whole = zipSync({ "fields.bin": [new Uint8Array(30_000).map((_, at) => at * 31), { level: 0 }] })

const framings = {
  chunked: {
    head: "transfer-encoding: chunked\r\n",
    frame: (bytes: Uint8Array) =>
      Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]),
    end: "0\r\n\r\n"
  },
  "of known length": { head: `content-length: ${whole.length}\r\n`, frame: (bytes: Uint8Array) => bytes, end: "" },
  "delimited by the close": { head: "connection: close\r\n", frame: (bytes: Uint8Array) => bytes, end: "" }
}
type Framing = keyof typeof framings

/** The number of sent bytes, whether they come with the head, and the end of the connection. */
interface Break {
  readonly bytes: number
  readonly isWithHead: boolean
  readonly by: "reset" | "end" | "nothing"
}

const breaks: Readonly<Record<string, Break>> = {
  "reset with the head": { bytes: 0, isWithHead: true, by: "reset" },
  "closed with the head": { bytes: 0, isWithHead: true, by: "end" },
  "reset right after the head": { bytes: 0, isWithHead: false, by: "reset" },
  "closed right after the head": { bytes: 0, isWithHead: false, by: "end" },
  "reset after two bytes": { bytes: 2, isWithHead: true, by: "reset" },
  "closed after two bytes": { bytes: 2, isWithHead: false, by: "end" },
  "reset after many bytes": { bytes: 20_000, isWithHead: false, by: "reset" },
  "closed after many bytes": { bytes: 20_000, isWithHead: true, by: "end" }
}

/** A server for both the API and the store. */
const store = (framing: Framing, { by, bytes, isWithHead }: Break) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.async<{ readonly server: net.Server; readonly sockets: ReadonlySet<net.Socket> }>((resume) => {
        const { end, frame, head } = framings[framing]
        const sockets = new Set<net.Socket>()
        const server = net.createServer((socket) => {
          sockets.add(socket)
          socket.on("error", () => {})
          socket.on("data", (request) => {
            const { port } = server.address() as net.AddressInfo
            if (String(request).startsWith("PUT")) {
              const body = JSON.stringify({
                status: "ready",
                signed_url: `http://127.0.0.1:${port}/a.zip?sig=abcdefgh`
              })
              socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
              return
            }
            const top = Buffer.from(`HTTP/1.1 200 OK\r\n${head}\r\n`)
            const rest = bytes === 0 ? Buffer.alloc(0) : frame(whole.subarray(0, bytes))
            const finish = () => {
              if (by === "reset") socket.resetAndDestroy()
              else socket.end(by === "nothing" ? end : "")
            }
            if (isWithHead) socket.write(Buffer.concat([top, rest]), finish)
            else socket.write(top, () => setImmediate(() => socket.write(rest, finish)))
          })
        })
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed({ server, sockets })))
      }),
      ({ server, sockets }) =>
        Effect.async<void>((resume) => {
          server.close(() => resume(Effect.void))
          // the client keeps the connection alive
          for (const socket of sockets) socket.destroy()
        })
    ),
    ({ server }) => `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`
  )

/** Turns of the event loop between the head of an answer and the reading of its body. */
const turns = (count: number): Effect.Effect<void> =>
  count === 0
    ? Effect.void
    : Effect.zipRight(
        Effect.async<void>((resume) => void setImmediate(() => resume(Effect.void))),
        turns(count - 1)
      )

/** Middleware of the application that runs an effect after the head. */
const busy = <E>(layer: Layer.Layer<HttpClient.HttpClient, E>) =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, HttpClient.transformResponse(Effect.tap(() => turns(20))))
  ).pipe(Layer.provide(layer))

const transports = {
  fetch: FetchHttpClient.layer,
  undici: NodeHttpClient.layerUndici,
  "node:http": NodeHttpClient.layer,
  "undici under a busy middleware": busy(NodeHttpClient.layerUndici),
  "node:http under a busy middleware": busy(NodeHttpClient.layer)
}

/** Rounds with an old file, and without. */
const rounds = size(2, 4)

for (const [turn, [name, transport]] of Object.entries(transports).entries()) {
  const fetching = (framing: Framing, how: Break, old: string | undefined) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* folder}/fields.zip`
      if (old !== undefined) yield* fs.writeFileString(path, old)
      const baseUrl = yield* store(framing, how)
      const client = Pixxel.layer({ baseUrl, token: Redacted.make("key"), retry: RetryPolicy.none })
      const result = yield* Effect.either(Download.toFile({ workflowId, jobId, path }, { ifExists: "overwrite" })).pipe(
        Effect.provide(Layer.provide(client, transport))
      )
      return { result, found: yield* Effect.option(fs.readFile(path)) }
    }).pipe(Effect.scoped, Effect.provide(Layer.merge(NodeFileSystem.layer, NodePath.layer)))

  describe(`over ${name}, a body`, () => {
    for (const [row, framing] of (Object.keys(framings) as ReadonlyArray<Framing>).entries()) {
      it.live(`${framing} that is complete becomes the file`, () =>
        Effect.gen(function* () {
          const how: Break = { bytes: whole.length, isWithHead: false, by: "nothing" }
          const { found, result } = yield* fetching(framing, how, "old")
          assert.strictEqual(result._tag, "Right", result._tag === "Left" ? `${result.left}` : "")
          assert(found._tag === "Some" && Buffer.from(found.value).equals(whole))
        })
      )

      for (const [what, how] of sample(Object.entries(breaks), 3, turn + row)) {
        it.live(`${framing} that is ${what} fails, and replaces nothing`, () =>
          Effect.gen(function* () {
            for (let round = 0; round < rounds; round++) {
              const old = round % 2 === 0 ? "a good file" : undefined
              const { found, result } = yield* fetching(framing, how, old)
              assert(result._tag === "Left", `round ${round}: it is a success`)
              assert.strictEqual(result.left._tag, "DownloadIncomplete")
              assert.strictEqual(found._tag === "Some" ? String(Buffer.from(found.value)) : undefined, old)
            }
          })
        )
      }
    }
  })
}
