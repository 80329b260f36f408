/** Type tests of retry policies. `tsc` is the test; this file never runs. */
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

// Adjusting a policy does not change the type of a call, in either form.
export const unchanged: ReadonlyArray<Effect.Effect<"a", "e", "r">> = [
  program.pipe(RetryPolicy.withOptions({ maxAttempts: 3 })),
  RetryPolicy.withOptions(program, { timeout: "5 seconds" }),
  program.pipe(RetryPolicy.withPolicy(policy)),
  RetryPolicy.withPolicy(program, policy),
  program.pipe(RetryPolicy.withoutRetry)
]
assertType<Equal<ReturnType<typeof RetryPolicy.withoutRetry<"a", "e", "r">>, Effect.Effect<"a", "e", "r">>>()

// Inputs are durations with units; the policy has Duration values.
export const options: RetryPolicy.Options = { baseDelay: "200 millis", maxDelay: Duration.seconds(3), timeout: 5_000 }
assertType<Equal<RetryPolicy.RetryPolicy["timeout"], Duration.Duration>>()
// @ts-expect-error A text without a unit is no duration
export const unitless: RetryPolicy.Options = { timeout: "5" }
// @ts-expect-error Unknown option
export const misspelt: RetryPolicy.Options = { maxAttempt: 3 }
// @ts-expect-error A policy has all settings
export const partial: RetryPolicy.RetryPolicy = { maxAttempts: 3 }

// A layer accepts a complete policy too.
export const layers: ReadonlyArray<
  Layer.Layer<PixxelHttpClient, ConfigError.ConfigError, HttpClient.HttpClient | Auth>
> = [PixxelHttpClient.layer({ retry: RetryPolicy.none, retryBudget: 100, concurrency: 4 })]
export const all: Layer.Layer<Pixxel.Services, ConfigError.ConfigError, HttpClient.HttpClient> = Pixxel.layer({
  token,
  retry: { maxAttempts: 3 }
})

// A literal marks requests that were not sent, in every error.
assertType<Equal<NotSent["sent"], false>>()
assertType<Equal<NotSent["_tag"], "PixxelTransportError" | "PixxelRequestTimeout">>()
