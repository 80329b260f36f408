/**
 * All services of the client in one layer, over the `HttpClient` of the application.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Auth } from "./Auth.js"
import { AoisApi } from "./aois/AoisApi.js"
import { ArchivesApi } from "./archives/ArchivesApi.js"
import { AssetsApi } from "./assets/AssetsApi.js"
import { BlocksApi } from "./blocks/BlocksApi.js"
import { CatalogApi } from "./catalog/CatalogApi.js"
import type { HttpError } from "./HttpError.js"
import { IndicesApi } from "./indices/IndicesApi.js"
import { InsightsApi } from "./insights/InsightsApi.js"
import { JobsApi } from "./jobs/JobsApi.js"
import { OrdersApi } from "./orders/OrdersApi.js"
import { PixxelHttpClient } from "./PixxelHttpClient.js"
import * as internal from "./ping/internal/ping.js"
import { ProjectsApi } from "./projects/ProjectsApi.js"
import { SearchApi } from "./search/SearchApi.js"
import { StoresApi } from "./stores/StoresApi.js"
import { VisualizationsApi } from "./visualizations/VisualizationsApi.js"
import { WorkflowsApi } from "./workflows/WorkflowsApi.js"

/**
 * The options of `layer`: those of `Auth.layer` and `PixxelHttpClient.layer`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends Auth.Options, PixxelHttpClient.Options {}

const services = Layer.mergeAll(
  AoisApi.layer,
  ArchivesApi.layer,
  AssetsApi.layer,
  BlocksApi.layer,
  CatalogApi.layer,
  IndicesApi.layer,
  InsightsApi.layer,
  JobsApi.layer,
  OrdersApi.layer,
  ProjectsApi.layer,
  SearchApi.layer,
  StoresApi.layer,
  VisualizationsApi.layer,
  WorkflowsApi.layer
)

/**
 * The services provided by the layers of this module.
 *
 * @since 0.1.0
 * @category models
 */
export type Services = Layer.Layer.Success<typeof services> | PixxelHttpClient

/**
 * Provides all services and requires `Auth`: use `Auth.layerEffect` for a token that changes.
 *
 * @example
 * import { FetchHttpClient } from "@effect/platform"
 * import { Auth, Pixxel } from "@effect-pixxel/client"
 * import { Effect, Layer, Redacted } from "effect"
 *
 * // Reads the token of the hour from a secret store.
 * declare const readToken: Effect.Effect<Redacted.Redacted, Error>
 *
 * const PixxelLive = Pixxel.layerWithoutAuth({ concurrency: 10 }).pipe(
 *   Layer.provide(Auth.layerEffect(readToken)),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 *
 * @since 0.1.0
 * @category layers
 */
export const layerWithoutAuth = (
  options: PixxelHttpClient.Options = {}
): Layer.Layer<Services, ConfigError, HttpClient.HttpClient | Auth> =>
  services.pipe(Layer.provideMerge(PixxelHttpClient.layer(options)))

/**
 * Provides all services. Missing options come from `PIXXEL_API_KEY`, `PIXXEL_AUTH_SCHEME` and `PIXXEL_BASE_URL`, then
 * from the defaults: a token given in code still goes to the base URL of the environment.
 *
 * @example
 * import { FetchHttpClient } from "@effect/platform"
 * import { Pixxel } from "@effect-pixxel/client"
 * import { Layer, Redacted } from "effect"
 *
 * const PixxelLive = Pixxel.layer({ token: Redacted.make("my-key"), retry: { maxAttempts: 3 } }).pipe(
 *   Layer.provide(FetchHttpClient.layer)
 * )
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<Services, ConfigError, HttpClient.HttpClient> =>
  layerWithoutAuth(options).pipe(Layer.provide(Auth.layer(options)))

/**
 * Provides all services, configured by `PIXXEL_API_KEY`, `PIXXEL_AUTH_SCHEME` and `PIXXEL_BASE_URL`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig: Layer.Layer<Services, ConfigError, HttpClient.HttpClient> = layer()

/**
 * The options of `layer`, each as a value or as a `Config`.
 *
 * @since 0.1.0
 * @category models
 */
export type ConfigOptions = { readonly [K in keyof Options]: Options[K] | Config.Config<Options[K]> }

/**
 * Provides all services, with options from configuration keys of the application. Other clients of the Effect ecosystem
 * call this function `layerConfig`; here that name is a layer. Missing options default as in `layer`.
 *
 * @example
 * import { FetchHttpClient } from "@effect/platform"
 * import { Pixxel } from "@effect-pixxel/client"
 * import { Config, Layer } from "effect"
 *
 * const PixxelLive = Pixxel.layerFromConfig({
 *   token: Config.redacted("STAGING_PIXXEL_TOKEN"),
 *   baseUrl: Config.string("STAGING_PIXXEL_URL"),
 *   retry: { maxAttempts: 3 }
 * }).pipe(Layer.provide(FetchHttpClient.layer))
 *
 * @since 0.1.0
 * @category layers
 */
export const layerFromConfig = (options: ConfigOptions): Layer.Layer<Services, ConfigError, HttpClient.HttpClient> =>
  Layer.unwrapEffect(
    Effect.map(
      Effect.forEach(Object.entries(options), ([name, value]) =>
        Effect.map(Config.isConfig(value) ? value : Effect.succeed(value), (read) => [name, read] as const)
      ),
      // Each Config yields the option of its key.
      (entries) => layer(Object.fromEntries(entries) as Options)
    )
  )

/**
 * Asks the API for a sign of life, without the token (documented), and returns its text, such as `pong`. A success says
 * nothing about the token.
 *
 * @example
 * import { Pixxel } from "@effect-pixxel/client"
 * import { Effect } from "effect"
 *
 * const isUp = Pixxel.ping.pipe(
 *   Effect.as(true),
 *   Effect.catchAll(() => Effect.succeed(false))
 * )
 *
 * @since 0.1.0
 * @category operations
 */
export const ping: Effect.Effect<string, HttpError, PixxelHttpClient> = internal.ping
