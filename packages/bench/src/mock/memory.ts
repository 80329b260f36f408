/** Measures the memory of a world, over 1,000 concurrent ones. */
import { setImmediate } from "node:timers/promises"
import { buildServer, type MockApp, MockServer } from "@effect-pixxel/mock-server"
import { Effect, Exit, Layer, ManagedRuntime, Scope } from "effect"
import { print } from "../table.js"
import { application, fixtures, layerApp, poll, workflow } from "./fixtures.js"

const count = 1_000
const polls = 20

/** The number of reachable bytes. */
const inUse = async (): Promise<number> => {
  if (globalThis.gc === undefined) throw new Error("expected node --expose-gc")
  // finished work is released some turns of the event loop later
  for (let turn = 0; turn < 10; turn++) await setImmediate()
  globalThis.gc()
  globalThis.gc()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** The memory of each test world after running a program in it. */
const keptBy =
  (runtime: ManagedRuntime.ManagedRuntime<MockApp, unknown>) =>
  async <R, E>(world: Layer.Layer<R, E, MockApp>, program: Effect.Effect<void, unknown, R>): Promise<number> => {
    await runtime.runPromise(Effect.provide(program, world))
    const scope = Effect.runSync(Scope.make())
    const one = Effect.flatMap(Layer.buildWithScope(world, scope), (context) => Effect.provide(program, context))
    const before = await inUse()
    await Promise.all(Array.from({ length: count }, () => runtime.runPromise(one)))
    const kept = (await inUse()) - before
    await Effect.runPromise(Scope.close(scope, Exit.void))
    return kept / count
  }

/** The memory of each world of the stand-alone server, new and after requests. */
const ofServer = async () => {
  const app = buildServer({ fixtures })
  await app.ready()
  const ask = async (world: string, method: "GET" | "POST", path: string): Promise<{ readonly id: string }> => {
    const url = `/v0/workflows/${workflow}/jobs${path}`
    return (await app.inject({ method, url, headers: { authorization: `mock_${world}_owner` } })).json()
  }
  const names = Array.from({ length: count }, (_, i) => `world-${i}`)
  await ask("warm", "GET", "/job-crop-running")
  const before = await inUse()
  for (const name of names) app.mock.worlds.find(name)
  const fresh = await inUse()
  for (const name of names) {
    const { id } = await ask(name, "POST", "?project_id=p")
    for (let i = 0; i < polls; i++) await ask(name, "GET", `/${id}`)
  }
  const polled = await inUse()
  await app.close()
  return [(fresh - before) / count, (polled - before) / count]
}

const kilobytes = (bytes: number) => (bytes / 1_000).toFixed(1)

export const memory = async () => {
  const runtime = ManagedRuntime.make(layerApp)
  const kept = keptBy(runtime)
  const rows: ReadonlyArray<readonly [name: string, bytes: ReadonlyArray<number>]> = [
    ["a world of a test", [await kept(MockServer.layerWorld(), Effect.void)]],
    ["the same, and a client", [await kept(application, Effect.void), await kept(application, poll(polls))]],
    ["a world of pixxel-mock", await ofServer()]
  ]
  await runtime.dispose()
  print(
    `Memory per world, of ${count} concurrent ones; kilobytes`,
    ["", "new", `with a job that was polled ${polls} times`],
    rows.map(([name, [fresh = 0, polled]]) => [name, kilobytes(fresh), polled === undefined ? "" : kilobytes(polled)])
  )
}
