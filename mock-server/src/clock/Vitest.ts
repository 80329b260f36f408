/**
 * Tracks modules that a program imports under Vitest, whose worker requests each one from another process or thread
 * over a channel that `async_hooks` does not see. Time stands still in all worlds until every request is answered,
 * since several worlds may wait for the same module.
 *
 * Relies on a part of Vitest's worker that Vitest shares with its own packages: `__vitest_worker__.rpc`, whose methods
 * return promises.
 */

/** Number of requests that Vitest has not answered yet. */
let pending = 0

/** Whether a module is being loaded. */
export const loadingModules = (): boolean => pending > 0

/** Methods that load a module; the others report results. */
const loads = /^(fetch|resolve|transform|invoke)/

const watched = new WeakSet<object>()

const settled = (): void => {
  pending--
}

const watchCalls = (rpc: object): object => {
  const proxy = new Proxy(rpc, {
    get: (target, name, receiver) => {
      const call: unknown = Reflect.get(target, name, receiver)
      if (typeof call !== "function" || typeof name !== "string" || !loads.test(name)) return call
      return (...args: Array<unknown>) => {
        const answer: unknown = Reflect.apply(call, target, args)
        pending++
        Promise.resolve(answer).then(settled, settled)
        return answer
      }
    }
  })
  watched.add(proxy)
  return proxy
}

/** Tracks the requests of the worker that runs this test. Does nothing outside Vitest. */
export const watchModules = (): void => {
  const worker: unknown = Reflect.get(globalThis, "__vitest_worker__")
  if (typeof worker !== "object" || worker === null) return
  const rpc: unknown = Reflect.get(worker, "rpc")
  if (typeof rpc === "object" && rpc !== null && !watched.has(rpc)) Reflect.set(worker, "rpc", watchCalls(rpc))
}
