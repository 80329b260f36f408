/**
 * How a client reaches the mock server: over loopback TCP, or over connections in memory. Both go through the same
 * `fetch` of undici and the same HTTP parsers, and both account for every exchange on the world's time.
 */
import type { Server } from "node:http"
import type { Socket } from "node:net"
import { Agent, buildConnector, type Dispatcher, fetch as undiciFetch } from "undici"
import { Exchange, exchangeHeader } from "./Exchange.js"
import { outside } from "./Foreign.js"
import { connection } from "./Memory.js"
import type { WorldTime } from "./WorldTime.js"

/**
 * @since 0.1.0
 * @category models
 */
export type Transport = "socket" | "inProcess"

/** Deadlines are the client's, on virtual time; undici's own are real. */
const patient = { headersTimeout: 0, bodyTimeout: 0 }

/** Connections over loopback TCP. They are shared by all worlds, and so belong to none. */
export const socketAgent = (): Dispatcher => {
  const connect = buildConnector({})
  return new Agent({ ...patient, connect: (options, callback) => outside(() => connect(options, callback)) })
}

/** Connections in memory to the servers of these host names. */
export const inProcessAgent = (servers: Readonly<Record<string, Server>>): Dispatcher => {
  const byHost = new Map(Object.entries(servers))
  return new Agent({
    ...patient,
    connect: ({ hostname }, callback) =>
      // never inside the call: undici would not notice
      queueMicrotask(() => {
        const server = byHost.get(hostname)
        if (server === undefined) return callback(unknownHost(hostname), null)
        const [near, far] = connection()
        outside(() => {
          server.emit("connection", far)
          // it stands in for a socket: HTTP uses no more of one than `Memory` has
          callback(null, near as Socket)
        })
      })
  })
}

const unknownHost = (hostname: string) =>
  Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
    code: "ENOTFOUND",
    errno: -3008,
    syscall: "getaddrinfo",
    hostname
  })

type Fetch = typeof globalThis.fetch

/** undici's `fetch` over these connections. */
const fetchOver =
  (dispatcher: Dispatcher): Fetch =>
  async (input, init) => {
    // undici's types and those of the DOM name the same things apart
    const options = { ...init, dispatcher } as unknown as Parameters<typeof undiciFetch>[1]
    return (await undiciFetch(String(input), options)) as unknown as Response
  }

/**
 * A `fetch` whose every exchange holds the world's time while the machine owes somebody something: undici's over a
 * dispatcher, or the one that is given.
 */
export const trackedFetch = (time: WorldTime, over: Dispatcher | Fetch): Fetch => {
  const send = typeof over === "function" ? over : fetchOver(over)
  return async (input, init = {}) => {
    init.signal?.throwIfAborted()
    const url = input instanceof Request ? input.url : String(input)
    const exchange = new Exchange(time, `${init.method ?? "GET"} ${url.split("?", 1)[0]}`)
    init.signal?.addEventListener("abort", () => exchange.abort(), { once: true })
    const headers = new Headers(init.headers)
    headers.set(exchangeHeader, exchange.id)
    const body = init.body instanceof ReadableStream ? exchange.upload(init.body) : (init.body ?? null)
    try {
      const response = await send(url, { ...init, headers, body })
      await exchange.arrive()
      exchange.answered(response.body === null ? "without body" : "with body", response.headers.has("content-encoding"))
      return new Response(response.body === null ? null : exchange.download(response.body), response)
    } catch (error) {
      await exchange.arrive()
      exchange.failed()
      throw error
    }
  }
}
