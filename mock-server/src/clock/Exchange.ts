/**
 * One request and its answer, seen from both ends: whether the machine still owes somebody something. It is state,
 * so that an abort at any moment leaves it right; the two ends find each other by a header.
 *
 * A request reaches its handler, and an answer its client, when the world is quiet, in the order in which the client
 * sent: on a socket as in process, whatever the machine does meanwhile. A request that was aborted before that never
 * left. Latencies are virtual: a handler that parks sleeps on the world's clock.
 */

import { AsyncLocalStorage } from "node:async_hooks"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import type { Sending } from "../core/Journal.js"
import { ClientGone } from "./ClientGone.js"
import { inside } from "./Foreign.js"
import { WebStream } from "./streams.js"
import { sheltered } from "./timers.js"
import type { WorldClock } from "./WorldClock.js"
import { type Holder, WorldTime } from "./WorldTime.js"

/** Links the two ends. Never journaled, never forwarded. */
export const exchangeHeader = "x-mock-exchange"

/** Live exchanges of all worlds, by the header's value. */
const live = new Map<string, Exchange>()
let count = 0

type ClientState = "waiting" | "arrived" | "holding" | "done" | "aborted"
type ServerState = "absent" | "queued" | "handling" | "answered" | "closed"

/** What the client's end does at the end of its world, and when there is no more to do. */
export interface ExchangeOptions {
  readonly onEnd?: () => void
  /** The answer waits for a time that never comes. */
  readonly onRefused?: (error: Error) => void
  readonly onOver?: () => void
}

export class Exchange implements Holder {
  readonly id = `x${count++}`
  readonly #time: WorldTime
  readonly #order: number
  readonly #what: string
  readonly #release: () => void
  readonly #onClose = new Set<() => void>()
  readonly #isUnseen: boolean
  readonly #options: ExchangeOptions
  readonly #asCaller: <A>(run: () => A) => A = AsyncLocalStorage.snapshot()
  #arrived: (() => void) | undefined
  /** Of a client that is seen. */
  readonly sending: Sending | undefined
  #client: ClientState
  #server: ServerState = "absent"
  #producing = false // the program owes the next piece of the request's body
  #uploaded = 0
  #uploadSeen = 0
  #headSeen = false
  #response: ServerResponse | undefined
  #encoded = false // fetch decodes, and hides how many bytes came
  #received = 0
  #headSent = false
  #sent = 0
  #parked = 0
  #undeliver: (() => void) | undefined
  #request: IncomingMessage | undefined

  /** `unseen` is a client that does not use the world's own transport: only the server's end counts. */
  constructor(time: WorldTime, what: string, client: ExchangeOptions | "unseen" = {}) {
    this.#isUnseen = client === "unseen"
    this.#options = client === "unseen" ? {} : client
    this.#client = this.#isUnseen ? "done" : "waiting"
    this.#time = time
    this.#order = time.nextOrder()
    this.sending = this.#isUnseen ? undefined : { sent: this.#order, known: undefined }
    this.#what = what
    this.#release = time.hold(this)
    // a header that names what nobody tracks is made up
    if (!this.#isUnseen) live.set(this.id, this)
    time.changed()
  }

  get busy(): boolean {
    if (this.#client === "aborted") return this.#server !== "closed"
    if (this.#server === "handling" && this.#parked === 0) return !this.#starved
    if (this.#client === "done") return this.#server === "answered" && this.#parked === 0 && !this.#waitsBehindAnother
    if (this.#client === "waiting") return !(this.#server === "queued" || this.#starved || this.#serverSleeps)
    return false // the client's program has the next move, or a message waits for its turn
  }

  /** The server waits for a piece of the request that the program has not made yet, and has had all the others. */
  get #starved(): boolean {
    if (this.#isUnseen) return this.#request?.complete === false // who may take for ever to send the rest
    return this.#producing && this.#uploaded === this.#uploadSeen
  }

  /** Several requests came at once on a connection: an answer has it when those before are through, which may sleep. */
  get #waitsBehindAnother(): boolean {
    return this.#response?.socket === null
  }

  /** The handler is parked, and all that was sent before has arrived. */
  get #serverSleeps(): boolean {
    const underWay = this.#headSent !== this.#headSeen || (!this.#encoded && this.#sent !== this.#received)
    return this.#parked > 0 && !underWay
  }

  /** The program has the answer, and is not reading what there is left of its body. */
  get unread(): string | undefined {
    return this.#client === "holding" ? this.#what : undefined
  }

  describe(): string {
    return `${this.#what} (client ${this.#client}, server ${this.#server}${this.#parked > 0 ? ", parked" : ""})`
  }

  forget(): void {
    live.delete(this.id)
    if (this.#client === "done" || this.#client === "aborted") return
    this.#client = "aborted"
    this.#options.onEnd?.()
    this.#arrived?.()
  }

  /** The client knows what has become of it. */
  #learnt(): void {
    if (this.sending !== undefined) this.sending.known = this.#time.nextOrder()
  }

  #changed(): void {
    const over =
      this.#client === "aborted"
        ? this.#server === "closed"
        : this.#client === "done" && (this.#server === "closed" || this.#server === "absent")
    if (over) {
      live.delete(this.id)
      this.#options.onOver?.()
      this.#release()
    } else {
      this.#time.changed()
    }
  }

  // --- the client's end ---

  /** The program makes the body of its request before it is sent. */
  async whileProducing<A>(run: () => Promise<A>): Promise<A> {
    this.#producing = true
    this.#changed()
    try {
      return await run()
    } finally {
      this.#producing = false
      this.#changed()
    }
  }

  /** The program's body of a request, piece by piece. */
  upload(source: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    return relay(source, {
      pull: () => {
        this.#producing = true
        this.#changed()
      },
      piece: (bytes) => {
        this.#producing = false
        this.#uploaded += bytes
        this.#changed()
      },
      end: () => {
        this.#producing = false
        this.#changed()
      },
      cancel: () => {},
      within: this.#asCaller
    })
  }

  /** Waits for its turn: the answer's head, or what `fetch` failed with. */
  arrive(): Promise<void> {
    if (this.#client === "aborted") return Promise.resolve()
    return new Promise((resolve) => {
      this.#client = "arrived"
      const cancel = this.#time.deliver(this.#order + 0.5, () => this.#arrived?.())
      this.#arrived = () => {
        this.#arrived = undefined
        cancel()
        resolve()
      }
      this.#changed()
    })
  }

  /** The program has the answer; without a body it is done with it. */
  answered(body: "with body" | "without body", encoded: boolean): void {
    if (this.#client === "aborted") return
    this.#headSeen = true
    this.#encoded = encoded
    this.#learnt()
    this.#client = body === "with body" ? "holding" : "done"
    this.#changed()
  }

  /** `fetch` failed: no more is to come. */
  failed(): void {
    if (this.#client === "aborted") return
    this.#client = "done"
    this.#learnt()
    this.#changed()
  }

  /** The answer's body. A body that nobody reads holds nothing. */
  download(source: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    return relay(
      source,
      {
        pull: () => {
          this.#client = "waiting"
          this.#changed()
        },
        piece: (bytes) => {
          this.#received += bytes
          this.#client = "holding"
          this.#changed()
        },
        end: () => this.failed(),
        cancel: () => this.abort(),
        within: sheltered
      },
      "bytes"
    )
  }

  abort(): void {
    if (this.#client === "done" || this.#client === "aborted") return
    this.#client = "aborted"
    this.#learnt()
    if (this.#server === "absent" || this.#server === "queued") {
      this.#undeliver?.() // aborted before the world was quiet: it never left
      this.#server = "closed"
    }
    this.#arrived?.()
    this.#changed()
  }

  // --- the server's end ---

  /** A piece of the request's body has come. */
  uploadSeen(bytes: number): void {
    this.#uploadSeen += bytes
    this.#changed()
  }

  /**
   * The request has arrived; `handle` runs when it is its turn. A redirect that `fetch` follows is another request of
   * the same exchange, and its client sees nothing of the answer before.
   */
  attach(request: IncomingMessage, response: ServerResponse, handle: () => void): void {
    this.#server = "queued"
    this.#request = request
    this.#response = response
    this.#headSent = false
    this.#sent = 0
    countSent(response, (bytes) => {
      if (this.#response !== response) return
      this.#headSent = true
      this.#sent += bytes
    })
    onceOver(request, response, () => {
      if (this.#response !== response) return
      for (const gone of this.#onClose) gone()
      this.#undeliver?.()
      this.#server = "closed"
      this.#changed()
    })
    const deliver = () => {
      this.#undeliver = undefined
      this.#server = "handling"
      this.#changed()
      sheltered(() => inside(this.#time.foreign, handle))
    }
    const cancel = this.#isUnseen
      ? this.#time.deliverUnseen(this.#order, deliver)
      : this.#time.deliver(this.#order, deliver)
    this.#undeliver = () => {
      cancel()
      this.#undeliver = undefined
    }
    this.#changed()
  }

  /** The handler is through; the answer may still be on its way. */
  handled(): void {
    if (this.#server === "handling") this.#server = "answered"
    this.#changed()
  }

  /** A latency in virtual time; `Infinity` is a server that hangs. Rejects when the client goes away. */
  park(millis: number): Promise<void> {
    if (this.#server === "closed") return Promise.reject(new ClientGone())
    return new Promise((resolve, reject) => {
      const leave = (then: () => void) => () => {
        cancel()
        stay()
        this.#onClose.delete(gone)
        this.#parked--
        this.#changed()
        then()
      }
      const gone = leave(() => reject(new ClientGone()))
      const refuse = (error: Error) => {
        const { onRefused } = this.#options
        // the program has set a time that the clock does not reach: it is told so, not answered
        leave(() => reject(onRefused === undefined ? error : new ClientGone()))()
        onRefused?.(error)
      }
      const cancel = this.#time.after(millis, leave(resolve), refuse)
      // the program waits for this answer in `busyWhile`, so that time cannot go on to the end of a latency
      const stay =
        this.#isUnseen && millis !== Number.POSITIVE_INFINITY ? this.#time.whenBusy(leave(resolve)) : () => undefined
      this.#onClose.add(gone)
      this.#parked++
      this.#changed()
    })
  }
}

/** What is to be done when a connection ends, by connection. */
const endings = new WeakMap<Socket, Set<() => void>>()

/**
 * Calls `run` when an answer is over: sent, or its connection gone. Node says nothing of the latter to an answer that
 * still waits behind another one. The returned function calls it off.
 */
export const onceOver = (request: IncomingMessage, response: ServerResponse, run: () => void): (() => void) => {
  const { socket } = request
  const known = endings.get(socket)
  const all = known ?? new Set()
  if (known === undefined) {
    endings.set(socket, all)
    socket.once("close", () => {
      for (const end of all) end()
    })
  }
  const cancel = () => {
    all.delete(over)
    response.off("close", over)
  }
  const over = () => {
    cancel()
    run()
  }
  all.add(over)
  response.once("close", over)
  return cancel
}

/** Parks a request of a world in real time: there is nothing to account for. */
const parkOn = (clock: WorldClock, request: IncomingMessage, response: ServerResponse, millis: number): Promise<void> =>
  new Promise((resolve, reject) => {
    if (response.closed || request.socket.destroyed) return reject(new ClientGone())
    const stay = onceOver(request, response, () => {
      cancel()
      reject(new ClientGone())
    })
    const cancel = clock.after(millis, () => {
      stay()
      resolve()
    })
  })

const attached = new WeakMap<IncomingMessage, Exchange>()

/** The client's end of a request, when it is seen. */
export const sendingOf = (request: FastifyRequest): Sending | undefined => attached.get(request.raw)?.sending

/**
 * Has the requests of an app take part in the time of their world. The hook that finds the world must be registered
 * before this one.
 */
export const attachExchanges = (
  app: FastifyInstance,
  clockOf: (request: FastifyRequest) => WorldClock | undefined
): void => {
  // before any hook: a small body comes with the head
  app.server.prependListener("request", (request: IncomingMessage) => {
    const exchange = live.get(String(request.headers[exchangeHeader]))
    if (exchange !== undefined) countUpload(request, (bytes) => exchange.uploadSeen(bytes))
  })
  app.addHook("onRequest", (request, reply, done) => {
    const clock = clockOf(request)
    if (!(clock instanceof WorldTime)) return done()
    const id = request.headers[exchangeHeader]
    const exchange =
      typeof id === "string" ? live.get(id) : new Exchange(clock, `${request.method} ${request.url}`, "unseen")
    if (exchange === undefined) return drop(reply)
    attached.set(request.raw, exchange)
    exchange.attach(request.raw, reply.raw, done)
  })
  app.addHook("onSend", (request, _reply, _payload, done) => {
    attached.get(request.raw)?.handled()
    done()
  })
}

/** Its client gave up before it arrived. */
const drop = (reply: FastifyReply): void => {
  reply.hijack()
  reply.raw.destroy()
}

/** A latency of the answer to this request, on its world's clock. */
export const park = (request: FastifyRequest, reply: FastifyReply, clock: WorldClock, millis: number): Promise<void> =>
  attached.get(request.raw)?.park(millis) ?? parkOn(clock, request.raw, reply.raw, millis)

// --- counting ---

interface Watch {
  readonly pull: () => void
  readonly piece: (bytes: number) => void
  readonly end: () => void
  readonly cancel: () => void
  /** Where the source is read. */
  readonly within: <A>(run: () => A) => A
}

/**
 * `highWaterMark: 0`, so that a `pull` means that somebody reads. A stream of bytes may be read into a buffer of the
 * reader's (`mode: "byob"`).
 */
const relay = (source: ReadableStream<Uint8Array>, watch: Watch, kind?: "bytes"): ReadableStream<Uint8Array> => {
  const reader = source.getReader()
  const next = async (): Promise<Uint8Array | undefined> => {
    while (true) {
      const { done, value } = await watch.within(() => reader.read())
      if (done) return undefined
      if (value.byteLength > 0) return value // a stream of bytes refuses an empty piece
    }
  }
  return new WebStream<Uint8Array>(
    {
      // Node's types have streams of bytes apart from the others
      ...(kind === undefined ? {} : ({ type: kind } as object)),
      pull: async (controller) => {
        watch.pull()
        try {
          const piece = await next()
          if (piece === undefined) {
            controller.close()
            if ("byobRequest" in controller) (controller as ReadableByteStreamController).byobRequest?.respond(0)
            watch.end()
          } else {
            controller.enqueue(kind === undefined ? piece : new Uint8Array(piece)) // a stream of bytes takes the memory
            watch.piece(piece.byteLength)
          }
        } catch (error) {
          controller.error(error)
          watch.end()
        }
      },
      cancel: (reason) => {
        watch.cancel()
        return reader.cancel(reason)
      }
    },
    { highWaterMark: 0 }
  )
}

/** Counts the bytes of a request's body as the parser hands them on. */
const countUpload = (request: IncomingMessage, seen: (bytes: number) => void): void => {
  const push = request.push.bind(request)
  request.push = (chunk: Uint8Array | null, encoding?: BufferEncoding) => {
    if (chunk !== null) seen(chunk.byteLength)
    return push(chunk, encoding)
  }
}

/** Counts the bytes of an answer's body as the handler hands them over. */
const countSent = (response: ServerResponse, sent: (bytes: number) => void): void => {
  for (const method of ["write", "end", "flushHeaders"] as const) {
    const original: (...args: Array<never>) => unknown = response[method].bind(response)
    Object.assign(response, {
      [method]: (...args: Array<never>) => {
        const chunk: unknown = args[0]
        sent(typeof chunk === "string" || chunk instanceof Uint8Array ? Buffer.byteLength(chunk) : 0)
        return original(...args)
      }
    })
  }
}
