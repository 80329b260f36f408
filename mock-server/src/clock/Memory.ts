/**
 * A connection in memory: a pair of linked duplex streams that behave like a TCP socket (half-close, reset,
 * backpressure). Client and server keep their real parsers, and no port is used.
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
  /** Runs a callback in the async context in which the connection was made, as Node does for a socket. */
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
    // the far end must not run within this end's call
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
    // the far end's pending write is lost, so it must fail
    this.#resume?.(reset())
    this.#later(() => {
      if (peer !== undefined && !peer.destroyed && !peer.readableEnded) peer.push(null)
      callback(error)
    })
  }

  /** As of a `net.Socket`. */
  resetAndDestroy(): this {
    const peer = this.#peer
    this.#later(() => peer?.destroy(reset()))
    return this.destroy()
  }
}

/** Settings of a `net.Socket` that mean nothing in memory. */
for (const setting of ["setTimeout", "setNoDelay", "setKeepAlive", "ref", "unref"]) {
  Object.defineProperty(Endpoint.prototype, setting, {
    value() {
      return this
    }
  })
}

const reset = () => Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", errno: -104, syscall: "read" })

export const connection = (): readonly [client: Duplex, server: Duplex] => Endpoint.pair()
