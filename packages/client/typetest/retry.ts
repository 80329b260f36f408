/**
 * What the compiler has to know about retry policies. Nothing here is run: `tsc` is the test.
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import type * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { type Auth, type NotSent, Pixxel, PixxelHttpClient, RetryPolicy } from "../src/index.js"

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const assertType = <_ extends true>() => {}

declare const token: Redacted.Redacted
declare const program: Effect.Effect<"a", "e", "r">
declare const policy: RetryPolicy.RetryPolicy

// What is around a call changes nothing in its type, in either form.
export const unchanged: ReadonlyArray<Effect.Effect<"a", "e", "r">> = [
  program.pipe(RetryPolicy.withOptions({ maxAttempts: 3 })),
  RetryPolicy.withOptions(program, { timeout: "5 seconds" }),
  program.pipe(RetryPolicy.withPolicy(policy)),
  RetryPolicy.withPolicy(program, policy),
  program.pipe(RetryPolicy.withoutRetry)
]
assertType<Equal<ReturnType<typeof RetryPolicy.withoutRetry<"a", "e", "r">>, Effect.Effect<"a", "e", "r">>>()

// Durations come in with their units, and are durations inside.
export const options: RetryPolicy.Options = { baseDelay: "200 millis", maxDelay: Duration.seconds(3), timeout: 5_000 }
assertType<Equal<RetryPolicy.RetryPolicy["timeout"], Duration.Duration>>()
// @ts-expect-error A text without a unit is no duration
export const unitless: RetryPolicy.Options = { timeout: "5" }
// @ts-expect-error There is no such option
export const misspelt: RetryPolicy.Options = { maxAttempt: 3 }
// @ts-expect-error A policy is whole
export const partial: RetryPolicy.RetryPolicy = { maxAttempts: 3 }

// A whole policy is also what a layer takes.
export const layers: ReadonlyArray<
  Layer.Layer<PixxelHttpClient, ConfigError.ConfigError, HttpClient.HttpClient | Auth>
> = [PixxelHttpClient.layer({ retry: RetryPolicy.none, retryBudget: 100, concurrency: 4 })]
export const all: Layer.Layer<Pixxel.Services, ConfigError.ConfigError, HttpClient.HttpClient> = Pixxel.layer({
  token,
  retry: { maxAttempts: 3 }
})

// What was not sent is told by its own literal, whichever error it is.
assertType<Equal<NotSent["sent"], false>>()
assertType<Equal<NotSent["_tag"], "TransportError" | "RequestTimeout">>()
