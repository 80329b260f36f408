/** A program that downloads, for tests that kill it: says what happens, one JSON a line. Its time is a thousand times as fast. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { Download, JobId, Pixxel, WorkflowId } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"

const [baseUrl, token = "", workflowId = "", jobId = "", path = ""] = process.argv.slice(2)

const real = Clock.make()
const fast: Clock.Clock = Object.assign(Object.create(real), {
  sleep: (duration: Duration.Duration) => real.sleep(Duration.times(duration, 1 / 1_000))
})

const services = Layer.mergeAll(
  Pixxel.layer({ baseUrl, token: Redacted.make(token) }).pipe(Layer.provide(FetchHttpClient.layer)),
  NodeFileSystem.layer,
  NodePath.layer,
  NodeHashing.layer
)

Download.stream(
  { workflowId: WorkflowId.make(workflowId), jobId: JobId.make(jobId), path },
  { ifExists: "overwrite", idleTimeout: "10 hours" }
).pipe(
  Stream.runForEach((event) => Effect.sync(() => process.stdout.write(`${JSON.stringify(event)}\n`))),
  Effect.provide(services),
  Effect.withClock(fast),
  Effect.runPromise
)
