/**
 * Connects a client to a server of the same process: over loopback TCP, or over connections in memory. Both use the same `fetch` of
 * undici and the same HTTP parsers, and both track every exchange on the world's time.
 */
import { createServer, type Server } from "node:http"
import type { Socket } from "node:net"
// by its file: Bun has a module of its own for the bare name, whose `fetch` takes no dispatcher
import { Agent, buildConnector, type Dispatcher, fetch as undiciFetch } from "undici/index.js"
import { Exchange, exchangeHeader } from "./Exchange.js"
import { outside } from "./Foreign.js"
import { describeCall, isStream, makeController, responseOf, sendable } from "./fetch.js"
import { connection } from "./Memory.js"
import { queueMicrotask, sheltered } from "./timers.js"
import { WorldEnded, type WorldTime } from "./WorldTime.js"

/**
 * `socket`: loopback TCP. `inProcess`: connections in memory, without a port.
 *
 * @since 0.1.0
 * @category models
 */
export type Transport = "socket" | "inProcess"

/** Shows whether servers take connections from a program; never listens. */
const probe = createServer()

/** The reason why connections in memory do not work in this runtime, if there is one. */
const obstacle = (): string | undefined => {
  const { bun, deno } = process.versions
  if (deno !== undefined) return `Deno ${deno} does not report the end of a connection`
  if (probe.listenerCount("connection") > 0) return undefined
  return `the HTTP server of ${bun === undefined ? "this runtime" : `Bun ${bun}`} takes no connections from memory`
}

/**
 * Chooses the transport of a world: the requested one, else `inProcess` where connections in memory work (Node, and Bun
 * since 1.4), and `socket` elsewhere. Throws where `inProcess` is requested and does not work.
 */
export const chooseTransport = (asked: Transport | undefined): Transport => {
  const reason = obstacle()
  if (asked === "inProcess" && reason !== undefined) {
    throw new Error(
      `transport "inProcess" does not work here: ${reason}. Leave \`transport\` out, or set it to "socket"`
    )
  }
  return asked ?? (reason === undefined ? "inProcess" : "socket")
}

/** Disables undici's deadlines, which are in real time; the client has its own on virtual time. */
const noTimeouts = { headersTimeout: 0, bodyTimeout: 0 }

/** Runs code of connections: all worlds share them, so they belong to none, and fake timers do not stop them. */
const shared = <A>(run: () => A): A => outside(() => sheltered(run))

/** Makes an agent that connects over loopback TCP, for the connections of all worlds. */
export const socketAgent = (): Dispatcher => {
  const connect = buildConnector({})
  return new Agent({ ...noTimeouts, connect: (options, callback) => shared(() => connect(options, callback)) })
}

/**
 * Makes an agent that connects in memory to the servers of these host names. A connection to any other host fails with
 * the error that `refuse` makes.
 */
export const inProcessAgent = (servers: Readonly<Record<string, Server>>, refuse: (url: URL) => Error): Dispatcher => {
  const byHost = new Map(Object.entries(servers))
  return new Agent({
    ...noTimeouts,
    connect: (options, callback) => {
      const server = byHost.get(options.hostname)
      if (server === undefined) {
        // asynchronously: undici misses the result of a synchronous call
        queueMicrotask(() => callback(refuse(new URL(`${options.protocol}//${options.host}`)), null))
        return
      }
      queueMicrotask(() =>
        shared(() => {
          const [near, far] = connection()
          server.emit("connection", far)
          // HTTP uses only those members of a socket that `Memory` implements
          callback(null, near as Socket)
        })
      )
    }
  })
}

/** Removes the header that finds the exchange from all requests of a dispatcher, for hosts without a world. */
export const untracked = (dispatcher: Dispatcher): Dispatcher =>
  dispatcher.compose((dispatch) => (options, handler) => {
    const { [exchangeHeader]: _, ...headers } = Object(options.headers) // `fetch` passes headers as a record
    return dispatch({ ...options, headers }, handler)
  })

type Fetch = typeof globalThis.fetch

/** Makes undici's `fetch` over these connections. */
const fetchOver =
  (dispatcher: Dispatcher): Fetch =>
  async (input, init) => {
    // undici and the DOM declare the same types separately
    const options = { ...init, dispatcher } as unknown as Parameters<typeof undiciFetch>[1]
    return (await sheltered(() => undiciFetch(String(input), options))) as unknown as Response
  }

/**
 * Makes a `fetch` whose exchanges stop the world's time while the machine has work to do for them: undici's over a
 * dispatcher, or the given one.
 */
export const trackedFetch = (time: WorldTime, over: Dispatcher | Fetch): Fetch => {
  const send = typeof over === "function" ? over : fetchOver(over)
  return async (input, init) => {
    const call = describeCall(input, init)
    const { body: _body, headers, isRead: _isRead, signal, url, ...options } = call
    const what = `${options.method} ${url.split("?", 1)[0]}`
    if (signal?.aborted === true) throw signal.reason
    if (time.ended) throw new WorldEnded(time.name, what)

    // undici accepts the signals of one realm; the caller's may be of another
    const abort = makeController()
    const onAbort = () => {
      exchange.abort()
      abort.abort(signal?.reason)
    }
    const exchange = new Exchange(time, what, {
      onEnd: () => abort.abort(new WorldEnded(time.name, what)),
      onRefused: (error) => abort.abort(error),
      onOver: () => signal?.removeEventListener("abort", onAbort)
    })
    signal?.addEventListener("abort", onAbort)
    headers.set(exchangeHeader, exchange.id)
    try {
      const body = await sendable(call, time, exchange)
      const half = isStream(body) ? { duplex: "half" } : {}
      // the DOM's types have no `duplex`, and declare streams separately
      const init = { ...options, ...half, headers: [...headers], body, signal: abort.signal } as RequestInit
      const response = await send(url, init)
      await exchange.arrive()
      if (abort.signal.aborted) throw abort.signal.reason
      exchange.answered(response.body === null ? "without body" : "with body", response.headers.has("content-encoding"))
      return responseOf(response.body === null ? null : exchange.download(response.body), response)
    } catch (error) {
      await exchange.arrive()
      exchange.failed()
      throw error
    }
  }
}
