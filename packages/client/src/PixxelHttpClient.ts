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
 * **Gotchas**
 *
 * - Provide a client that neither retries nor follows redirects by itself: a retried create can be paid twice.
 * - Options for fetch (`FetchHttpClient.RequestInit`) are taken from the context of the call. Those that were given
 *   only to `FetchHttpClient.layer` are replaced, because `redirect: "manual"` has to be among them.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Auth } from "./Auth.js"
import { type Drift, logWarning, type OnDrift } from "./Drift.js"
import * as budget from "./internal/budget.js"
import * as drift from "./internal/drift.js"
import * as Permits from "./internal/permits.js"
import * as Recent from "./internal/recent.js"
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

const make = (options: PixxelHttpClient.Options) =>
  Effect.gen(function* () {
    return {
      baseUrl: yield* baseUrlOf(String(options.baseUrl ?? defaultBaseUrl)),
      auth: yield* Auth,
      client: yield* HttpClient.HttpClient,
      retry: yield* checked("retry", () => RetryPolicy.make(options.retry)),
      retryBudget: yield* budgetOf(options.retryBudget),
      permits: yield* permitsOf(options.concurrency),
      waiter: yield* checked("waiting", () => Waiter.make(options.waiting)),
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
  /** An option that cannot be used fails the build of the layer. */
  static readonly layer = (
    options: PixxelHttpClient.Options = {}
  ): Layer.Layer<PixxelHttpClient, ConfigError.ConfigError, HttpClient.HttpClient | Auth> =>
    Layer.effect(this, make(options))

  /** The base URL from `PIXXEL_BASE_URL`. How calls are repeated is adjusted around them: see `RetryPolicy`. */
  static readonly layerConfig: Layer.Layer<PixxelHttpClient, ConfigError.ConfigError, HttpClient.HttpClient | Auth> =
    Layer.effect(
      this,
      Config.string("PIXXEL_BASE_URL").pipe(
        Config.withDefault(""),
        Effect.flatMap((text) => make({ baseUrl: text.trim() === "" ? undefined : text.trim() }))
      )
    )
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
    /** Default: `https://api.pixxel.space`. It may have a path, which comes before that of every call. */
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
    /** The policy of calls around which there is no other. */
    readonly retry: RetryPolicy.RetryPolicy
    readonly retryBudget: budget.RetryBudget
    /** One for each call that may be under way; none if there is no limit. */
    readonly permits: Option.Option<Permits.Permits>
    /** How waits go that say nothing else. */
    readonly waiter: Waiter.Waiter
    /** The jobs that this client has created a moment ago. */
    readonly recent: Recent.Recent
    /** Called for every drift of every call. */
    readonly onDrift: (drift: Drift) => Effect.Effect<void>
  }
}
