/**
 * Node's real timers, even while a test fakes them: `vi.useFakeTimers()` replaces the globals, and a faked
 * `setImmediate` would stop every world of the process. The clock and the connections in memory use the functions
 * captured when this module loaded. Code that reads the globals at each call (undici, Node's streams) runs `sheltered`:
 * there a faked global calls the real one.
 */
import { AsyncLocalStorage } from "node:async_hooks"

export const { clearInterval, queueMicrotask, setImmediate, setInterval } = globalThis

/** Real time in milliseconds. */
export const monotonic = performance.now.bind(performance)

const { timeOrigin } = performance

/** Milliseconds of real time since 1970. */
export const realNow = (): number => timeOrigin + monotonic()

type Call = (...args: Array<unknown>) => unknown

/** A global that tests fake and that undici or Node calls by name. */
interface Global {
  readonly holder: object
  readonly name: string
  readonly real: Call
}

const globals: ReadonlyArray<Global> = [
  ...["setImmediate", "clearImmediate", "setTimeout", "clearTimeout", "queueMicrotask"].map((name) => ({
    holder: globalThis,
    name
  })),
  { holder: process, name: "nextTick" }
].map(({ holder, name }) => ({ holder, name, real: Reflect.get(holder, name) }))

const shelter = new AsyncLocalStorage<true>()

/** Functions in place of a fake: they call the fake for the program, the real function for sheltered code. */
const standIns = new WeakSet<Call>()

const standInFor = (fake: Call, real: Call): Call => {
  const standIn = function (this: unknown, ...args: Array<unknown>) {
    return Reflect.apply(shelter.getStore() === true ? real : fake, this, args)
  }
  standIns.add(standIn)
  return Object.assign(standIn, fake) // functions such as `vi.isFakeTimers` read properties of the fake
}

/** Replaces the fakes. They may change at any time, so every call of `sheltered` checks them. */
const shelterFromFakes = (): void => {
  for (const { holder, name, real } of globals) {
    const present: Call = Reflect.get(holder, name)
    if (present !== real && !standIns.has(present)) Reflect.set(holder, name, standInFor(present, real))
  }
}

/** Runs code of the mock with real timers, including timers that it sets later. */
export const sheltered = <A>(run: () => A): A => {
  shelterFromFakes()
  return shelter.run(true, run)
}
