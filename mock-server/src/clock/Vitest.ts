/**
 * Modules that a program imports under Vitest: its worker asks another process or thread for each one, over a channel
 * that `async_hooks` does not see. Every such question of a worker is answered by itself, so that time stands still in
 * all worlds until it is: an import belongs to all that wait for the same module.
 *
 * Read here are the parts of Vitest's worker that it shares with its own packages: `__vitest_worker__.rpc`, whose methods
 * are functions that return promises.
 */

/** Questions that Vitest has not answered yet. */
let asked = 0

/** Whether a module is on its way. */
export const loadingModules = (): boolean => asked > 0

/** The questions that a module is loaded by; the others are reports. */
const loads = /^(fetch|resolve|transform|invoke)/

const watched = new WeakSet<object>()

const settled = (): void => {
  asked--
}

const watchCalls = (rpc: object): object => {
  const proxy = new Proxy(rpc, {
    get: (target, name, receiver) => {
      const ask: unknown = Reflect.get(target, name, receiver)
      if (typeof ask !== "function" || typeof name !== "string" || !loads.test(name)) return ask
      return (...args: Array<unknown>) => {
        const answer: unknown = Reflect.apply(ask, target, args)
        asked++
        Promise.resolve(answer).then(settled, settled)
        return answer
      }
    }
  })
  watched.add(proxy)
  return proxy
}

/** Follows the questions of the worker that runs this test; nothing outside of Vitest. */
export const watchModules = (): void => {
  const worker: unknown = Reflect.get(globalThis, "__vitest_worker__")
  if (typeof worker !== "object" || worker === null) return
  const rpc: unknown = Reflect.get(worker, "rpc")
  if (typeof rpc === "object" && rpc !== null && !watched.has(rpc)) Reflect.set(worker, "rpc", watchCalls(rpc))
}
