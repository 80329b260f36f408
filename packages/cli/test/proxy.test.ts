/** Requests through a proxy: their selection, and the data visible to the proxy and the target server. */
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Environment } from "../src/Environment.js"
import * as Proxy from "../src/Proxy.js"
import * as tunnel from "../src/tunnel.js"
import { built } from "./built.js"
import { pixxel } from "./harness.js"
import { behindProxy, certificate } from "./proxy.js"
import { start } from "./start.js"

const { bin, env: cache } = built()

type Variables = Readonly<Record<string, string>>

const withVariables = (variables: Variables) =>
  Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables))))

const routeOf = (variables: Variables) => withVariables(variables)(Proxy.route)

/** One proxy per scheme. */
const both = { HTTPS_PROXY: "http://secure:1", HTTP_PROXY: "http://plain:2" }

const secure = "http://secure:1 (HTTPS_PROXY)"
const plain = "http://plain:2 (HTTP_PROXY)"

describe("the proxy of a URL", () => {
  const api = "https://api.pixxel.space/v0"
  const cases: ReadonlyArray<readonly [variables: Variables, url: string, name: string | undefined]> = [
    [{}, api, undefined],
    [{ HTTPS_PROXY: "" }, api, undefined],
    [both, api, secure],
    [both, "http://api.pixxel.space", plain],
    [{ HTTPS_PROXY: "http://secure:1" }, "http://api.pixxel.space", undefined],
    [{ HTTP_PROXY: "http://plain:2" }, api, plain],
    [{ https_proxy: "http://lower:3", ...both }, api, "http://lower:3 (https_proxy)"],
    [{ https_proxy: "", ...both }, api, secure],
    [{ http_proxy: "http://lower:3" }, "http://api.pixxel.space", "http://lower:3 (http_proxy)"],
    [{ HTTPS_PROXY: " http://secure:1 " }, api, secure],
    [{ HTTPS_PROXY: "secure:1" }, api, secure],
    [{ HTTPS_PROXY: "secure" }, api, "http://secure (HTTPS_PROXY)"],
    [{ HTTPS_PROXY: "https://user:secret@secure" }, api, "https://secure (HTTPS_PROXY)"],
    [{ HTTPS_PROXY: "http://[::7]:1" }, api, "http://[::7]:1 (HTTPS_PROXY)"],
    [{ ...both, NODE_USE_ENV_PROXY: "1" }, api, secure],
    [{ ...both, NODE_USE_ENV_PROXY: "0" }, api, undefined],
    ...["localhost", "mock.localhost", "127.0.0.1", "127.9.9.9", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"].flatMap(
      (host) => [[both, `https://${host}:8443/`, undefined] as const, [both, `http://${host}/`, undefined] as const]
    ),
    [both, "https://notlocalhost/", secure],
    [both, "https://128.0.0.1/", secure]
  ]
  it.effect.each(cases)("%j: %s", ([variables, url, name]) =>
    Effect.gen(function* () {
      const route = yield* routeOf(variables)
      assert.strictEqual(Option.getOrUndefined(Option.map(route(new URL(url)), ({ name }) => name)), name)
    })
  )

  const excluded: ReadonlyArray<readonly [entry: string, url: string, isExcluded: boolean]> = [
    ["*", api, true],
    ["api.pixxel.space", api, true],
    ["API.Pixxel.Space", api, true],
    ["pixxel.space", api, true],
    [".pixxel.space", api, true],
    ["*.pixxel.space", api, true],
    ["pixxel.space.", "https://api.pixxel.space./", true],
    ["xel.space", api, false],
    ["space.example", api, false],
    ["", api, false],
    [".", api, false],
    ["a.example,pixxel.space", api, true],
    ["a.example  pixxel.space , b.example", api, true],
    ["pixxel.space:443", api, true],
    ["pixxel.space:8443", api, false],
    ["pixxel.space:8443", "https://pixxel.space:8443/", true],
    ["pixxel.space:80", "http://pixxel.space/", true],
    ["10.0.0.7", "https://10.0.0.7/", true],
    ["10.0.0.7:443", "https://10.0.0.7/", true],
    ["10.0.0.7:80", "https://10.0.0.7/", false],
    ["0.0.7", "https://10.0.0.7/", false],
    ["10.0.0.0/8", "https://10.1.2.3/", true],
    ["10.0.0.0/8", "https://11.1.2.3/", false],
    ["10.0.0.0/8", "https://pixxel.space/", false],
    ["10.0.0.0/99", "https://10.1.2.3/", false],
    ["10.0.0.1-10.0.0.9", "https://10.0.0.5/", true],
    ["10.0.0.1-10.0.0.9", "https://10.0.0.10/", false],
    ["fd00::/8", "https://[fd00::7]/", true],
    ["fd00::7", "https://[fd00:0:0::7]/", true],
    ["[fd00::7]:443", "https://[fd00::7]/", true],
    ["[fd00::7]:80", "https://[fd00::7]/", false],
    ["fd00::8", "https://[fd00::7]/", false]
  ]
  it.effect.each(excluded)("is absent for the hosts of NO_PROXY: %s, %s, %s", ([entry, url, isExcluded]) =>
    Effect.gen(function* () {
      for (const name of ["NO_PROXY", "no_proxy"]) {
        const route = yield* routeOf({ ...both, [name]: entry })
        assert.strictEqual(Option.isNone(route(new URL(url))), isExcluded)
      }
    })
  )
})

describe("an invalid proxy variable", () => {
  const wrong = [
    "http://",
    "http://secret:host:port",
    "socks5://secret@proxy:1080",
    "ftp://proxy",
    "http://a%zz:secret@proxy"
  ]
  it.effect.each(wrong)("exits with 2, and is named without its value: %s", (value) =>
    Effect.gen(function* () {
      for (const name of ["HTTPS_PROXY", "http_proxy"]) {
        const environment = Layer.merge(
          Environment.layer,
          Layer.setConfigProvider(
            ConfigProvider.fromMap(
              new Map([
                [name, value],
                ["PIXXEL_API_KEY", "px-secret"]
              ])
            )
          )
        )
        const { code, stderr, stdout } = yield* pixxel("jobs get wf-1 job-1", { environment })
        assert.deepStrictEqual([code, stdout], [2, ""])
        assert.match(stderr, new RegExp(`^pixxel: ${name}: expected a`))
        assert.notInclude(stderr, "secret")
        assert.notInclude(stderr, "PIXXEL_API_KEY")
      }
    })
  )

  it.effect("is ignored with --mock", () =>
    Effect.gen(function* () {
      const environment = Layer.merge(
        Environment.layer,
        Layer.setConfigProvider(ConfigProvider.fromMap(new Map([["HTTPS_PROXY", "http://"]])))
      )
      const { code } = yield* pixxel("jobs get wf-crop-classification job-crop-done --mock", { environment })
      assert.strictEqual(code, 0)
    })
  )
})

describe("a failing proxy", () => {
  const failureOf = (port: number) =>
    Effect.gen(function* () {
      const route = yield* routeOf({ HTTPS_PROXY: `http://user:secret@127.0.0.1:${port}` })
      const client = yield* Effect.provide(HttpClient.HttpClient, tunnel.layer(route))
      const failure = yield* Effect.flip(client.get("https://api.pixxel.test/"))
      return "cause" in failure ? failure.cause : undefined
    }).pipe(Effect.scoped)

  it.live.each([403, 407, 502])("is named in the error, without its credentials: %d", (status) =>
    Effect.gen(function* () {
      const { close, port, seen } = yield* Effect.promise(() => behindProxy(() => {}, status))
      const cause = yield* failureOf(port)
      close()
      assert.instanceOf(cause, Proxy.TunnelError)
      assert.strictEqual(
        cause.message,
        `The proxy http://127.0.0.1:${port} (HTTPS_PROXY) answered ${status} to CONNECT api.pixxel.test:443.`
      )
      assert.deepStrictEqual([cause.code, cause.syscall, cause.cause], ["ERR_PROXY_TUNNEL", "connect", undefined])
      assert.deepStrictEqual([seen.proxy.length, seen.server.length], [1, 0])
    })
  )

  it.live("is named in the error for a closed port", () =>
    Effect.gen(function* () {
      const { close, port } = yield* Effect.promise(() => behindProxy(() => {}))
      close()
      const cause = yield* failureOf(port)
      assert.instanceOf(cause, Proxy.TunnelError)
      assert.include(cause.message, `The proxy http://127.0.0.1:${port} (HTTPS_PROXY) could not be reached.`)
      assert.propertyVal(cause.cause, "code", "ECONNREFUSED")
    })
  )
})

describe("a command behind a proxy", () => {
  const job = JSON.stringify({ id: "job-1", status: "completed" })
  const settings = (port: number) => ({
    PIXXEL_API_KEY: "px-secret",
    PIXXEL_BASE_URL: "https://api.pixxel.test",
    HTTPS_PROXY: `http://user:pass%20word@127.0.0.1:${port}`,
    NODE_EXTRA_CA_CERTS: certificate,
    ...cache
  })

  it("reaches the API through it without showing it the token; --verbose names it without its credentials", async () => {
    const { close, port, seen } = await behindProxy((_, response) => response.end(job))
    const outcome = await start(bin, "jobs get wf-1 job-1 --json --verbose", settings(port)).ended
    close()
    assert.strictEqual(outcome.code, 0, outcome.stderr)
    assert.strictEqual(JSON.parse(outcome.stdout).id, "job-1")
    assert.deepStrictEqual(
      seen.proxy.map(({ target }) => target),
      ["CONNECT api.pixxel.test:443"]
    )
    const basic = `Basic ${Buffer.from("user:pass word").toString("base64")}`
    assert.strictEqual(seen.proxy[0]?.headers["proxy-authorization"], basic)
    assert.notInclude(JSON.stringify(seen.proxy), "px-secret")
    assert.strictEqual(seen.server[0]?.headers["authorization"], "Bearer px-secret")
    assert.notProperty(seen.server[0]?.headers, "proxy-authorization")
    assert.match(
      outcome.stderr,
      new RegExp(
        `^GET https://api\\.pixxel\\.test/v0/workflows/wf-1/jobs/job-1: 200 after \\S+ \\S+ via the proxy http://127\\.0\\.0\\.1:${port} \\(HTTPS_PROXY\\)$`,
        "m"
      )
    )
    assert.notMatch(outcome.stderr, /pass|user/)
  })

  it("fetches a package through it too, but from a loopback host directly", async () => {
    const store = createServer((_, response) => response.end("PK\u0003\u0004"))
    store.listen(0, "127.0.0.1")
    await once(store, "listening")
    const { port: direct } = store.address() as AddressInfo
    for (const origin of ["https://store.pixxel.test", `http://127.0.0.1:${direct}`]) {
      const out = mkdtempSync(join(tmpdir(), "pixxel-proxy-"))
      const { close, port, seen } = await behindProxy((request, response) =>
        response.end(
          request.headers.host === "store.pixxel.test"
            ? "PK\u0003\u0004"
            : JSON.stringify({ status: "ready", signed_url: `${origin}/package.zip?signature=s` })
        )
      )
      const outcome = await start(bin, `jobs download wf-1 job-1 --out ${out}`, settings(port)).ended
      close()
      assert.strictEqual(outcome.code, 0, outcome.stderr)
      assert.strictEqual(readFileSync(join(out, "job-1.zip"), "utf8"), "PK\u0003\u0004")
      rmSync(out, { recursive: true })
      const hosts = new Set(seen.proxy.map(({ target }) => target))
      const isDirect = origin.startsWith("http:")
      assert.deepStrictEqual(
        [...hosts],
        ["CONNECT api.pixxel.test:443", ...(isDirect ? [] : ["CONNECT store.pixxel.test:443"])]
      )
      const ofStore = seen.server.filter(({ target }) => target.startsWith("https://store"))
      assert.strictEqual(ofStore.length > 0, !isDirect)
      for (const { headers } of ofStore) assert.notProperty(headers, "authorization")
    }
    store.close()
  })

  it("bypasses it for a loopback host", async () => {
    const { close, port, seen } = await behindProxy(() => {})
    const local = createServer((_, response) => response.end(job))
    local.listen(0, "127.0.0.1")
    await once(local, "listening")
    const { port: direct } = local.address() as AddressInfo
    const env = { ...settings(port), PIXXEL_BASE_URL: `http://127.0.0.1:${direct}` }
    const outcome = await start(bin, "jobs get wf-1 job-1 --verbose", {
      ...env,
      HTTP_PROXY: env.HTTPS_PROXY
    }).ended
    close()
    local.close()
    assert.strictEqual(outcome.code, 0, outcome.stderr)
    assert.deepStrictEqual(seen.proxy, [])
    assert.notInclude(outcome.stderr, "proxy")
  })
})
