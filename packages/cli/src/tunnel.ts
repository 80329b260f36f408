/**
 * Agents for Node's HTTP client that connect through a proxy with CONNECT: the proxy sees only the host of an https
 * URL, and errors of the tunnelled connection are the same as of a direct one. A separate module, since few commands
 * load it.
 */
import * as Http from "node:http"
import * as Https from "node:https"
import type { Duplex } from "node:stream"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { type Proxy, type Route, TunnelError } from "./Proxy.js"

/** The deadline for a proxy to connect, in milliseconds. */
const timeout = 10_000

/** The callback of Node's agents. */
type Callback = (error: Error | null, stream?: Duplex) => void

const unanswered = () =>
  Object.assign(new Error(`no answer within ${timeout / 1_000}s`), { code: "ETIMEDOUT", syscall: "connect" })

/** Opens a tunnel to a host through a proxy. */
const openTunnel = (proxy: Proxy, target: string, callback: Callback): void => {
  const fail = (what: string, cause?: Error) =>
    callback(new TunnelError(`The proxy ${proxy.name} ${what}.`, cause === undefined ? {} : { cause }))
  const credentials = Option.match(proxy.authorization, {
    onNone: () => ({}),
    onSome: (value) => ({ "proxy-authorization": Redacted.value(value) })
  })
  const request = (proxy.protocol === "https:" ? Https : Http).request({
    host: proxy.host,
    port: proxy.port,
    method: "CONNECT",
    path: target,
    agent: false,
    headers: { host: target, ...credentials }
  })
  request
    .once("connect", ({ statusCode = 0 }, socket) => {
      request.setTimeout(0)
      if (statusCode >= 200 && statusCode < 300) return callback(null, socket)
      socket.destroy()
      fail(`answered ${statusCode} to CONNECT ${target}`)
    })
    .once("timeout", () => request.destroy(unanswered()))
    .once("error", (error) => fail("could not be reached", error))
    .setTimeout(timeout)
  request.end()
}

/**
 * Sends the connections of an agent through the proxies of a route. TLS starts within the tunnel, for the target host.
 */
const tunnel = (route: Route, protocol: "http:" | "https:", agent: Http.Agent): void => {
  const direct = agent.createConnection.bind(agent)
  agent.createConnection = (options: Http.ClientRequestArgs, callback: Callback) => {
    const { host, port } = options
    const target = `${host?.includes(":") ? `[${host}]` : host}:${port ?? (protocol === "https:" ? 443 : 80)}`
    const proxy = route(new URL(`${protocol}//${target}`))
    if (Option.isNone(proxy)) return direct(options, callback)
    openTunnel(proxy.value, target, (error, socket) => {
      if (socket === undefined) callback(error)
      else callback(null, protocol === "http:" ? socket : (direct({ ...options, ...{ socket } }, callback) ?? socket))
    })
    return undefined
  }
}

/** Node's HTTP client through the proxies of a route. */
export const layer = (route: Route): Layer.Layer<HttpClient.HttpClient> =>
  Layer.provide(
    NodeHttpClient.layerWithoutAgent,
    Layer.scoped(
      NodeHttpClient.HttpAgent,
      Effect.tap(NodeHttpClient.makeAgent(), ({ http, https }) => {
        tunnel(route, "http:", http)
        tunnel(route, "https:", https)
      })
    )
  )
