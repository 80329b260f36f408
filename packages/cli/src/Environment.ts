/**
 * The services of a command: the API by flags and environment variables, or an embedded mock server, which needs
 * neither and is loaded only for `--mock`.
 */

import type * as HttpClient from "@effect/platform/HttpClient"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Pixxel } from "@effect-pixxel/client"
import * as NodeDecompression from "@effect-pixxel/client-node/NodeDecompression"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Exchanges from "./Exchanges.js"
import type { Output } from "./Output.js"
import * as Proxy from "./Proxy.js"

export class Environment extends Context.Tag("@effect-pixxel/cli/Environment")<Environment, Environment.Service>() {
  /**
   * The API over Node's own HTTP, which is there without delay while the first use of its `fetch` takes longer than all
   * the rest of a command; or the mock in this process, whose clock jumps to whatever happens next.
   */
  static readonly layer: Layer.Layer<Environment> = Layer.sync(this, () => ({
    services: ({ mock, verbose }) => (mock ? mocked(verbose) : real(verbose))
  }))
}

export declare namespace Environment {
  export type Services = Pixxel.Services | HttpClient.HttpClient

  export interface Options {
    readonly mock: boolean
    /** Whether each request is told on stderr. */
    readonly verbose: boolean
  }

  export interface Service {
    readonly services: (options: Options) => Layer.Layer<Services, ConfigError, Output>
  }
}

/** With `verbose`, notes each request of a transport on stderr. */
export const telling = <A, E, R>(
  verbose: boolean,
  transport: Layer.Layer<A | HttpClient.HttpClient, E, R>,
  route: Proxy.Route = Proxy.direct
): Layer.Layer<A | HttpClient.HttpClient, E, R | Output> =>
  verbose ? Layer.provideMerge(Exchanges.told(route), transport) : transport

const real = (verbose: boolean) =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const route = yield* Proxy.route
      const transport =
        route === Proxy.direct
          ? NodeHttpClient.layer
          : (yield* Effect.promise(() => import("./tunnel.js"))).layer(route)
      return Pixxel.layerConfig.pipe(
        // Node's HTTP decompresses nothing, and brotli may come from a gateway that was not asked for it.
        Layer.provide(NodeDecompression.layer),
        Layer.provideMerge(telling(verbose, transport, route))
      )
    })
  )

const mocked = (verbose: boolean): Layer.Layer<Environment.Services, ConfigError, Output> =>
  Layer.unwrapEffect(
    Effect.map(
      Effect.promise(() => import("@effect-pixxel/mock-server")),
      ({ MockServer }) =>
        Layer.unwrapEffect(Effect.map(MockServer, ({ baseUrl, token }) => Pixxel.layer({ baseUrl, token }))).pipe(
          Layer.provideMerge(
            telling(
              verbose,
              // a command that fails is no test that failed: there is nothing to replay
              Layer.orDie(MockServer.layer({ transport: "inProcess", clock: "auto", capsules: false }))
            )
          )
        )
    )
  )
