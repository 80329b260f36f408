/**
 * Node's own timers, whatever a test has put in their place: `vi.useFakeTimers()` replaces the globals, and a faked
 * `setImmediate` would stop every world of the process. The clock and the connections in memory use those that were there
 * when this module loaded. Code that looks the globals up at each call (undici, Node's streams) runs `sheltered`: there a
 * faked global leads to the real one.
 */
import { AsyncLocalStorage } from "node:async_hooks"

export const { clearInterval, queueMicrotask, setImmediate, setInterval } = globalThis

/** Milliseconds of real time. */
export const monotonic = performance.now.bind(performance)

const { timeOrigin } = performance

/** Milliseconds of real time since 1970. */
export const realNow = (): number => timeOrigin + monotonic()

type Call = (...args: Array<unknown>) => unknown

/** A global that tests fake, and that undici or Node calls by its name. */
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

/** What stands in for a fake: the fake for the program, the real one for code that is sheltered. */
const standIns = new WeakSet<Call>()

const standInFor = (fake: Call, real: Call): Call => {
  const standIn = function (this: unknown, ...args: Array<unknown>) {
    return Reflect.apply(shelter.getStore() === true ? real : fake, this, args)
  }
  standIns.add(standIn)
  return Object.assign(standIn, fake) // `vi.isFakeTimers` and its like read properties of the fake
}

/** The fakes may change at any time, so each entrance looks at them again. */
const shelterFromFakes = (): void => {
  for (const { holder, name, real } of globals) {
    const present: Call = Reflect.get(holder, name)
    if (present !== real && !standIns.has(present)) Reflect.set(holder, name, standInFor(present, real))
  }
}

/** Runs code of the machine: none of its timers are faked, however late it sets them. */
export const sheltered = <A>(run: () => A): A => {
  shelterFromFakes()
  return shelter.run(true, run)
}
