import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Pixxel } from "../src/index.js"
import { json, scripted, token, transport } from "./scripted.js"

describe("the fiber-locals of the caller", () => {
  it.effect("get the values that middleware sets", () =>
    Effect.gen(function* () {
      const seen = FiberRef.unsafeMake(0)
      const counting = Layer.effect(
        HttpClient.HttpClient,
        Effect.map(
          HttpClient.HttpClient,
          HttpClient.tap(() => FiberRef.update(seen, (n) => n + 1))
        )
      )
      const client = Layer.provide(counting, transport([() => json("pong")]).layer)
      yield* Effect.provide(Pixxel.ping, Layer.provide(Pixxel.layer({ token: Redacted.make(token) }), client))
      assert.strictEqual(yield* FiberRef.get(seen), 1)
    })
  )

  it.effect("keep their runtime flags", () =>
    Effect.gen(function* () {
      yield* Pixxel.ping
      assert.strictEqual(yield* FiberRef.get(FiberRef.currentRuntimeFlags), yield* Effect.getRuntimeFlags)
    }).pipe(Effect.provide(scripted([() => json("pong")]).layer))
  )
})
