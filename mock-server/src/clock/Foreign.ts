/**
 * Work that a world has begun in Node and that neither Effect nor an exchange sees: files, DNS, compression, crypto,
 * Blobs, immediates and real timers. Node reports it through `async_hooks`; each piece is charged to the world whose
 * code began it, because one test with a busy loop would otherwise stop all others.
 *
 * Node reports that work was prepared, not that it is under way. Each kind has evidence of its own for that: a crypto
 * job that ran at once, a cancelled immediate and an unread Blob hold nothing.
 *
 * Not seen (the list of the README says more): workers, child processes, message ports, `fs.watch`, `setInterval`, timers without a reference
 * (`AbortSignal.timeout` is one) or above 5 s, `WebAssembly.compile`, native add-ons. Put them into `busyWhile`.
 */
import { AsyncLocalStorage, AsyncResource, createHook, executionAsyncId } from "node:async_hooks"

/** Requests that answer once, by a callback. */
const request = /^(FSREQ|FILEHANDLECLOSEREQ|GETADDRINFO|GETNAMEINFO|QUERYWRAP)/

/** Jobs of `node:crypto`. Requests of HTTP are not among them: exchanges account for those. */
const cryptoJob = /^(?!UNDICI|HTTP|FSREQ).*(REQUEST|JOB)$/

/** A longer real timer is a guard, not something that a next step depends on. */
const longestTimer = 5_000

/** The parts of Node's own handles that are read here, or followed. */
interface Handle {
  readonly _destroyed?: boolean
  readonly _repeat?: unknown
  readonly _idleTimeout?: number
  readonly hasRef?: () => boolean
  readonly buffer?: unknown
  run?: (...args: Array<unknown>) => unknown
  pull?: (callback: (...args: Array<unknown>) => void) => unknown
}

/** `resting` work holds nothing now, and may go on later. */
type State = "under way" | "resting" | "ended"

interface Work {
  readonly type: string
  readonly state: () => State
  /** Its callback runs: true when that ends it. */
  readonly called: () => boolean
}

const once = () => true
const never = () => false

/** What `look` says of a handle, which is kept weakly: Node drops a request that it could not start. */
const of = (resource: Handle, look: (handle: Handle) => State) => {
  const weak = new WeakRef(resource)
  return (): State => {
    const handle = weak.deref()
    return handle === undefined || handle._destroyed === true ? "ended" : look(handle)
  }
}

const requestWork = (type: string, resource: Handle): Work => ({
  type,
  state: of(resource, () => "under way"),
  called: once
})

/** A reference may be given to a timer, or taken from it, at any time. */
const isShort = (timer: Handle) =>
  timer.hasRef?.() === true && timer._repeat == null && (timer._idleTimeout ?? 0) <= longestTimer

/**
 * A timer that is refreshed when it fires goes on under the same id, so its state counts and not its callback. One that
 * keeps refreshing itself is an interval: its firings hold for 5 s together.
 */
const timerWork = (type: string, resource: Handle): Work => {
  const weak = new WeakRef(resource)
  let fired = 0
  return {
    type,
    state: of(resource, (timer) => (isShort(timer) ? "under way" : "resting")),
    called: () => {
      const timer = weak.deref()
      fired += Math.max(1, timer?._idleTimeout ?? 0)
      return timer === undefined || timer._repeat != null || fired > longestTimer
    }
  }
}

/**
 * A zlib stream stays in the middle of its write when nobody reads it, as undici's gunzip of an unread body does, and
 * when it has failed: nothing more comes of either.
 */
const isStuck = (handle: Handle): boolean => {
  const owner = Object.getOwnPropertySymbols(handle).find((symbol) => symbol.description === "owner_symbol")
  const stream: { destroyed: boolean; readableLength: number; readableHighWaterMark: number } | undefined =
    owner === undefined ? undefined : Reflect.get(handle, owner)
  return stream !== undefined && (stream.destroyed || stream.readableLength >= stream.readableHighWaterMark)
}

/** `buffer` is set for the length of one write. */
const zlibWork = (type: string, resource: Handle): Work => ({
  type,
  state: of(resource, (handle) => (handle.buffer != null && !isStuck(handle) ? "under way" : "resting")),
  called: never
})

/** `run` of a job returns what it did at once; without a result, the job answers by a callback or a promise. */
const jobWork = (type: string, resource: Handle): Work => {
  const { run } = resource
  let state: State = "resting"
  resource.run = function (...args) {
    const result = Reflect.apply(run ?? never, this, args)
    state = Array.isArray(result) ? "ended" : "under way"
    return result
  }
  return { type, state: of(resource, () => state), called: once }
}

let pulling = false

/** A Blob is read by calls of `pull`, each of which is answered once: 0 is the end, below 0 an error. */
const blobWork = (type: string, resource: Handle): Work => {
  const { pull } = resource
  let state: State = "resting"
  resource.pull = function (callback) {
    const answer = (...args: Array<unknown>) => {
      state = Number(args[0]) > 0 ? "resting" : "ended"
      callback(...args)
    }
    state = "under way"
    const before = pulling
    pulling = true
    try {
      return Reflect.apply(pull ?? never, this, [answer])
    } finally {
      pulling = before
    }
  }
  return { type, state: of(resource, () => state), called: never }
}

/** What is to be followed of a resource of this type, if anything. */
const workOf = (type: string): ((type: string, resource: Handle) => Work) | undefined => {
  if (type === "Immediate" || request.test(type)) return requestWork
  if (type === "Timeout") return timerWork
  if (type === "ZLIB") return zlibWork
  if (type === "BLOBREADER") return blobWork
  return cryptoJob.test(type) ? jobWork : undefined
}

const owners = new Map<number, Foreign>()

export class Foreign {
  readonly #open = new Map<number, Work>()
  #disposed = false

  /** The kind of one piece of work that is under way, if any. */
  get busy(): string | undefined {
    for (const [id, { state, type }] of this.#open) {
      const now = state()
      if (now === "under way") return type
      if (now === "ended") this.close(id)
    }
    return undefined
  }

  begin(id: number, work: Work): void {
    if (this.#disposed) return
    owners.set(id, this)
    this.#open.set(id, work)
  }

  before(id: number): void {
    if (this.#open.get(id)?.called() === true) this.close(id)
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

/** Whose code is running: set by a world's scheduler, carried by Node through promises, timers and callbacks. */
const current = new AsyncLocalStorage<Foreign>()

/** Runs code that belongs to a world. */
export const inside = <A>(foreign: Foreign, run: () => A): A => current.run(foreign, run)

/**
 * Has the code that runs now belong to a world, from here on. Returns what puts it back, unless it belonged to it before.
 */
export const enter = (foreign: Foreign): (() => void) | undefined => {
  const before = current.getStore()
  if (before === foreign) return undefined
  current.enterWith(foreign)
  // without a store, `enterWith(undefined)` is what `getStore` saw
  return () => current.enterWith(before as Foreign)
}

/** Runs code that belongs to no world: what is shared by all of them. */
export const outside = <A>(run: () => A): A => current.exit(run)

/**
 * Open file handles, and the world that reads each one as a web stream: on Node 20 that is a request of the handle,
 * which is answered by a callback of the handle.
 */
const fileHandles = new Map<number, Foreign | undefined>()

/** A request that the handle itself has made, and not the program in a callback of the handle. */
const isOwn = (handle: number, request: object) => executionAsyncId() !== handle || "handle" in request

const readHandle = (id: number): void => {
  const reader = current.getStore() ?? fileHandles.get(id)
  fileHandles.set(id, reader)
  reader?.begin(id, { type: "FILEHANDLE", state: () => "under way", called: once })
}

/** No `destroy` hook: with it, Node would track the collection of every promise. */
const asyncHook = createHook({
  init(id, type, trigger, resource) {
    if (type === "PROMISE") return
    if (type === "FILEHANDLE" && !pulling) fileHandles.set(id, undefined)
    if (type === "FSREQCALLBACK" && pulling) return // the Blob accounts for it
    if (type === "FSREQCALLBACK" && fileHandles.has(trigger) && isOwn(trigger, resource)) return readHandle(trigger)
    const work = workOf(type)
    if (work !== undefined) current.getStore()?.begin(id, work(type, resource))
  },
  before(id) {
    owners.get(id)?.before(id)
  }
})

/** Whether this runtime reports work at all: Bun takes hooks, and never calls them. */
export const reportsWork = (): boolean => {
  let reported = false
  const probe = createHook({
    init: () => {
      reported = true
    }
  }).enable()
  new AsyncResource("PROBE")
  probe.disable()
  return reported
}

/** Watches the work of all worlds; off while there is none. */
export const hook = {
  enable: (): void => {
    asyncHook.enable()
  },
  disable: (): void => {
    asyncHook.disable()
    fileHandles.clear()
  }
}
