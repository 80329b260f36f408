/**
 * The connection to the Pixxel API: base URL, authorization, retries, concurrency. The application provides the
 * transport, an `HttpClient`.
 *
 * Guarantees for every call:
 * - The token goes only to the origin of the base URL, and no redirect is followed.
 * - Each id is exactly one segment of the path. Ids that a segment cannot carry (a lone surrogate, or only `.` or `..`,
 *   which URL parsers treat as path steps) are sent as U+FFFD, so that the server finds nothing instead of another
 *   resource.
 * - Each call has one span, such as `JobsApi.get`. The span of the platform's client is disabled because it would hold
 *   whole URLs, so no `traceparent` or `b3` header is sent. To send one, add it to the provided `HttpClient`.
 * - A create leaves at most once per attempt: a second send by the `HttpClient` itself is stopped before it leaves, and
 *   the client searches for the job. The repeats of this client (429, a request that never left, a new token) are
 *   separate attempts.
 *
 * **Middleware.** Supported around the `HttpClient`: middleware that sends a request once, such as headers, a base URL,
 * logging, spans or a rate limit. Unsupported: retries, redirects, caches and fail-over to another client. This client
 * retries by itself, and stops a create that such middleware would repeat, so that a 429 ends as `CreateOutcomeUnknown`
 * instead of a retry.
 *
 * **Gotchas**
 *
 * - Repeats below the platform's client cannot be stopped: a `FetchHttpClient.Fetch` or a dispatcher that retries a
 *   POST. The `fetch` standard repeats a POST after a 421; the client stops this repeat on Node, but neither in a
 *   browser nor with another `Fetch`. An id in the answer is still the job, and after a 421 the client searches for the
 *   job.
 * - A client that is not made by `HttpClient.make`, and reads no body, hides its sends. The list before the first
 *   create logs a warning about such a client.
 * - Options for fetch (`FetchHttpClient.RequestInit`: a dispatcher, a cache mode) work in three places: provided to
 *   `FetchHttpClient.layer`, to the layer of this client, or to the program. The place nearest to the program wins. The
 *   client adds `redirect: "manual"`. Headers and credentials of these options do not reach the host of a signed URL.
 * - An `HttpClient` with its own `withTracerDisabledWhen`, wrapped in middleware made with `HttpClient.transform`,
 *   hides the fetch options of its layer. Provide them to the layer of this client instead.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Auth } from "./Auth.js"
import { Decompression } from "./Decompression.js"
import { type Drift, logWarning, type OnDrift } from "./Drift.js"
import * as budget from "./internal/budget.js"
import { type Connection, key } from "./internal/connection.js"
import { setting } from "./internal/invalid.js"
import * as Permits from "./internal/permits.js"
import * as Recent from "./internal/recent.js"
import * as settings from "./internal/settings.js"
import { version } from "./internal/version.js"
import * as waiter from "./internal/waiter.js"
import * as RetryPolicy from "./RetryPolicy.js"
import type * as Waiter from "./Waiter.js"

/**
 * Marks the instances of `PixxelHttpClient.Service`.
 *
 * @since 0.1.0
 * @category symbols
 */
export const TypeId: unique symbol = Symbol.for("@effect-pixxel/client/PixxelHttpClient")

const defaultBaseUrl = "https://api.pixxel.space"

type Checked<A> = Effect.Effect<A, ConfigError.ConfigError>

// No message repeats the URL: it may contain credentials, which is one reason to reject it.
const baseUrlOf = (text: string): Checked<string> => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const reason =
    url === undefined
      ? "is not an absolute URL"
      : url.protocol !== "https:" && url.protocol !== "http:"
        ? "is neither https nor http"
        : url.username !== "" || url.password !== ""
          ? "contains credentials: provide a token instead"
          : /[?#]/.test(url.href)
            ? "has a query or a fragment"
            : undefined
  return url === undefined || reason !== undefined
    ? Effect.fail(setting("PIXXEL_BASE_URL", `The base URL ${reason}`))
    : Effect.succeed(url.href.replace(/\/+$/, ""))
}

/** Turns the exception for an invalid setting into a `ConfigError`. */
const checked = <A>(name: string, make: () => A): Checked<A> =>
  Effect.try({
    try: make,
    catch: (error) => setting(name, error instanceof Error ? error.message : String(error))
  })

/** Reads an option by its rule. */
const numberOf = (name: keyof PixxelHttpClient.Options, rule: settings.Rule<number, number>, found: number) =>
  Effect.mapError(rule(found), (expected) => setting(name, `Expected ${expected}, found ${found}`))

/** Browsers send their own header. If it can be set, the API would have to allow it for other origins. */
const isBrowser = "document" in globalThis || "WorkerGlobalScope" in globalThis

const headersOf = (userAgent: string | undefined): Checked<Connection["headers"]> =>
  userAgent === undefined
    ? Effect.succeed(isBrowser ? {} : { "user-agent": `effect-pixxel/${version}` })
    : settings.isSendable(userAgent)
      ? Effect.succeed({ "user-agent": userAgent })
      : Effect.fail(setting("userAgent", "Expected words of visible ASCII separated by single spaces"))

/** Reports each shape of a drift once, without affecting the call. */
const oncePerShape = (onDrift: OnDrift) => {
  const reported = new Set<string>()
  return (drift: Drift): Effect.Effect<void> =>
    Effect.suspend(() => {
      const shape = JSON.stringify([drift.operation, drift.path, drift.found])
      if (reported.has(shape)) return Effect.void
      reported.add(shape)
      return Effect.suspend(() => onDrift(drift)).pipe(
        // A hanging handler must not delay a job that is already billed.
        Effect.timeoutOption("1 second"),
        Effect.catchAllCause(() => Effect.void)
      )
    })
}

/** The base URL from the environment, else the default. */
const configuredBaseUrl = Config.string("PIXXEL_BASE_URL").pipe(
  Config.withDefault(""),
  Config.map((text) => (text.trim() === "" ? defaultBaseUrl : text.trim()))
)

/** Picks the services for `fetch` from the layer's context. */
const pick = Context.pick(FetchHttpClient.Fetch, FetchHttpClient.RequestInit)

const make = (
  options: PixxelHttpClient.Options
): Effect.Effect<Connection, ConfigError.ConfigError, HttpClient.HttpClient | Auth> =>
  Effect.gen(function* () {
    return {
      [TypeId]: TypeId,
      baseUrl: yield* baseUrlOf(options.baseUrl === undefined ? yield* configuredBaseUrl : String(options.baseUrl)),
      auth: yield* Auth,
      client: yield* HttpClient.HttpClient,
      decompression: yield* Effect.serviceOption(Decompression),
      fetchContext: pick(yield* Effect.context<never>()),
      retry: yield* checked("retry", () => RetryPolicy.make(options.retry)),
      retryBudget: budget.make(
        yield* numberOf("retryBudget", settings.atLeast(0), options.retryBudget ?? budget.defaultCapacity)
      ),
      permits:
        options.concurrency === undefined
          ? Option.none()
          : Option.some(Permits.make(yield* numberOf("concurrency", settings.whole(1), options.concurrency))),
      waiter: yield* checked("waiting", () => waiter.adjust(waiter.defaults, options.waiting ?? {})),
      maxResponseBytes: yield* numberOf(
        "maxResponseBytes",
        settings.atLeast(1),
        options.maxResponseBytes ?? 67_108_864
      ),
      headers: yield* headersOf(options.userAgent),
      recent: Recent.make(),
      onDrift: oncePerShape(options.onDrift ?? logWarning)
    }
  })

/**
 * The connection shared by the `…Api` services.
 *
 * @since 0.1.0
 * @category services
 */
export class PixxelHttpClient extends Context.Tag(key)<PixxelHttpClient, PixxelHttpClient.Service>() {
  /**
   * Builds the connection. The base URL defaults to `PIXXEL_BASE_URL`. An invalid option fails the build of the layer
   * with a `ConfigError`.
   */
  static readonly layer = (
    options: PixxelHttpClient.Options = {}
  ): Layer.Layer<PixxelHttpClient, ConfigError.ConfigError, HttpClient.HttpClient | Auth> =>
    Layer.effect(this, make(options))

  /** Takes the base URL from `PIXXEL_BASE_URL`, and the defaults for the rest. Adjust retries with `RetryPolicy`. */
  static readonly layerConfig: Layer.Layer<PixxelHttpClient, ConfigError.ConfigError, HttpClient.HttpClient | Auth> =
    this.layer()
}

/**
 * The types of `PixxelHttpClient`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace PixxelHttpClient {
  /** The options of `PixxelHttpClient.layer`. */
  export interface Options {
    /**
     * The base URL of the API. Its path, if any, precedes the path of every call. Default: `PIXXEL_BASE_URL`, else
     * `https://api.pixxel.space`.
     */
    readonly baseUrl?: string | URL | undefined
    /** Changes to `RetryPolicy.defaults`. `RetryPolicy.none` sends every call once. */
    readonly retry?: RetryPolicy.Options | undefined
    /**
     * The retry tokens shared by all calls of this client. A retry takes 14 tokens, or 5 after a 429. A successful call
     * returns the tokens of its last retry, or 1 if it had none. Without enough tokens a call is not repeated.
     * `Infinity` is no limit, 0 no retries.
     *
     * Default: 500; all figures are those of the AWS SDKs. They allow 35 consecutive retries without a success, so that
     * a longer outage causes hardly more requests than calls.
     */
    readonly retryBudget?: number | undefined
    /**
     * The number of concurrent calls. Further calls wait for their turn while their deadlines run. A call that waits
     * before a retry releases its turn. Default: no limit, since the API documents none.
     */
    readonly concurrency?: number | undefined
    /** Changes to `Waiter.defaults` for all waits of this client. */
    readonly waiting?: Waiter.Options | undefined
    /**
     * The maximum size of a JSON answer in bytes, after decompression. Reading a longer answer stops early with a
     * `PixxelDecodeError`. Default: 67,108,864 (64 MiB). Downloads have no limit.
     */
    readonly maxResponseBytes?: number | undefined
    /**
     * The `User-Agent` of API calls; requests to the package store do not send it. Default: `effect-pixxel/<version>`,
     * and in a browser the browser's own, which not every browser allows to replace.
     */
    readonly userAgent?: string | undefined
    /** Handles drifts. Default: `Drift.logWarning`. */
    readonly onDrift?: OnDrift | undefined
  }

  /** The connection. Only `PixxelHttpClient.layer` makes one. */
  export interface Service {
    readonly [TypeId]: typeof TypeId
    /** Without a trailing slash. */
    readonly baseUrl: string
    readonly auth: Auth.Service
  }
}
