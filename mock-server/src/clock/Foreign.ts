/**
 * What a world has begun in Node that neither Effect nor an exchange knows of: files, DNS, compression, crypto,
 * immediates and real timers. Node tells of them through `async_hooks`, and each is charged to the world whose code
 * began it; charged to all, one test with a busy loop would stop the others for ever.
 *
 * Nobody sees workers, child processes, message ports and timers without a reference: those go into `busyWhile`.
 */
import { AsyncLocalStorage, createHook } from "node:async_hooks"

/**
 * Each of these answers once, at its first `before`. Sockets and requests of HTTP (`UNDICI_REQUEST`,
 * `HTTPCLIENTREQUEST`) are absent: exchanges account for them, and who waits for an answer must not keep the world from
 * giving it.
 */
const single =
  /^(?!UNDICI|HTTP)(FSREQ|FILEHANDLECLOSEREQ|GETADDRINFO|GETNAMEINFO|QUERYWRAP|.*REQUEST$|.*JOB$|BLOBREADER|Immediate$)/

/** Crypto, which Node tells of in the same way whether it answers later or, as `getRandomValues`, at once. */
const crypto = /(?:REQUEST|JOB)$/

/** A longer real timer is a guard, not something that a next step hangs on. */
const longestTimer = 5_000

/** The parts that Node's own timer and zlib handles have, and that are read here. */
interface Handle {
  readonly _destroyed?: boolean
  readonly _repeat?: unknown
  readonly _idleTimeout?: number
  readonly hasRef?: () => boolean
  readonly buffer?: unknown
  /** Set on crypto that answers later. */
  readonly ondone?: unknown
}

interface Entry {
  readonly type: string
  /** Kept for those that may end without `before`. */
  readonly handle?: WeakRef<Handle>
}

/**
 * A zlib stream stays in the middle of its write when nobody reads it, as undici's gunzip of an unread body, and when
 * it has failed: nothing more comes of either.
 */
const resting = (handle: Handle): boolean => {
  const owner = Object.getOwnPropertySymbols(handle).find((symbol) => symbol.description === "owner_symbol")
  const stream: { destroyed: boolean; readableLength: number; readableHighWaterMark: number } | undefined =
    owner === undefined ? undefined : Reflect.get(handle, owner)
  return stream !== undefined && (stream.destroyed || stream.readableLength >= stream.readableHighWaterMark)
}

const owners = new Map<number, Foreign>()

export class Foreign {
  readonly #open = new Map<number, Entry>()
  #disposed = false

  /** The kind of one piece of work that is under way, if any. */
  get busy(): string | undefined {
    for (const [id, { handle, type }] of this.#open) {
      if (handle === undefined) return type
      const it = handle.deref()
      if (it === undefined || it._destroyed === true) this.close(id)
      else if (crypto.test(type) && it.ondone === undefined) this.close(id)
      else if (crypto.test(type) || (type === "ZLIB" ? inWrite(it) : waiting(it))) return type
    }
    return undefined
  }

  begin(id: number, entry: Entry): void {
    if (this.#disposed) return
    owners.set(id, this)
    this.#open.set(id, entry)
  }

  before(id: number): void {
    if (this.#open.get(id)?.type !== "ZLIB") this.close(id)
  }

  close(id: number): void {
    this.#open.delete(id)
    owners.delete(id)
  }

  dispose(): void {
    this.#disposed = true
    for (const id of this.#open.keys()) owners.delete(id)
    this.#open.clear()
  }
}

/** `buffer` is set for the length of one write. */
const inWrite = (handle: Handle) => handle.buffer != null && !resting(handle)
const waiting = (timer: Handle) =>
  timer.hasRef?.() === true && timer._repeat == null && (timer._idleTimeout ?? 0) <= longestTimer

/** Whose code is running: set by a world's scheduler, carried by Node through promises, timers and callbacks. */
const current = new AsyncLocalStorage<Foreign>()

/** Runs code that belongs to a world. */
export const inside = <A>(foreign: Foreign, run: () => A): A => current.run(foreign, run)

/** Runs code that belongs to no world: what is shared by all of them. */
export const outside = <A>(run: () => A): A => current.exit(run)

/** No `destroy` hook: with it, Node would track the collection of every promise. */
export const hook = createHook({
  init(id, type, _trigger, resource) {
    if (type === "PROMISE") return
    const kept = type === "Timeout" || type === "ZLIB" || crypto.test(type)
    if (!kept && !single.test(type)) return
    current.getStore()?.begin(id, kept ? { type, handle: new WeakRef(resource) } : { type })
  },
  before(id) {
    owners.get(id)?.before(id)
  }
})
