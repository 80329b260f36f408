/**
 * Tracks work that a world has started in Node and that neither Effect nor an exchange sees: files, DNS, compression,
 * crypto, Blobs, immediates and real timers. Node reports it through `async_hooks`. Each piece of work is charged to
 * the world whose code started it; otherwise one test with a busy loop would stop all others.
 *
 * Node reports that work was prepared, not that it is pending, so each kind is checked in its own way: a crypto job
 * that ran synchronously, a cancelled immediate and an unread Blob hold no time.
 *
 * Not seen: workers, child processes, message ports, `fs.watch`, `setInterval`, unreferenced
 * timers (such as `AbortSignal.timeout`) and those above 5 s, `WebAssembly.compile`, native add-ons. Wrap them in
 * `busyWhile`.
 */
import { AsyncLocalStorage, AsyncResource, createHook, executionAsyncId } from "node:async_hooks"

/** Requests that Node answers once, by a callback. */
const request = /^(FSREQ|FILEHANDLECLOSEREQ|GETADDRINFO|GETNAMEINFO|QUERYWRAP)/

/** Jobs of `node:crypto`. Excludes HTTP requests, which exchanges account for. */
const cryptoJob = /^(?!UNDICI|HTTP|FSREQ).*(REQUEST|JOB)$/

/** Longest real timer that holds time, in milliseconds. A longer one is a guard: no next step depends on it. */
const longestTimer = 5_000

/** The members of Node's internal handles that this module reads or wraps. */
interface Handle {
  readonly _destroyed?: boolean
  readonly _repeat?: unknown
  readonly _idleTimeout?: number
  readonly hasRef?: () => boolean
  readonly buffer?: unknown
  run?: (...args: Array<unknown>) => unknown
  pull?: (callback: (...args: Array<unknown>) => void) => unknown
}

/** `resting` work does not hold time now, but may continue later. */
type State = "pending" | "resting" | "ended"

interface Work {
  readonly type: string
  readonly state: () => State
  /** Tells that the callback of the work runs; returns whether that ends the work. */
  readonly called: () => boolean
}

const once = () => true
const never = () => false

/** Reads the state of a handle. The handle is held weakly, since Node drops a request that it could not start. */
const of = (resource: Handle, look: (handle: Handle) => State) => {
  const weak = new WeakRef(resource)
  return (): State => {
    const handle = weak.deref()
    return handle === undefined || handle._destroyed === true ? "ended" : look(handle)
  }
}

const requestWork = (type: string, resource: Handle): Work => ({
  type,
  state: of(resource, () => "pending"),
  called: once
})

/** Checked at each look, since the program may call `ref` or `unref` on a timer at any time. */
const isShort = (timer: Handle) =>
  timer.hasRef?.() === true && timer._repeat == null && (timer._idleTimeout ?? 0) <= longestTimer

/**
 * A timer that is refreshed when it fires keeps its id, so its state counts, not its callback. A timer that keeps
 * refreshing itself is an interval: its firings hold time for at most 5 s in total.
 */
const timerWork = (type: string, resource: Handle): Work => {
  const weak = new WeakRef(resource)
  let fired = 0
  return {
    type,
    state: of(resource, (timer) => (isShort(timer) ? "pending" : "resting")),
    called: () => {
      const timer = weak.deref()
      fired += Math.max(1, timer?._idleTimeout ?? 0)
      return timer === undefined || timer._repeat != null || fired > longestTimer
    }
  }
}

/**
 * Whether a zlib stream is stuck in its write: it is not read (undici's gunzip of an unread body) or it has failed.
 * Neither makes progress on its own.
 */
const isStuck = (handle: Handle): boolean => {
  const owner = Object.getOwnPropertySymbols(handle).find((symbol) => symbol.description === "owner_symbol")
  const stream: { destroyed: boolean; readableLength: number; readableHighWaterMark: number } | undefined =
    owner === undefined ? undefined : Reflect.get(handle, owner)
  return stream !== undefined && (stream.destroyed || stream.readableLength >= stream.readableHighWaterMark)
}

/** Node sets `buffer` for the duration of one write. */
const zlibWork = (type: string, resource: Handle): Work => ({
  type,
  state: of(resource, (handle) => (handle.buffer != null && !isStuck(handle) ? "pending" : "resting")),
  called: never
})

/** `run` of a job returns an array when it ran synchronously; otherwise a callback or a promise gets the result. */
const jobWork = (type: string, resource: Handle): Work => {
  const { run } = resource
  let state: State = "resting"
  resource.run = function (...args) {
    const result = Reflect.apply(run ?? never, this, args)
    state = Array.isArray(result) ? "ended" : "pending"
    return result
  }
  return { type, state: of(resource, () => state), called: once }
}

let pulling = false

/** Reading a Blob calls `pull`. Each call gets one answer: 0 is the end, a negative number an error. */
const blobWork = (type: string, resource: Handle): Work => {
  const { pull } = resource
  let state: State = "resting"
  resource.pull = function (callback) {
    const answer = (...args: Array<unknown>) => {
      state = Number(args[0]) > 0 ? "resting" : "ended"
      callback(...args)
    }
    state = "pending"
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

  get busy(): string | undefined {
    for (const [id, { state, type }] of this.#open) {
      const now = state()
      if (now === "pending") return type
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

/**
 * The world whose code is running: a world's scheduler sets it, Node carries it on to promises, timers and callbacks.
 */
const current = new AsyncLocalStorage<Foreign>()

export const inside = <A>(foreign: Foreign, run: () => A): A => current.run(foreign, run)

/**
 * Makes the running code belong to a world from here on. Returns a function that undoes this, or undefined when the
 * code belonged to the world before.
 */
export const enter = (foreign: Foreign): (() => void) | undefined => {
  const before = current.getStore()
  if (before === foreign) return undefined
  current.enterWith(foreign)
  // without a store, `enterWith(undefined)` restores what `getStore` returned
  return () => current.enterWith(before as Foreign)
}

/** Runs `run` as code of no world: for resources that all worlds share. */
export const outside = <A>(run: () => A): A => current.exit(run)

/**
 * Open file handles, each with the world that reads it as a web stream: on Node 20 such a read is a request of the
 * handle, and a callback of the handle answers it.
 */
const fileHandles = new Map<number, Foreign | undefined>()

/** Whether the handle itself made the request, not the program in a callback of the handle. */
const isOwn = (handle: number, request: object) => executionAsyncId() !== handle || "handle" in request

const readHandle = (id: number): void => {
  const reader = current.getStore() ?? fileHandles.get(id)
  fileHandles.set(id, reader)
  reader?.begin(id, { type: "FILEHANDLE", state: () => "pending", called: once })
}

/** Has no `destroy` hook: with one, Node would track the garbage collection of every promise. */
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

/** Whether this runtime reports work at all: Bun accepts hooks and never calls them. */
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

/** Watches the work of all worlds. Disabled while there is no world. */
export const hook = {
  enable: (): void => {
    asyncHook.enable()
  },
  disable: (): void => {
    asyncHook.disable()
    fileHandles.clear()
  }
}
