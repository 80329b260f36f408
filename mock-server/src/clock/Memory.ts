/**
 * A connection in memory: two duplex streams that are each other's far end, with what a TCP socket does at its ends
 * (half-close, reset, backpressure). The parsers of client and server stay real, and no port is used.
 */
import { AsyncLocalStorage } from "node:async_hooks"
import { Duplex } from "node:stream"
import { setImmediate } from "./timers.js"

class Endpoint extends Duplex {
  #peer: Endpoint | undefined
  #resume: ((error?: Error) => void) | undefined
  readonly remoteAddress = "127.0.0.1"
  readonly remoteFamily = "IPv4"
  readonly remotePort = 0
  bytesRead = 0
  bytesWritten = 0
  /** Runs code as Node runs that of a socket: in the context in which the connection was made. */
  readonly #within: <A>(run: () => A) => A = AsyncLocalStorage.snapshot()

  static pair(): readonly [Endpoint, Endpoint] {
    const one = new Endpoint()
    const other = new Endpoint()
    one.#peer = other
    other.#peer = one
    return [one, other]
  }

  constructor() {
    super({ allowHalfOpen: false, autoDestroy: true, emitClose: true })
  }

  #later(run: () => void): void {
    this.#within(() => setImmediate(run))
  }

  override _read(): void {
    const resume = this.#resume
    this.#resume = undefined
    resume?.()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    const peer = this.#peer
    // the far end must not run inside this end's call
    this.#later(() => {
      if (peer === undefined || peer.destroyed) return callback(reset())
      this.bytesWritten += chunk.length
      peer.bytesRead += chunk.length
      if (peer.push(chunk)) callback()
      else peer.#resume = callback
    })
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#later(() => {
      if (this.#peer?.destroyed === false) this.#peer.push(null)
      callback()
    })
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const peer = this.#peer
    this.#peer = undefined
    // what the far end still had to write is lost, and it must not take it for written
    this.#resume?.(reset())
    this.#later(() => {
      if (peer !== undefined && !peer.destroyed && !peer.readableEnded) peer.push(null)
      callback(error)
    })
  }

  /** What `net.Socket` has, and HTTP calls. */
  resetAndDestroy(): this {
    const peer = this.#peer
    this.#later(() => peer?.destroy(reset()))
    return this.destroy()
  }
  setTimeout(): this {
    return this
  }
  setNoDelay(): this {
    return this
  }
  setKeepAlive(): this {
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
}

const reset = () => Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", errno: -104, syscall: "read" })

/** Both ends of a new connection: the client's, the server's. */
export const connection = (): readonly [client: Duplex, server: Duplex] => Endpoint.pair()
