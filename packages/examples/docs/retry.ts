import { FetchHttpClient } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { type HttpError, JobsApi, Pixxel, RetryPolicy, WorkflowId } from "@effect-pixxel/client"
import { Console, Effect, Layer } from "effect"

const workflowId = WorkflowId.make("wf-crop-classification")

const list = Effect.flatMap(JobsApi, (jobs) => jobs.list({ workflowId }))

/** `isRetryable` is a literal type: the union splits at compile time. */
type Retryable = Extract<HttpError, { readonly isRetryable: true }>
const isRetryable = (error: HttpError): error is Retryable => error.isRetryable

const program = Effect.gen(function* () {
  const once = yield* Effect.either(RetryPolicy.withoutRetry(list))
  yield* Console.log(`sent once: ${once._tag}`)

  const patient = yield* list.pipe(RetryPolicy.withOptions({ maxAttempts: 10, timeout: "10 minutes" }))
  yield* Console.log(`sent up to ten times: ${patient.length} jobs`)
}).pipe(
  Effect.catchIf(isRetryable, ({ attempts, message }) => Console.log(`${attempts.length} attempts, then: ${message}`))
)

const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))

program.pipe(Effect.provide(PixxelLive), NodeRuntime.runMain)
