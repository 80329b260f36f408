/**
 * The connection to the Pixxel API: where it is, how it is authorized, how long a call may take. The transport under
 * it is the `HttpClient` that the application chooses.
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
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { Auth } from "./Auth.js"
import { type Drift, logWarning, type OnDrift } from "./Drift.js"
import * as drift from "./internal/drift.js"

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

const make = (options: PixxelHttpClient.Options) =>
  Effect.gen(function* () {
    const baseUrl = yield* baseUrlOf(String(options.baseUrl ?? defaultBaseUrl))
    const { authorization } = yield* Auth
    const client = yield* HttpClient.HttpClient
    return {
      baseUrl,
      authorization,
      client,
      timeout: Duration.decode(options.timeout ?? "60 seconds"),
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
  /** A base URL that cannot be used fails the build of the layer. */
  static readonly layer = (
    options: PixxelHttpClient.Options = {}
  ): Layer.Layer<PixxelHttpClient, ConfigError.ConfigError, HttpClient.HttpClient | Auth> =>
    Layer.effect(this, make(options))

  /** The base URL from `PIXXEL_BASE_URL`. */
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
    /** The deadline of one call, its body included. Default: 60 seconds. */
    readonly timeout?: Duration.DurationInput | undefined
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
    readonly authorization: Effect.Effect<Redacted.Redacted>
    readonly client: HttpClient.HttpClient
    readonly timeout: Duration.Duration
    /** Called for every drift of every call. */
    readonly onDrift: (drift: Drift) => Effect.Effect<void>
  }
}
