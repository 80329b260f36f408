/**
 * The transports of applications, each on the virtual time of a world: the mock's own in process, Node's `fetch` over a
 * socket, and undici's `request` over a socket, as in `NodeHttpClient.layerUndici`. And destinations outside a mock: a
 * closed port, an unknown host name, and another host that records its requests.
 */
import * as http from "node:http"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { type FaultPlan, MockServer, VirtualTime } from "@effect-pixxel/mock-server"
import { Exchange, exchangeHeader, socketAgent, trackedFetch } from "@effect-pixxel/mock-server/Tracking"
import * as Effect from "effect/Effect"
import type { Dispatcher } from "undici"
import { endpoints } from "../endpoints.js"
import { fetchFailed } from "../scripted.js"

export const transports = ["in process", "fetch", "undici"] as const
export type Transport = (typeof transports)[number]

/** The address of the mock's world. */
export const wayOf = (transport: Transport) => (transport === "in process" ? "inProcess" : "socket")

// --- other destinations ---

/** The destination of a request instead of the mock. */
export type Detour = "refused" | "nowhere"

export interface Places {
  readonly refused: string
  readonly nowhere: string
  /** Another host than those of the API and of the store. */
  readonly elsewhere: string
}

/** The requests to the other host: URLs, which contain the name of a world, and headers, as text. */
export const visits: Array<string> = []

const emptyZip = Buffer.from("UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==", "base64")

/** One letter more than a label allows, so that no name server is queried. */
const noName = `${"n".repeat(64)}.invalid`

const inProcessPlaces: Places = {
  refused: "http://refused.test",
  nowhere: `http://${noName}`,
  elsewhere: "http://elsewhere.test"
}

/** The errors of Node's `fetch` for these destinations, since there are no ports in process. */
const aroundTheMock =
  (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  async (input, init) => {
    const url = String(input)
    if (url.startsWith(inProcessPlaces.refused)) throw fetchFailed("ECONNREFUSED")
    if (!url.startsWith(inProcessPlaces.elsewhere)) return fetch(input, init)
    visits.push(JSON.stringify([url, ...new Headers(init?.headers)]))
    return new Response(emptyZip)
  }

const listening = (server: http.Server, host: string) =>
  Effect.acquireRelease(
    Effect.async<string>((resume) => {
      server.listen(0, host, () => resume(Effect.succeed(`http://${host}:${Object(server.address()).port}`)))
    }),
    () =>
      Effect.async<void>((resume) => {
        server.closeAllConnections()
        server.close(() => resume(Effect.void))
      })
  )

/** The socket destinations, for the scope. */
export const socketPlaces = Effect.gen(function* () {
  const refused = yield* Effect.scoped(listening(http.createServer(), "127.0.0.1"))
  const server = http.createServer(({ rawHeaders, url }, response) => {
    visits.push(JSON.stringify([url, ...rawHeaders]))
    response.end(emptyZip)
  })
  return { refused, nowhere: inProcessPlaces.nowhere, elsewhere: yield* listening(server, "localhost") }
})

export const placesOf = (transport: Transport, sockets: Places): Places =>
  transport === "in process" ? inProcessPlaces : sockets

// --- undici on virtual time ---

/** Reports the outcome of an undici request to an exchange. */
class Watched implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange
  readonly #handler: Dispatcher.DispatchHandler
  #controller: Dispatcher.DispatchController | undefined
  #source: ReadableStreamDefaultController<Uint8Array> | undefined
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  #isReading = false

  constructor(exchange: Exchange, handler: Dispatcher.DispatchHandler) {
    this.#exchange = exchange
    this.#handler = handler
  }

  /** undici reads a body until its consumer applies back pressure. */
  async #read(paused: () => boolean): Promise<void> {
    if (this.#isReading || this.#reader === undefined) return
    this.#isReading = true
    try {
      while (!paused() && !(await this.#reader.read()).done) {}
    } catch {
      // notify the handler
    }
    this.#isReading = false
  }

  #watching(controller: Dispatcher.DispatchController): Dispatcher.DispatchController {
    this.#controller ??= Object.create(controller, {
      aborted: { get: () => controller.aborted },
      paused: { get: () => controller.paused },
      reason: { get: () => controller.reason },
      pause: { value: () => controller.pause() },
      resume: {
        value: () => {
          controller.resume()
          void this.#read(() => controller.paused)
        }
      },
      abort: {
        value: (reason: Error) => {
          this.#exchange.abort()
          controller.abort(reason)
        }
      }
    }) as Dispatcher.DispatchController // has no public constructor
    return this.#controller
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#handler.onRequestStart?.(this.#watching(controller), context)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseStart"]>>[2],
    message?: string
  ): void {
    this.#exchange.answered("with body", false)
    const source = new ReadableStream<Uint8Array>({
      start: (it) => {
        this.#source = it
      }
    })
    this.#reader = this.#exchange.download(source).getReader()
    this.#handler.onResponseStart?.(this.#watching(controller), status, headers, message)
    void this.#read(() => controller.paused)
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    this.#source?.enqueue(piece)
    this.#handler.onResponseData?.(this.#watching(controller), piece)
  }

  onResponseEnd(
    controller: Dispatcher.DispatchController,
    trailers: Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseEnd"]>>[1]
  ): void {
    this.#source?.close()
    void this.#read(() => false)
    this.#handler.onResponseEnd?.(this.#watching(controller), trailers)
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    this.#source?.error(error)
    this.#exchange.failed()
    this.#handler.onResponseError?.(controller, error)
  }
}

/** The connections of all worlds of a process. */
const agent = socketAgent()

const trackedDispatcher = (time: VirtualTime): Dispatcher =>
  agent.compose((dispatch) => (options, handler) => {
    const exchange = new Exchange(time, `${options.method} ${options.path.split("?", 1)[0]}`)
    const headers = { ...options.headers, [exchangeHeader]: exchange.id }
    return dispatch({ ...options, headers }, new Watched(exchange, handler))
  })

// --- the client's transport ---

const overFetch = (fetch: typeof globalThis.fetch) =>
  Effect.map(HttpClient.HttpClient, (client) =>
    HttpClient.transform(client, Effect.provideService(FetchHttpClient.Fetch, fetch))
  ).pipe(Effect.provide(FetchHttpClient.layer))

const plain = (transport: Transport, { fetch, time }: MockServer.Service) => {
  if (transport === "in process") return overFetch(aroundTheMock(fetch))
  if (!(time instanceof VirtualTime)) return Effect.dieMessage("expected a world with a clock of its own")
  return transport === "fetch"
    ? overFetch(trackedFetch(time, globalThis.fetch))
    : Effect.succeed(NodeHttpClient.makeUndici(trackedDispatcher(time)))
}

const routes = endpoints.map(({ method, operation, path }) => ({
  operation,
  method,
  pattern: new RegExp(`${path.replace(/\{[^}]+\}/g, "[^/]+")}$`)
}))

/** The operation of a client request; `getPackage` is the request to the store. */
export type Step = Exclude<Extract<FaultPlan["rules"][number]["on"], string>, "*">

const stepOf = (method: string, { pathname }: URL): string | undefined =>
  pathname.endsWith("/package.zip")
    ? "getPackage"
    : routes.find((it) => it.method === method && it.pattern.test(pathname))?.operation

export interface Wire {
  readonly client: HttpClient.HttpClient
  /** Diverts the requests of one step to another destination from now on. */
  readonly lead: (step: Step, detour: Detour) => void
  /** The signatures of the requested URLs. */
  readonly signatures: ReadonlySet<string>
}

/** The transport of a client in a world. */
export const wire = (transport: Transport, places: Places) =>
  Effect.gen(function* () {
    const client = yield* plain(transport, yield* MockServer)
    const signatures = new Set<string>()
    let led: { readonly step: Step; readonly detour: Detour } | undefined
    const around = HttpClient.mapRequest(client, (request) => {
      const url = new URL(request.url)
      const signature = url.searchParams.get("signature")
      if (signature !== null) signatures.add(signature)
      return led !== undefined && stepOf(request.method, url) === led.step
        ? HttpClientRequest.setUrl(request, request.url.replace(url.origin, places[led.detour]))
        : request
    })
    const made: Wire = {
      client: around,
      signatures,
      lead: (step, detour) => {
        led = { step, detour }
      }
    }
    return made
  })
