/**
 * A downloading program for tests that kill or suspend it: prints its events as NDJSON. Its time runs a thousand times
 * as fast.
 */
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
const origin = { millis: real.unsafeCurrentTimeMillis(), nanos: real.unsafeCurrentTimeNanos() }
const nanos = () => (real.unsafeCurrentTimeNanos() - origin.nanos) * 1_000n
const millis = () => origin.millis + Number(nanos() / 1_000_000n)
const fast: Clock.Clock = {
  ...real,
  [Clock.ClockTypeId]: Clock.ClockTypeId,
  unsafeCurrentTimeMillis: millis,
  unsafeCurrentTimeNanos: nanos,
  currentTimeMillis: Effect.sync(millis),
  currentTimeNanos: Effect.sync(nanos),
  sleep: (duration) => real.sleep(Duration.times(duration, 1 / 1_000))
}

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
