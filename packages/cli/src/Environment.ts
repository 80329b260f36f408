/**
 * The connection of a command: to the API, configured by flags and environment variables, or to an embedded mock
 * server, which needs no configuration and is loaded only for `--mock`.
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Auth } from "@effect-pixxel/client/Auth"
import { PixxelHttpClient } from "@effect-pixxel/client/PixxelHttpClient"
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
   * The API over Node's HTTP client, because the first use of `fetch` takes longer than the rest of a short command; or
   * the mock in this process, whose clock jumps to the next event.
   */
  static readonly layer: Layer.Layer<Environment> = Layer.sync(this, () => ({
    services: ({ mock, takesMonths = false, verbose }) => (mock ? mocked(verbose, takesMonths) : real(verbose))
  }))
}

export declare namespace Environment {
  export type Services = PixxelHttpClient | HttpClient.HttpClient

  export interface Options {
    readonly mock: boolean
    /** Whether to log each request to stderr. */
    readonly verbose: boolean
    /** Whether the command may wait for months: the virtual time of the mock then has a later end. */
    readonly takesMonths?: boolean
  }

  export interface Service {
    readonly services: (options: Options) => Layer.Layer<Services, ConfigError, Output>
  }
}

/** With `verbose`, logs each request of a transport to stderr. */
export const logging = <A, E, R>(
  verbose: boolean,
  transport: Layer.Layer<A | HttpClient.HttpClient, E, R>,
  route: Proxy.Route = Proxy.direct
): Layer.Layer<A | HttpClient.HttpClient, E, R | Output> =>
  verbose ? Layer.provideMerge(Exchanges.logged(route), transport) : transport

/** The connection to the API, over which each group of commands has its services. Missing options are settings. */
export const connection = (
  options: Auth.Options & PixxelHttpClient.Options = {}
): Layer.Layer<PixxelHttpClient, ConfigError, HttpClient.HttpClient> =>
  Layer.provide(PixxelHttpClient.layer(options), Auth.layer(options))

const real = (verbose: boolean) =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const route = yield* Proxy.route
      const transport =
        route === Proxy.direct
          ? NodeHttpClient.layer
          : (yield* Effect.promise(() => import("./tunnel.js"))).layer(route)
      return connection().pipe(
        // Node's HTTP client does not decompress, and a gateway may send brotli unasked.
        Layer.provide(NodeDecompression.layer),
        Layer.provideMerge(logging(verbose, transport, route))
      )
    })
  )

/** The longest virtual time of a command that takes months: that of a yearly order. */
const year = 400 * 86_400_000

const mocked = (verbose: boolean, takesMonths: boolean): Layer.Layer<Environment.Services, ConfigError, Output> =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { MockServer } = yield* Effect.promise(() => import("@effect-pixxel/mock-server"))
      // a failed command is no failed test, so it needs no replay capsule
      const server = MockServer.layer({ clock: "auto", capsules: false, cap: takesMonths ? year : undefined })
      const api = Layer.unwrapEffect(Effect.map(MockServer, ({ baseUrl, token }) => connection({ baseUrl, token })))
      return Layer.provideMerge(api, logging(verbose, Layer.orDie(server)))
    })
  )
