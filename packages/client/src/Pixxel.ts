/**
 * Everything at once: all services of the client in one layer, over the `HttpClient` of the application.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import type { ConfigError } from "effect/ConfigError"
import * as Layer from "effect/Layer"
import { Auth } from "./Auth.js"
import { JobsApi } from "./JobsApi.js"
import { PixxelHttpClient } from "./PixxelHttpClient.js"
import { WorkflowsApi } from "./WorkflowsApi.js"

/**
 * The services that the layers of this module provide.
 *
 * @since 0.1.0
 * @category models
 */
export type Services = JobsApi | WorkflowsApi | PixxelHttpClient

/**
 * @since 0.1.0
 * @category models
 */
export interface Options extends Auth.Options, PixxelHttpClient.Options {}

const services = Layer.merge(JobsApi.layer, WorkflowsApi.layer)

/**
 * All services, configured in code.
 *
 * @example
 * import { FetchHttpClient } from "@effect/platform"
 * import { Pixxel } from "@effect-pixxel/client"
 * import * as Layer from "effect/Layer"
 * import * as Redacted from "effect/Redacted"
 *
 * const PixxelLive = Pixxel.layer({ token: Redacted.make("my-key") }).pipe(Layer.provide(FetchHttpClient.layer))
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<Services, ConfigError, HttpClient.HttpClient> =>
  services.pipe(Layer.provideMerge(PixxelHttpClient.layer(options)), Layer.provide(Auth.layer(options)))

/**
 * All services, configured by `PIXXEL_API_KEY`, `PIXXEL_AUTH_SCHEME` and `PIXXEL_BASE_URL`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig: Layer.Layer<Services, ConfigError, HttpClient.HttpClient> = services.pipe(
  Layer.provideMerge(PixxelHttpClient.layerConfig),
  Layer.provide(Auth.layerConfig)
)
