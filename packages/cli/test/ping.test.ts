import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { assert, describe, it } from "@effect/vitest"
import { Pixxel } from "@effect-pixxel/client"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Environment } from "../src/Environment.js"
import { json, pixxel, refused, scripted } from "./harness.js"

describe("pixxel ping", () => {
  it.effect.each(["", "not a token\n"])("needs no token: PIXXEL_API_KEY=%j", (key) =>
    Effect.gen(function* () {
      const sent: Array<string | null> = []
      const fetch: typeof globalThis.fetch = async (_, init) => {
        sent.push(new Headers(init?.headers).get("authorization"))
        return json("pong")
      }
      const transport = FetchHttpClient.layer.pipe(Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)))
      const environment = Layer.succeed(Environment, {
        services: () => Layer.provideMerge(Pixxel.layerConfig, transport)
      })
      const variables = ConfigProvider.fromMap(new Map([["PIXXEL_API_KEY", key]]))
      const { code, stderr, stdout } = yield* Effect.withConfigProvider(pixxel("ping", { environment }), variables)
      assert.deepStrictEqual([code, stderr, stdout, sent], [0, "", "pong\n", [null]])
    })
  )

  it.effect("prints the answer", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* pixxel("ping --mock"), { code: 0, stdout: "pong\n", stderr: "" })
      assert.strictEqual((yield* pixxel("--json ping --mock")).stdout, '"pong"\n')
    })
  )

  it.effect("reports a failure by its own name", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel("ping", { environment: scripted(() => refused(403)) })
      assert.strictEqual(code, 4)
      assert.include(stderr, "pixxel ping was answered 403")
    })
  )

  it.effect("takes no argument", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel("ping twice --mock")
      assert.strictEqual(code, 2)
      assert.include(stderr, "Unexpected argument 'twice': pixxel ping takes no argument.")
    })
  )
})
