/**
 * What a command stands on: the API as the environment variables say, or an embedded mock server that needs none. The
 * mock is loaded only by those who ask for it.
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { Pixxel } from "@effect-pixxel/client"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export class Environment extends Context.Tag("@effect-pixxel/cli/Environment")<Environment, Environment.Service>() {
  /** The API over fetch, or the mock in this process, whose clock jumps to whatever happens next. */
  static readonly layer: Layer.Layer<Environment> = Layer.sync(this, () => ({
    services: ({ mock }) => (mock ? mocked : Pixxel.layerConfig.pipe(Layer.provide(FetchHttpClient.layer)))
  }))
}

export declare namespace Environment {
  export interface Service {
    readonly services: (options: { readonly mock: boolean }) => Layer.Layer<Pixxel.Services, ConfigError>
  }
}

const mocked: Layer.Layer<Pixxel.Services, ConfigError> = Layer.unwrapEffect(
  Effect.map(
    Effect.promise(() => import("@effect-pixxel/mock-server")),
    ({ MockServer }) =>
      Layer.unwrapEffect(Effect.map(MockServer, ({ baseUrl, token }) => Pixxel.layer({ baseUrl, token }))).pipe(
        Layer.provideMerge(Layer.orDie(MockServer.layer({ transport: "inProcess", clock: "auto" })))
      )
  )
)
