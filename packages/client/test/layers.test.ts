/** The sources of the layers' options, and their effect on the wire. */
import { readFileSync } from "node:fs"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Auth, JobsApi, Pixxel, PixxelHttpClient } from "../src/index.js"
import { version } from "../src/internal/version.js"
import { jobId, json, transport, workflowId } from "./scripted.js"

const staging = {
  PIXXEL_API_KEY: "from-env",
  PIXXEL_AUTH_SCHEME: "raw",
  PIXXEL_BASE_URL: "https://staging.test/pixxel"
}

/** The request of a get, under an environment. */
const sentBy = (layer: Layer.Layer<JobsApi, unknown>, env: Readonly<Record<string, string>> = staging) =>
  Effect.gen(function* () {
    const { fetch, seen } = transport([() => json({ id: "job-1" })])
    yield* Effect.flatMap(JobsApi, (jobs) => jobs.get({ workflowId, jobId })).pipe(
      Effect.provide(layer),
      Effect.provideService(FetchHttpClient.Fetch, fetch),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(env))))
    )
    const [request] = seen
    assert(request !== undefined)
    return request
  })

const over = <A, E>(layer: Layer.Layer<A, E, HttpClient.HttpClient>) => Layer.provide(layer, FetchHttpClient.layer)

const token = Redacted.make("from-code")

describe("missing options come from the configuration", () => {
  const rows: ReadonlyArray<readonly [string, Layer.Layer<JobsApi, unknown>, string, string]> = [
    ["layer({ token })", over(Pixxel.layer({ token })), "https://staging.test/pixxel", "from-code"],
    [
      "layer({ token, retry })",
      over(Pixxel.layer({ token, retry: { maxAttempts: 2 } })),
      "https://staging.test/pixxel",
      "from-code"
    ],
    ["layer({ retry })", over(Pixxel.layer({ retry: {} })), "https://staging.test/pixxel", "from-env"],
    ["layer()", over(Pixxel.layer()), "https://staging.test/pixxel", "from-env"],
    ["layerConfig", over(Pixxel.layerConfig), "https://staging.test/pixxel", "from-env"],
    ["layer({ scheme })", over(Pixxel.layer({ scheme: "Bearer" })), "https://staging.test/pixxel", "Bearer from-env"],
    ["layer({ baseUrl })", over(Pixxel.layer({ baseUrl: "https://code.test" })), "https://code.test", "from-env"],
    ["layerFromConfig with nothing", over(Pixxel.layerFromConfig({})), "https://staging.test/pixxel", "from-env"],
    [
      "layerFromConfig with configs and values",
      over(
        Pixxel.layerFromConfig({
          token: Config.redacted("MY_TOKEN"),
          baseUrl: Config.string("MY_URL").pipe(Config.withDefault("https://mine.test")),
          scheme: "Bearer",
          retry: { maxAttempts: 2 }
        })
      ),
      "https://mine.test",
      "Bearer mine"
    ],
    [
      "layerWithoutAuth and Auth.layerEffect",
      over(Pixxel.layerWithoutAuth().pipe(Layer.provide(Auth.layerEffect(Effect.succeed(Redacted.make("vault")))))),
      "https://staging.test/pixxel",
      "vault"
    ],
    [
      "the layers one by one",
      over(JobsApi.layer.pipe(Layer.provide(PixxelHttpClient.layer({})), Layer.provide(Auth.layer({ token })))),
      "https://staging.test/pixxel",
      "from-code"
    ]
  ]
  for (const [name, layer, baseUrl, authorization] of rows) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const request = yield* sentBy(layer, { ...staging, MY_TOKEN: "mine" })
        assert.strictEqual(request.url, `${baseUrl}/v0/workflows/wf-1/jobs/job-1`)
        assert.strictEqual(request.headers.get("authorization"), authorization)
      })
    )
  }

  it.effect("and default to production with Bearer", () =>
    Effect.gen(function* () {
      const request = yield* sentBy(over(Pixxel.layer({ token })), {})
      assert.match(request.url, /^https:\/\/api\.pixxel\.space\//)
      assert.strictEqual(request.headers.get("authorization"), "Bearer from-code")
    })
  )

  it.effect("and a missing token fails the layer with the name of its variable", () =>
    Effect.gen(function* () {
      for (const layer of [Pixxel.layer(), Pixxel.layerFromConfig({ token: Config.redacted("MY_TOKEN") })]) {
        const error = yield* Effect.flip(sentBy(over(layer), {}))
        assert.match(String(error), /PIXXEL_API_KEY|MY_TOKEN/)
      }
    })
  )
})

describe("User-Agent", () => {
  it.effect("is the name and the version of the client", () =>
    Effect.gen(function* () {
      const request = yield* sentBy(over(Pixxel.layer()))
      assert.strictEqual(request.headers.get("user-agent"), `effect-pixxel/${version}`)
    })
  )

  it("has the version of package.json; if not: node scripts/write-version.mjs", () => {
    const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))
    assert.strictEqual(Object(manifest).version, version)
  })

  it.effect("is the value of the option", () =>
    Effect.gen(function* () {
      const request = yield* sentBy(over(Pixxel.layer({ userAgent: "fields/1.2 (ops@example.test)" })))
      assert.strictEqual(request.headers.get("user-agent"), "fields/1.2 (ops@example.test)")
    })
  )

  for (const userAgent of ["", "a\r\nx: y", "caf\u00e9", " a"]) {
    it.effect(`cannot be ${JSON.stringify(userAgent)}`, () =>
      Effect.gen(function* () {
        assert.include(String(yield* Effect.flip(sentBy(over(Pixxel.layer({ userAgent }))))), "userAgent")
      })
    )
  }
})

for (const maxResponseBytes of [0, -1, Number.NaN]) {
  it.effect(`maxResponseBytes cannot be ${maxResponseBytes}`, () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(sentBy(over(Pixxel.layer({ maxResponseBytes }))))
      assert.include(String(error), "maxResponseBytes")
    })
  )
}
