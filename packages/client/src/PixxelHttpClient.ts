/**
 * The connection to the Pixxel API: where it is, how it is authorized, how failed calls are repeated, how many may be
 * under way. The transport under it is the `HttpClient` that the application chooses.
 *
 * What holds for every call:
 * - The token goes to the origin of the base URL and nowhere else, and no redirect is followed.
 * - Each id is one segment of the path, whatever it holds. What a segment cannot carry (a lone surrogate, or an id
 *   that is only `.` or `..`, which every URL parser takes for a step in the path) is sent as U+FFFD, so that the
 *   server finds nothing, instead of something else.
 * - A call has one span, named `JobsApi.get` and the like. The span of the platform's client is off, since it would
 *   hold whole URLs; so no `traceparent` or `b3` header is sent. An application that wants one adds it to the
 *   `HttpClient` that it provides.
 *
 * - A create leaves at most once an attempt: a second send by the `HttpClient` itself is stopped before it leaves, and
 *   the job is looked for. The repeats of this client (429, a request that never left, a new token) are attempts of
 *   their own.
 *
 * **Middleware.** Welcome around the `HttpClient` is what sends a request once: headers, a base URL, logging, spans, a
 * rate limit. Not welcome are retries, redirects, caches and fail-over to another client. This client retries by itself,
 * and a create that such middleware would repeat is stopped, so that a 429 ends as `CreateOutcomeUnknown` instead of
 * being waited for.
 *
 * **Gotchas**
 *
 * - What repeats below the platform's client cannot be stopped: a `FetchHttpClient.Fetch` or a dispatcher that retries a
 *   POST. `fetch` itself, by its standard, sends a POST once more after a 421; that is stopped on Node, but neither in a
 *   browser nor with another `Fetch`. An id that comes back is the job all the same, and a 421 is looked into.
 * - A client that is not made by `HttpClient.make`, and reads no body, hides its sends. A warning in the log says so, with
 *   the list that precedes the first create.
 * - Options for fetch (`FetchHttpClient.RequestInit`: a dispatcher, a cache mode) are kept wherever they are given: to
 *   `FetchHttpClient.layer`, to the layer of this client, or around the program, of which the nearest to the program
 *   wins. `redirect: "manual"` is added. Their headers and credentials do not reach the host of a signed URL.
 * - A client with a `withTracerDisabledWhen` of its own, and middleware made with `HttpClient.transform` around that,
 *   hides the options of its layer from this client: give them to the layer of this client.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Auth } from "./Auth.js"
import { Decompression } from "./Decompression.js"
import { type Drift, logWarning, type OnDrift } from "./Drift.js"
import * as budget from "./internal/budget.js"
import * as drift from "./internal/drift.js"
import * as Permits from "./internal/permits.js"
import * as Recent from "./internal/recent.js"
import { version } from "./internal/version.js"
import * as RetryPolicy from "./RetryPolicy.js"
import * as Waiter from "./Waiter.js"

const defaultBaseUrl = "https://api.pixxel.space"

// No message repeats the URL: it may hold the credentials that it is refused for.
const baseUrlOf = (text: string): Either.Either<string, ConfigError.ConfigError> => {
  const invalid = (reason: string) => Either.left(ConfigError.InvalidData(["PIXXEL_BASE_URL"], reason))
  if (!URL.canParse(text)) return invalid("The base URL is not an absolute URL")
  const url = new URL(text)
  if (url.protocol !== "https:" && url.protocol !== "http:") return invalid("The base URL is neither https nor http")
  if (url.username !== "" || url.password !== "") return invalid("The base URL holds credentials: give a token instead")
  if (/[?#]/.test(url.href)) return invalid("The base URL has a query or a fragment")
  return Either.right(url.href.replace(/\/+$/, ""))
}

/** The settings of a module that throws for a figure that cannot be. */
const checked = <A>(name: string, make: () => A): Either.Either<A, ConfigError.ConfigError> =>
  Either.try({
    try: make,
    catch: (error) => ConfigError.InvalidData([name], error instanceof Error ? error.message : String(error))
  })

const budgetOf = (tokens = budget.defaultCapacity): Either.Either<budget.RetryBudget, ConfigError.ConfigError> =>
  tokens >= 0
    ? Either.right(budget.make(tokens))
    : Either.left(ConfigError.InvalidData(["retryBudget"], `Expected a number from 0 on, or Infinity, found ${tokens}`))

const permitsOf = (
  concurrency: number | undefined
): Either.Either<Option.Option<Permits.Permits>, ConfigError.ConfigError> =>
  concurrency === undefined
    ? Either.right(Option.none())
    : Number.isInteger(concurrency) && concurrency >= 1
      ? Either.right(Option.some(Permits.make(concurrency)))
      : Either.left(ConfigError.InvalidData(["concurrency"], `Expected a whole number from 1 on, found ${concurrency}`))

const defaultMaxResponseBytes = 67_108_864

const limitOf = (bytes = defaultMaxResponseBytes): Either.Either<number, ConfigError.ConfigError> =>
  bytes >= 1
    ? Either.right(bytes)
    : Either.left(ConfigError.InvalidData(["maxResponseBytes"], `Expected a number from 1 on, found ${bytes}`))

/** In a browser the header is its own; where it can be set, the API would have to allow it to other origins. */
const isBrowser = "document" in globalThis || "WorkerGlobalScope" in globalThis

const userAgentOf = (userAgent: string | undefined): Either.Either<Option.Option<string>, ConfigError.ConfigError> =>
  userAgent === undefined
    ? Either.right(isBrowser ? Option.none() : Option.some(`effect-pixxel/${version}`))
    : /^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(userAgent)
      ? Either.right(Option.some(userAgent))
      : Either.left(
          ConfigError.InvalidData(["userAgent"], "Expected words of visible ASCII with single spaces between")
        )

/** A base URL that is not given is that of the environment. */
const configuredBaseUrl = Config.string("PIXXEL_BASE_URL").pipe(
  Config.withDefault(""),
  Config.map((text) => (text.trim() === "" ? defaultBaseUrl : text.trim()))
)

/** The services of the layer's context that are for `fetch`. */
const pick = Context.pick(FetchHttpClient.Fetch, FetchHttpClient.RequestInit)

const make = (options: PixxelHttpClient.Options) =>
  Effect.gen(function* () {
    return {
      baseUrl: yield* baseUrlOf(options.baseUrl === undefined ? yield* configuredBaseUrl : String(options.baseUrl)),
      auth: yield* Auth,
      client: yield* HttpClient.HttpClient,
      decompression: yield* Effect.serviceOption(Decompression),
      fetchContext: pick(yield* Effect.context<never>()),
      retry: yield* checked("retry", () => RetryPolicy.make(options.retry)),
      retryBudget: yield* budgetOf(options.retryBudget),
      permits: yield* permitsOf(options.concurrency),
      waiter: yield* checked("waiting", () => Waiter.make(options.waiting)),
      maxResponseBytes: yield* limitOf(options.maxResponseBytes),
      userAgent: yield* userAgentOf(options.userAgent),
      recent: Recent.make(),
      onDrift: drift.oncePerShape(options.onDrift ?? logWarning)
    }
  })

/**
 * The connection that the `…Api` services share.
 *
 * @since 0.1.0
 * @category services
 */
export class PixxelHttpClient extends Context.Tag("@effect-pixxel/client/PixxelHttpClient")<
  PixxelHttpClient,
  PixxelHttpClient.Service
>() {
  /**
   * A base URL that is not given comes from `PIXXEL_BASE_URL`. An option that cannot be used fails the build of the
   * layer.
   */
  static readonly layer = (
    options: PixxelHttpClient.Options = {}
  ): Layer.Layer<PixxelHttpClient, ConfigError.ConfigError, HttpClient.HttpClient | Auth> =>
    Layer.effect(this, make(options))

  /** The base URL from `PIXXEL_BASE_URL`, and defaults. How calls are repeated is adjusted around them: `RetryPolicy`. */
  static readonly layerConfig: Layer.Layer<PixxelHttpClient, ConfigError.ConfigError, HttpClient.HttpClient | Auth> =
    this.layer()
}

/**
 * @since 0.1.0
 * @category services
 */
export declare namespace PixxelHttpClient {
  /**
   * @since 0.1.0
   * @category models
   */
  export interface Options {
    /**
     * Default: `PIXXEL_BASE_URL`, else `https://api.pixxel.space`. It may have a path, which comes before that of every
     * call.
     */
    readonly baseUrl?: string | URL | undefined
    /** What is other than in `RetryPolicy.defaults`; `RetryPolicy.none` sends every call once. */
    readonly retry?: RetryPolicy.Options | undefined
    /**
     * The tokens that all calls of this client have together for retries. A retry takes 14, after a 429 only 5; a call
     * that succeeds gives back what its last retry took, or 1 when it had none; and without tokens a call is not
     * repeated. `Infinity` is no limit, 0 no retries.
     *
     * Default: 500, all figures being those of the AWS SDKs. That is 35 retries in a row without a success: in a
     * longer outage there are then hardly more requests than calls.
     */
    readonly retryBudget?: number | undefined
    /**
     * How many calls may be under way at once; others wait for their turn, and their deadlines run. A call that waits
     * before a retry lets another one go first. Default: no limit, since the API documents none.
     */
    readonly concurrency?: number | undefined
    /** What is other than in `Waiter.defaults` when this client waits. */
    readonly waiting?: Waiter.Options | undefined
    /**
     * The most bytes that the JSON of an answer may have, after it was decompressed. A longer one is not read to its end,
     * and is a `DecodeError`. Default: 67,108,864 (64 MiB). Downloads have no limit.
     */
    readonly maxResponseBytes?: number | undefined
    /**
     * The `User-Agent` of calls to the API; the store of packages is not told. Default: `effect-pixxel/<version>`, and in
     * a browser its own, which not every browser lets be replaced.
     */
    readonly userAgent?: string | undefined
    /** Default: one warning in the log. */
    readonly onDrift?: OnDrift | undefined
  }

  /**
   * @since 0.1.0
   * @category services
   */
  export interface Service {
    /** Without a slash at its end. */
    readonly baseUrl: string
    readonly auth: Auth.Service
    readonly client: HttpClient.HttpClient
    /** What the layer of this client was given for `fetch`: its options (`RequestInit`), or another one (`Fetch`). */
    readonly fetchContext: Context.Context<never>
    /** For codings that the platform does not know. */
    readonly decompression: Option.Option<Decompression.Service>
    /** The policy of calls around which there is no other. */
    readonly retry: RetryPolicy.RetryPolicy
    readonly retryBudget: budget.RetryBudget
    /** One for each call that may be under way; none if there is no limit. */
    readonly permits: Option.Option<Permits.Permits>
    /** How waits go that say nothing else. */
    readonly waiter: Waiter.Waiter
    /** The most bytes of an answer of the API. */
    readonly maxResponseBytes: number
    /** None leaves the choice to the transport. */
    readonly userAgent: Option.Option<string>
    /** The jobs that this client has created a moment ago. */
    readonly recent: Recent.Recent
    /** Called for every drift of every call. */
    readonly onDrift: (drift: Drift) => Effect.Effect<void>
  }
}
