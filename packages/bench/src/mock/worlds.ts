/** Measures the costs of a test: a world, a poll on virtual time, and a job of one hour. */
import { MockServer } from "@effect-pixxel/mock-server"
import { Effect, Layer, ManagedRuntime } from "effect"
import { table } from "../table.js"
import { application, interval, layerApp, poll, run } from "./fixtures.js"
import { start } from "./servers.js"

const world = Effect.scoped(Layer.build(MockServer.layerWorld()))

export const worlds = async () => {
  const bare = await start("bare", [])
  const runtime = ManagedRuntime.make(layerApp)

  let requests = 0
  const anHour = async () => {
    requests = await runtime.runPromise(run.pipe(Effect.provide(application)))
  }
  await table(`A job of 60 minutes, polled every ${interval}`, [{ name: "JobsApi.run", run: anHour }], 1, 7)
  console.log(`\n${requests} requests per run`)

  const fetched = async (n: number) => {
    for (let i = 0; i < n; i++) await (await fetch(`${bare.url}/v0/workflows/w/jobs/j`)).json()
  }
  const polled = (n: number) => runtime.runPromise(poll(n).pipe(Effect.provide(application)))
  const made = (n: number) => runtime.runPromise(Effect.asVoid(Effect.repeatN(world, n - 1)))
  await table(
    "A poll on the mock server, and a world",
    [
      { name: "fetch + json from bare Fastify, over TCP", run: fetched },
      { name: `a poll: sleep ${interval}, JobsApi.get`, run: polled },
      { name: "a world, created and dropped", run: made }
    ],
    300,
    7
  )

  await runtime.dispose()
  await bare.stop()
}
