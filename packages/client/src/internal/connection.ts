/** The connection to the API, as the services use it. */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { Decompression } from "../Decompression.js"
import type { Drift } from "../Drift.js"
import type { PixxelHttpClient } from "../PixxelHttpClient.js"
import type { RetryPolicy } from "../RetryPolicy.js"
import type { Waiter } from "../Waiter.js"
import type { RetryBudget } from "./budget.js"
import type { Permits } from "./permits.js"
import type { Recent } from "./recent.js"

export interface Connection extends PixxelHttpClient.Service {
  readonly client: HttpClient.HttpClient
  /** The services for `fetch` from the layer of this client: options (`RequestInit`), another `fetch` (`Fetch`). */
  readonly fetchContext: Context.Context<never>
  /** For codings that the platform does not support. */
  readonly decompression: Option.Option<Decompression.Service>
  /** The policy of calls without a policy of their own. */
  readonly retry: RetryPolicy
  readonly retryBudget: RetryBudget
  /** One permit per concurrent call; none without a limit. */
  readonly permits: Option.Option<Permits>
  /** The settings of waits without settings of their own. */
  readonly waiter: Waiter
  /** The maximum size of an API answer in bytes. */
  readonly maxResponseBytes: number
  /** The headers of every request: the `User-Agent`, or none to leave it to the transport. */
  readonly headers: Readonly<Record<string, string>>
  /** The resources that this client has created recently. */
  readonly recent: Recent
  /** Runs for every drift of every call. */
  readonly onDrift: (drift: Drift) => Effect.Effect<void>
}

/** The key of `PixxelHttpClient`. */
export const key = "@effect-pixxel/client/PixxelHttpClient"

/**
 * The connection in the context, by its key: a service over a given connection needs no code of the layers that make
 * one. Only `PixxelHttpClient.layer` makes instances, since the type of their symbol is not exported.
 */
export const Connection = Context.GenericTag<PixxelHttpClient, Connection>(key)
