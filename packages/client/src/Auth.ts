/**
 * The API token, and the form in which the client sends it.
 *
 * The documentation shows the key bare in some places and with `Bearer` in others, so the form is an option. A token
 * with a scheme of its own (`Bearer …`, `Token …`) is sent unchanged.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { setting } from "./internal/invalid.js"
import { rotating } from "./internal/rotating.js"
import { isSendable } from "./internal/settings.js"

const bareScheme = /^(bearer|basic|token)$/i
const ownScheme = /^[a-z][a-z0-9-]* /i

const headerOf = (token: Redacted.Redacted, scheme: Auth.Scheme, source: string) => {
  const value = Redacted.value(token)
  const reason =
    value.trim() === ""
      ? "is empty"
      : bareScheme.test(value)
        ? "is only a scheme name"
        : isSendable(value)
          ? undefined
          : "has a line break, a leading or trailing space, or a character that no header can carry"
  if (reason !== undefined) return Effect.fail(setting(source, `The token ${reason}`))
  return Effect.succeed(scheme === "raw" || ownScheme.test(value) ? token : Redacted.make(`Bearer ${value}`))
}

// No message shows the value: it may be a token set in the wrong variable.
const schemeConfig = Config.string("PIXXEL_AUTH_SCHEME").pipe(
  Config.withDefault(""),
  Config.mapOrFail((text) => {
    const word = text.trim().toLowerCase()
    return word === "raw"
      ? Either.right<Auth.Scheme>("raw")
      : word === "" || word === "bearer"
        ? Either.right<Auth.Scheme>("Bearer")
        : Either.left(setting("PIXXEL_AUTH_SCHEME", "Expected Bearer or raw"))
  })
)

/** Returns the given scheme, else the configured scheme. */
const schemeOf = (scheme: Auth.Scheme | undefined): Effect.Effect<Auth.Scheme, ConfigError.ConfigError> =>
  scheme === undefined ? schemeConfig : Effect.succeed(scheme)

const make = ({ scheme, token }: Auth.Options) =>
  Effect.gen(function* () {
    const source = token === undefined ? "PIXXEL_API_KEY" : "token"
    const value = token ?? (yield* Config.redacted("PIXXEL_API_KEY"))
    const header = yield* headerOf(value, yield* schemeOf(scheme), source)
    return { authorization: Effect.succeed(header), renew: () => Effect.succeed(false) }
  })

/**
 * Authorizes calls.
 *
 * @example
 * import { Auth } from "@effect-pixxel/client"
 * import * as Redacted from "effect/Redacted"
 *
 * const bearer = Auth.layer({ token: Redacted.make("my-key") })
 * const raw = Auth.layer({ token: Redacted.make("my-key"), scheme: "raw" })
 *
 * @since 0.1.0
 * @category services
 */
export class Auth extends Context.Tag("@effect-pixxel/client/Auth")<Auth, Auth.Service>() {
  /**
   * Uses a token that never changes. Missing options come from `PIXXEL_API_KEY` and `PIXXEL_AUTH_SCHEME`. An unusable
   * token fails the build of the layer with a `ConfigError`, which never shows the token.
   */
  static readonly layer = (options: Auth.Options = {}): Layer.Layer<Auth, ConfigError.ConfigError> =>
    Layer.effect(this, make(options))

  /** Reads the token from `PIXXEL_API_KEY` and the scheme (default: `Bearer`) from `PIXXEL_AUTH_SCHEME`. */
  static readonly layerConfig: Layer.Layer<Auth, ConfigError.ConfigError> = this.layer()

  /**
   * Uses a token that changes, for example one from a secret store. The effect runs when the layer is built, and again
   * after a 401 or 403 (the API answers 403 to expired and revoked tokens too), once for all calls in flight with the
   * refused token. A refused call is repeated once, and only if the token has changed. If the token has not changed or
   * cannot be read, the call fails with the refusal, and the next refused call reads the token again.
   *
   * `Pixxel.layerWithoutAuth` provides all other services. The scheme defaults to `PIXXEL_AUTH_SCHEME`.
   *
   * @example
   * import { FetchHttpClient } from "@effect/platform"
   * import { Auth, Pixxel } from "@effect-pixxel/client"
   * import { Effect, Layer, Redacted } from "effect"
   *
   * // Reads the token of the hour from a secret store.
   * declare const readToken: Effect.Effect<Redacted.Redacted, Error>
   *
   * const PixxelLive = Pixxel.layerWithoutAuth().pipe(
   *   Layer.provide(Auth.layerEffect(readToken)),
   *   Layer.provide(FetchHttpClient.layer)
   * )
   */
  static readonly layerEffect = <E, R>(
    token: Effect.Effect<Redacted.Redacted, E, R>,
    options?: { readonly scheme?: Auth.Scheme | undefined }
  ): Layer.Layer<Auth, E | ConfigError.ConfigError, R> =>
    Layer.effect(
      this,
      Effect.flatMap(schemeOf(options?.scheme), (scheme) =>
        rotating(Effect.flatMap(token, (value) => headerOf(value, scheme, "token")))
      )
    )
}

/**
 * The types of `Auth`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace Auth {
  /** `Bearer` sends `Authorization: Bearer <token>`, `raw` sends `Authorization: <token>`. */
  export type Scheme = "Bearer" | "raw"

  /** The options of `Auth.layer`. */
  export interface Options {
    /** Default: `PIXXEL_API_KEY`. */
    readonly token?: Redacted.Redacted | undefined
    /** Default: `PIXXEL_AUTH_SCHEME`, else `Bearer`. */
    readonly scheme?: Scheme | undefined
  }

  /** The authorization of calls. Implement it for another way to obtain tokens. */
  export interface Service {
    /** The value of the `Authorization` header. Runs once per attempt of every call. */
    readonly authorization: Effect.Effect<Redacted.Redacted>
    /**
     * Runs when the API refused a value of `authorization` (401, 403). Returns whether `authorization` now has another
     * value: `false` for a token that never changes.
     */
    readonly renew: (refused: Redacted.Redacted) => Effect.Effect<boolean>
  }
}
