import { MockServer } from "@effect-pixxel/mock-server"
import { Console, Effect, Layer } from "effect"
import { mainJob, PixxelMock } from "./main-job.js"

const demo = Effect.gen(function* () {
  const mock = yield* MockServer
  yield* Console.log(`mock server at ${mock.baseUrl}, on virtual time`)
  yield* mainJob
  const requests = yield* mock.requests
  yield* Console.log(`done: ${requests.length} requests over TCP`)
})

await Effect.runPromise(
  Effect.provide(demo, PixxelMock.pipe(Layer.provideMerge(MockServer.layer({ transport: "socket" }))))
)
