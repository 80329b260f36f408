import { HttpApiBuilder, HttpServer } from "@effect/platform"
import { Pixxel } from "@effect-pixxel/client"
import { MockServer } from "@effect-pixxel/mock-server"
import { Layer } from "effect"
import { expect, it } from "vitest"
import { SurveyApiLive } from "./http-api.js"

const PixxelTest = Pixxel.layerConfig.pipe(
  Layer.provide(MockServer.layerConfigProvider),
  Layer.provideMerge(MockServer.layer())
)

it("lists the jobs as JSON", async () => {
  const { dispose, handler } = HttpApiBuilder.toWebHandler(
    Layer.merge(SurveyApiLive, HttpServer.layerContext).pipe(Layer.provideMerge(PixxelTest))
  )
  const response = await handler(new Request("http://localhost/surveys"))
  expect(await response.json()).toMatchObject([
    { id: "job-crop-done", progress: 100 },
    { id: "job-crop-running", status: "running" }
  ])
  await dispose()
})
