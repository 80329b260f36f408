/**
 * Tracks one request and its answer from both ends, and tells whether the machine still has work to do for either. It
 * is kept as state, so that an abort at any moment leaves it consistent. A header links the two ends.
 *
 * Requests reach their handlers, and answers their clients, when the world is quiet and in the order in which the
 * client sent them: on a socket as in process, at any load of the machine. A request that is aborted before then is
 * never delivered. Latencies are virtual: a parked handler sleeps on the world's clock.
 */
import { AsyncLocalStorage } from "node:async_hooks"
import type { IncomingMessage, ServerResponse } from "node:http"
import { ClientGone } from "./ClientGone.js"
import { countSent, relay } from "./counting.js"
import { onceOver } from "./endings.js"
import { inside } from "./Foreign.js"
import { sheltered } from "./timers.js"
import type { Holder, WorldTime } from "./WorldTime.js"

/** Header that links the two ends. Never forwarded to another host. */
export const exchangeHeader = "x-mock-exchange"

/** Live exchanges of all worlds, by the value of the header. */
const live = new Map<string, Exchange>()
let count = 0

/** Finds the exchange of a request by its header; absent after it was aborted. */
export const exchangeOf = (id: unknown): Exchange | undefined => live.get(String(id))

/**
 * Positions of a request in the order of all clients' actions: when it was sent, and when its client knew the result.
 */
export interface Sending {
  readonly sent: number
  known: number | undefined
}

type ClientState = "waiting" | "arrived" | "holding" | "done" | "aborted"
type ServerState = "absent" | "queued" | "handling" | "answered" | "closed"

/** Callbacks of the client's end: when its world ends, and when the exchange is over. */
export interface ExchangeOptions {
  readonly onEnd?: () => void
  /** Called when the answer waits for a time beyond the clock's cap. */
  readonly onRefused?: (error: Error) => void
  readonly onOver?: () => void
}

/** One request and its answer, on the time of their world. */
export class Exchange implements Holder {
  readonly id = `x${count++}`
  readonly #time: WorldTime
  readonly #order: number
  readonly #label: string
  readonly #release: () => void
  readonly #onClose = new Set<() => void>()
  readonly #isUntracked: boolean
  readonly #options: ExchangeOptions
  readonly #asCaller: <A>(run: () => A) => A = AsyncLocalStorage.snapshot()
  #arrived: (() => void) | undefined
  /** Order of the request; absent for an untracked client. */
  readonly sending: Sending | undefined
  #client: ClientState
  #server: ServerState = "absent"
  #producing = false // the program is making the next chunk of the request's body
  #uploaded = 0
  #uploadSeen = 0
  #headSeen = false
  #response: ServerResponse | undefined
  #encoded = false // fetch decodes the body and hides the number of bytes received
  #received = 0
  #headSent = false
  #sent = 0
  #parked = 0
  #undeliver: (() => void) | undefined
  #request: IncomingMessage | undefined

  /** Pass `untracked` for a client that does not use the world's own transport: then only the server's end counts. */
  constructor(time: WorldTime, label: string, client: ExchangeOptions | "untracked" = {}) {
    this.#isUntracked = client === "untracked"
    this.#options = client === "untracked" ? {} : client
    this.#client = this.#isUntracked ? "done" : "waiting"
    this.#time = time
    this.#order = time.nextOrder()
    this.sending = this.#isUntracked ? undefined : { sent: this.#order, known: undefined }
    this.#label = label
    this.#release = time.hold(this)
    // an untracked client has no header; one that names it is forged
    if (!this.#isUntracked) live.set(this.id, this)
    time.changed()
  }

  get busy(): boolean {
    if (this.#client === "aborted") return this.#server !== "closed"
    if (this.#server === "handling" && this.#parked === 0) return !this.#starved
    if (this.#client === "done") return this.#server === "answered" && this.#parked === 0 && !this.#waitsBehindAnother
    if (this.#client === "waiting") return !(this.#server === "queued" || this.#starved || this.#serverSleeps)
    return false // the program has the next move, or a message waits for its turn
  }

  /** The server has read all chunks of the request so far, and waits for one that the program has not made yet. */
  get #starved(): boolean {
    if (this.#isUntracked) return this.#request?.complete === false // the client may never send the rest
    return this.#producing && this.#uploaded === this.#uploadSeen
  }

  /** A pipelined answer gets the connection after the answers before it, and those may sleep. */
  get #waitsBehindAnother(): boolean {
    return this.#response?.socket === null
  }

  /** The handler is parked, and the client has received all bytes sent before. */
  get #serverSleeps(): boolean {
    const underWay = this.#headSent !== this.#headSeen || (!this.#encoded && this.#sent !== this.#received)
    return this.#parked > 0 && !underWay
  }

  /** Label of the request while the program has the answer and does not read the rest of its body. */
  get unread(): string | undefined {
    return this.#client === "holding" ? this.#label : undefined
  }

  describe(): string {
    return `${this.#label} (client ${this.#client}, server ${this.#server}${this.#parked > 0 ? ", parked" : ""})`
  }

  forget(): void {
    live.delete(this.id)
    if (this.#client === "done" || this.#client === "aborted") return
    this.#client = "aborted"
    this.#options.onEnd?.()
    this.#arrived?.()
  }

  /** Records that the client now knows the result of the request. */
  #markKnown(): void {
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

  /** Runs `run` while the program makes the request's body, before the request is sent. */
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

  /** Relays the request's body chunk by chunk, and counts the chunks. */
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

  /** Waits until the answer's head, or the failure of `fetch`, may be delivered. */
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

  /** Records that the program has the answer; without a body the client's end is done. */
  answered(body: "with body" | "without body", encoded: boolean): void {
    if (this.#client === "aborted") return
    this.#headSeen = true
    this.#encoded = encoded
    this.#markKnown()
    this.#client = body === "with body" ? "holding" : "done"
    this.#changed()
  }

  /** Records that `fetch` failed or that the body ended. */
  failed(): void {
    if (this.#client === "aborted") return
    this.#client = "done"
    this.#markKnown()
    this.#changed()
  }

  /** Relays the answer's body. An unread body does not hold time. */
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
    this.#markKnown()
    if (this.#server === "absent" || this.#server === "queued") {
      this.#undeliver?.() // aborted before the world was quiet: the request is never delivered
      this.#server = "closed"
    }
    this.#arrived?.()
    this.#changed()
  }

  // --- the server's end ---

  /** Counts a chunk of the request's body that the server has read. */
  uploadSeen(bytes: number): void {
    this.#uploadSeen += bytes
    this.#changed()
  }

  /**
   * Queues a request that has arrived, and runs `handle` at its turn. A redirect that `fetch` follows is another
   * request of the same exchange; the client does not see the redirecting answer.
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
    const cancel = this.#time.deliver(this.#order, deliver, this.#isUntracked)
    this.#undeliver = () => {
      cancel()
      this.#undeliver = undefined
    }
    this.#changed()
  }

  /** Records that the handler has returned; the answer may still be on the wire. */
  handled(): void {
    if (this.#server === "handling") this.#server = "answered"
    this.#changed()
  }

  /**
   * Sleeps for a latency, in virtual milliseconds; `Infinity` hangs. Rejects with `ClientGone` when the client
   * disconnects.
   */
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
        // the program asked for a time beyond the clock's cap: its request fails instead of being answered
        leave(() => reject(onRefused === undefined ? error : new ClientGone()))()
        onRefused?.(error)
      }
      const cancel = this.#time.after(millis, leave(resolve), refuse)
      // a program that waits for this answer in `busyWhile` stops time, so the latency would never end
      const stay =
        this.#isUntracked && millis !== Number.POSITIVE_INFINITY ? this.#time.whenBusy(leave(resolve)) : () => undefined
      this.#onClose.add(gone)
      this.#parked++
      this.#changed()
    })
  }
}
