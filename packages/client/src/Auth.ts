/**
 * The token, and the form in which it is sent.
 *
 * The documentation shows the key bare in some places and with `Bearer` in others, so the form can be chosen. A token
 * that brings its own scheme (`Bearer …`, `Token …`) is sent as it is.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { rotating } from "./internal/rotating.js"

/** Words of visible ASCII with single spaces between: what a header can carry and nothing in it can be cut off. */
const sendable = /^[\x21-\x7e]+( [\x21-\x7e]+)*$/
const bareScheme = /^(bearer|basic|token)$/i
const ownScheme = /^[a-z][a-z0-9-]* /i

const headerOf = (
  token: Redacted.Redacted,
  scheme: Auth.Scheme,
  source: string
): Either.Either<Redacted.Redacted, ConfigError.ConfigError> => {
  const value = Redacted.value(token)
  const invalid = (reason: string) => Either.left(ConfigError.InvalidData([source], reason))
  if (value.trim() === "") return invalid("The token is empty")
  if (bareScheme.test(value)) return invalid("The token is only the name of a scheme")
  if (!sendable.test(value)) {
    return invalid("The token has a line break, a space at an end, or another character that no header can carry")
  }
  return Either.right(scheme === "raw" || ownScheme.test(value) ? token : Redacted.make(`Bearer ${value}`))
}

// The value is in no message: it may be the token, put into the wrong variable.
const schemeConfig = Config.string("PIXXEL_AUTH_SCHEME").pipe(
  Config.mapOrFail((text) => {
    const word = text.trim().toLowerCase()
    return word === "" || word === "bearer"
      ? Either.right<Auth.Scheme>("Bearer")
      : word === "raw"
        ? Either.right<Auth.Scheme>("raw")
        : Either.left(ConfigError.InvalidData([], "Expected Bearer or raw"))
  }),
  Config.withDefault<Auth.Scheme>("Bearer")
)

/** What is given, else the configuration. */
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
 * How calls are authorized.
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
   * A token that stays the same. What is not given comes from `PIXXEL_API_KEY` and `PIXXEL_AUTH_SCHEME`. An unusable
   * token fails the build of the layer, and is not in the error.
   */
  static readonly layer = (options: Auth.Options = {}): Layer.Layer<Auth, ConfigError.ConfigError> =>
    Layer.effect(this, make(options))

  /** The token from `PIXXEL_API_KEY`, the scheme (`Bearer` unless it is `raw`) from `PIXXEL_AUTH_SCHEME`. */
  static readonly layerConfig: Layer.Layer<Auth, ConfigError.ConfigError> = this.layer()

  /**
   * A token that changes, from a secret store for example. The effect is run when the layer is built, and again after
   * a 401 or 403 (expired and revoked tokens are answered 403, as missing rights are), once for all calls that were
   * under way with the refused token. A call is repeated, once, only if the token has changed. If it has not, or
   * cannot be read, the call fails with the refusal, and reading it is tried again by the next call that is refused.
   *
   * `Pixxel.layerWithoutAuth` brings everything else. A scheme that is not given comes from `PIXXEL_AUTH_SCHEME`.
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
 * @since 0.1.0
 * @category services
 */
export declare namespace Auth {
  /**
   * `Bearer` sends `Authorization: Bearer <token>`, `raw` sends `Authorization: <token>`.
   *
   * @since 0.1.0
   * @category models
   */
  export type Scheme = "Bearer" | "raw"

  /**
   * @since 0.1.0
   * @category models
   */
  export interface Options {
    /** Default: `PIXXEL_API_KEY`. */
    readonly token?: Redacted.Redacted | undefined
    /** Default: `PIXXEL_AUTH_SCHEME`, else `Bearer`. */
    readonly scheme?: Scheme | undefined
  }

  /**
   * @since 0.1.0
   * @category services
   */
  export interface Service {
    /** The value of the `Authorization` header, asked for by every attempt of every call. */
    readonly authorization: Effect.Effect<Redacted.Redacted>
    /**
     * Told that a value which `authorization` gave was refused (401, 403). Answers whether there is another one now:
     * `false` for a token that stays the same.
     */
    readonly renew: (refused: Redacted.Redacted) => Effect.Effect<boolean>
  }
}
