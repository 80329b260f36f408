/**
 * How a client reaches the mock server: over loopback TCP, or over connections in memory. Both go through the same
 * `fetch` of undici and the same HTTP parsers, and both account for every exchange on the world's time.
 */

import type { Server } from "node:http"
import type { Socket } from "node:net"
import { Agent, buildConnector, Dispatcher, fetch as undiciFetch } from "undici"
import { Exchange, exchangeHeader } from "./Exchange.js"
import { outside } from "./Foreign.js"
import { describeCall, isStream, makeController, responseOf, sendable } from "./fetch.js"
import { type AllowedHost, HostNotAllowed, isAllowed } from "./hosts.js"
import { connection } from "./Memory.js"
import { queueMicrotask, sheltered } from "./timers.js"
import { WorldEnded, type WorldTime } from "./WorldTime.js"

/**
 * @since 0.1.0
 * @category models
 */
export type Transport = "socket" | "inProcess"

/** Deadlines are the client's, on virtual time; undici's own are real. */
const patient = { headersTimeout: 0, bodyTimeout: 0 }

/** Connections are shared by all worlds, so they belong to none; nothing that a test fakes stops them. */
const shared = <A>(run: () => A): A => outside(() => sheltered(run))

/** Connections over loopback TCP. */
export const socketAgent = (): Dispatcher => {
  const connect = buildConnector({})
  return new Agent({ ...patient, connect: (options, callback) => shared(() => connect(options, callback)) })
}

/** Fails a connection with `HostNotAllowed`. */
const refuse: buildConnector.connector = ({ host, protocol }, callback) =>
  // never inside the call: undici would not notice
  queueMicrotask(() => callback(new HostNotAllowed(new URL(`${protocol}//${host}`)), null))

/** Connections in memory to the servers of these host names. */
export const inProcessAgent = (servers: Readonly<Record<string, Server>>): Dispatcher => {
  const byHost = new Map(Object.entries(servers))
  return new Agent({
    ...patient,
    connect: (options, callback) => {
      const server = byHost.get(options.hostname)
      if (server === undefined) return refuse(options, callback)
      queueMicrotask(() =>
        shared(() => {
          const [near, far] = connection()
          server.emit("connection", far)
          // it stands in for a socket: HTTP uses no more of one than `Memory` has
          callback(null, near as Socket)
        })
      )
    }
  })
}

/** To hosts that a test allows. */
const network = socketAgent()

/** To all other hosts. */
const nowhere = new Agent({ connect: refuse })

/** The hosts of a world's client: what the app serves, and what the test allows. */
export interface Reach {
  /** Connections to the app. */
  readonly app: Dispatcher
  /** The app's origins. */
  readonly served: ReadonlyArray<string>
  readonly allowed: ReadonlyArray<AllowedHost>
}

/**
 * Chooses the connections of each request by its origin, also of one that follows a redirect: a connection that another
 * world has opened proves nothing.
 */
class ReachDispatcher extends Dispatcher {
  readonly #reach: Reach

  constructor(reach: Reach) {
    super()
    this.#reach = reach
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const { allowed, app, served } = this.#reach
    const url = new URL(String(options.origin))
    if (served.includes(url.origin)) return app.dispatch(options, handler)
    if (!isAllowed(allowed, url)) return nowhere.dispatch(options, handler)
    return network.dispatch({ ...options, headers: withoutExchange(options.headers) }, handler)
  }
}

/** `fetch` has the headers as a record. The one that finds the exchange means nothing to another server. */
const withoutExchange = (headers: Dispatcher.DispatchOptions["headers"]) => {
  const { [exchangeHeader]: _, ...rest } = Object(headers)
  return rest
}

/** Connections of a world's client to what it may reach. */
export const reachDispatcher = (reach: Reach): Dispatcher => new ReachDispatcher(reach)

type Fetch = typeof globalThis.fetch

/** undici's `fetch` over these connections. */
const fetchOver =
  (dispatcher: Dispatcher): Fetch =>
  async (input, init) => {
    // undici's types and those of the DOM name the same things apart
    const options = { ...init, dispatcher } as unknown as Parameters<typeof undiciFetch>[1]
    return (await sheltered(() => undiciFetch(String(input), options))) as unknown as Response
  }

/**
 * A `fetch` whose every exchange holds the world's time while the machine owes somebody something: undici's over a
 * dispatcher, or the one that is given.
 */
export const trackedFetch = (time: WorldTime, over: Dispatcher | Fetch): Fetch => {
  const send = typeof over === "function" ? over : fetchOver(over)
  return async (input, init) => {
    const call = describeCall(input, init)
    const { body: _body, headers, isRead: _isRead, signal, url, ...options } = call
    const what = `${options.method} ${url.split("?", 1)[0]}`
    if (signal?.aborted === true) throw signal.reason
    if (time.ended) throw new WorldEnded(time.name, what)

    // undici knows the signals of one realm; the caller's may be of another
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
      // the types of the DOM have no `duplex`, and name streams apart
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
