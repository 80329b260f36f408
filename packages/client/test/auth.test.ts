import { inspect } from "node:util"
import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Auth, JobsApi, Pixxel, PixxelHttpClient } from "../src/index.js"
import { jobId, json, scripted, workflowId } from "./scripted.js"

const headerOf = (auth: Layer.Layer<Auth, unknown>) =>
  Effect.flatMap(Auth, ({ authorization }) => authorization).pipe(Effect.map(Redacted.value), Effect.provide(auth))

const env = (entries: ReadonlyArray<readonly [string, string]>) =>
  Layer.setConfigProvider(ConfigProvider.fromMap(new Map(entries)))

const noTransport = Layer.succeed(
  HttpClient.HttpClient,
  HttpClient.make(() => Effect.dieMessage("nothing is sent here"))
)

describe("Auth", () => {
  const forms: ReadonlyArray<readonly [string, Auth.Scheme | undefined, string]> = [
    ["abc123", undefined, "Bearer abc123"],
    ["abc123", "Bearer", "Bearer abc123"],
    ["abc123", "raw", "abc123"],
    ["Bearer abc123", "Bearer", "Bearer abc123"],
    ["bearer abc123", "Bearer", "bearer abc123"],
    ["Bearer abc123", "raw", "Bearer abc123"],
    ["Token abc123", "Bearer", "Token abc123"]
  ]
  for (const [token, scheme, header] of forms) {
    it.effect(`sends ${token} with scheme ${scheme} as ${header}`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* headerOf(Auth.layer({ token: Redacted.make(token), scheme })), header)
      })
    )
  }

  for (const token of [
    "",
    "  ",
    "secret-1\n",
    "secret\r\nX-Evil: 1",
    " secret-1",
    "secret-1 ",
    "secret-\u20ac",
    "Bearer",
    "Bearer "
  ]) {
    it.effect(`refuses ${JSON.stringify(token)} without printing it`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(headerOf(Auth.layer({ token: Redacted.make(token) })))
        assert.include(inspect(error), "The token")
        assert.notInclude(inspect(error) + JSON.stringify(error), "secret")
      })
    )
  }

  it.effect("reads the environment", () =>
    Effect.gen(function* () {
      const config = (...entries: ReadonlyArray<readonly [string, string]>) =>
        headerOf(Auth.layerConfig.pipe(Layer.provide(env(entries))))
      assert.strictEqual(yield* config(["PIXXEL_API_KEY", "k1"]), "Bearer k1")
      assert.strictEqual(yield* config(["PIXXEL_API_KEY", "k1"], ["PIXXEL_AUTH_SCHEME", "raw"]), "k1")
      assert.strictEqual(yield* config(["PIXXEL_API_KEY", "k1"], ["PIXXEL_AUTH_SCHEME", ""]), "Bearer k1")
      assert.include(String(yield* Effect.flip(config())), "PIXXEL_API_KEY")
      const wrong = yield* Effect.flip(config(["PIXXEL_API_KEY", "k1"], ["PIXXEL_AUTH_SCHEME", "s3cret"]))
      assert.include(String(wrong), "PIXXEL_AUTH_SCHEME")
      assert.notInclude(inspect(wrong), "s3cret")
    })
  )

  it.effect("takes a token from an effect", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* headerOf(Auth.layerEffect(Effect.succeed(Redacted.make("k2")))), "Bearer k2")
      assert.strictEqual(
        yield* Effect.flip(headerOf(Auth.layerEffect(Effect.fail("vault is closed")))),
        "vault is closed"
      )
    })
  )
})

describe("PixxelHttpClient", () => {
  const get = Effect.flatMap(JobsApi, (jobs) => jobs.get({ workflowId, jobId }))

  const bases: ReadonlyArray<readonly [string | undefined, string]> = [
    [undefined, "https://api.pixxel.space/v0/workflows/wf-1/jobs/job-1"],
    ["http://127.0.0.1:1/", "http://127.0.0.1:1/v0/workflows/wf-1/jobs/job-1"],
    ["http://127.0.0.1:1/w/world", "http://127.0.0.1:1/w/world/v0/workflows/wf-1/jobs/job-1"],
    ["http://127.0.0.1:1/w/world//", "http://127.0.0.1:1/w/world/v0/workflows/wf-1/jobs/job-1"]
  ]
  for (const [baseUrl, url] of bases) {
    it.effect(`with the base URL ${baseUrl} calls ${url}`, () =>
      Effect.gen(function* () {
        const { layer, seen } = scripted([() => json({ id: "job-1" })], { baseUrl })
        yield* Effect.provide(get, layer)
        assert.strictEqual(seen[0]?.url, url)
      })
    )
  }

  for (const baseUrl of [
    "nonsense",
    "ftp://host",
    "https://user:s3cret@host",
    "https://host/?key=s3cret",
    "https://host/#s3cret",
    "https://host/?"
  ]) {
    it.effect(`refuses the base URL ${baseUrl}`, () =>
      Effect.gen(function* () {
        const build = Layer.build(PixxelHttpClient.layer({ baseUrl }))
        const error = yield* build.pipe(
          Effect.provide(Layer.merge(noTransport, Auth.layer({ token: Redacted.make("k") }))),
          Effect.scoped,
          Effect.flip
        )
        assert.include(String(error), "base URL")
        assert.notInclude(inspect(error), "s3cret")
      })
    )
  }

  it.effect("reads the environment", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* PixxelHttpClient.pipe(
        Effect.provide(Pixxel.layerConfig),
        Effect.provide(noTransport),
        Effect.provide(
          env([
            ["PIXXEL_API_KEY", "k"],
            ["PIXXEL_BASE_URL", "http://localhost:3000"]
          ])
        )
      )
      assert.strictEqual(baseUrl, "http://localhost:3000")
    })
  )

  it.effect("sends the token, follows no redirect, and adds no tracing headers", () =>
    Effect.gen(function* () {
      const { layer, seen } = scripted([() => json({ id: "job-1" })], { token: Redacted.make("k3") })
      yield* get.pipe(Effect.provide(layer), Effect.withSpan("the application"))
      assert.strictEqual(seen[0]?.headers.get("authorization"), "Bearer k3")
      assert.strictEqual(seen[0]?.redirect, "manual")
      assert.isFalse(seen[0]?.headers.has("traceparent"))
      assert.isFalse(seen[0]?.headers.has("b3"))
    })
  )
})
