import { Pixxel } from "@effect-pixxel/client"
import { MockServer } from "@effect-pixxel/mock-server"
import { Layer, ManagedRuntime } from "effect"
import { expect, it } from "vitest"
import { makeApp } from "./fastify.js"

const PixxelTest = Pixxel.layerConfig.pipe(
  Layer.provide(MockServer.layerConfigProvider),
  Layer.provideMerge(MockServer.layer())
)

it("creates one job per request", async () => {
  const runtime = ManagedRuntime.make(PixxelTest)
  const app = makeApp(runtime)
  const { statusCode } = await app.inject({ method: "POST", url: "/surveys" })
  expect(statusCode).toBe(202)

  const mock = await runtime.runPromise(MockServer)
  await runtime.runPromise(mock.verify({ operation: "createJob", times: 1 }))
  await app.close()
})
