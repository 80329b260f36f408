/**
 * Ranges of packages, conditions and checksums, as of an object store, on both transports.
 */

import { createHash } from "node:crypto"
import { crc32 } from "node:zlib"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { longTransports } from "../../../vitest.size.js"
import type { FixtureSet } from "../../src/core/Fixture.js"
import { MockServer } from "../../src/MockServer.js"
import type { JobFixture } from "../../src/resources/jobs/fixture.js"
import { fixtures as small } from "./fixtures.js"

const story = (download: JobFixture["download"]): JobFixture => ({
  kind: "job",
  source: "made up for a test",
  workflow: "wf-crop",
  phases: [{ status: "completed" }],
  tasks: [],
  download: { pending: "0s", ...download }
})

const fixtures: FixtureSet = {
  ...small,
  jobs: new Map([
    ...small.jobs,
    ["2 GB", story({ size: "2GB" })],
    ["30 MB", story({ size: "30MB" })],
    ["10 kB", story({ size: "10kB" })],
    ["slow", story({ pending: "90s" })],
    ["weak", story({ etag: "weak" })],
    ["unnamed", story({ etag: "none" })],
    ["no sums", story({ checksums: "none" })],
    ["no ranges", story({ ranges: "ignored" })],
    ["rebuilt", story({ size: "10kB", rebuilt: "1m" })]
  ])
}

const jobs = "/v0/workflows/wf-crop/jobs"

const ask = (method: "POST" | "PUT", path: string) =>
  Effect.gen(function* () {
    const { baseUrl, httpClient, token } = yield* MockServer
    const response = yield* httpClient.execute(
      HttpClientRequest.make(method)(baseUrl + path).pipe(HttpClientRequest.bearerToken(token))
    )
    return (yield* response.json) as { readonly id: string; readonly signed_url: string }
  })

/** Returns the signed URL of the package of this story. */
const packageOf = (name: string) =>
  Effect.gen(function* () {
    yield* (yield* MockServer).enqueue(name)
    const { id } = yield* ask("POST", `${jobs}?project_id=p`)
    const download = ask("PUT", `${jobs}/${id}/download`)
    const asked = yield* download
    if (asked.signed_url !== "") return asked.signed_url
    yield* Effect.sleep("90 seconds")
    return (yield* download).signed_url
  })

const fetch = (url: string, headers: Record<string, string> = {}, method: "GET" | "HEAD" = "GET") =>
  Effect.flatMap(HttpClient.HttpClient, (client) => client.execute(HttpClientRequest.make(method)(url, { headers })))

const bytesOf = (url: string, headers: Record<string, string> = {}) =>
  Effect.gen(function* () {
    const response = yield* fetch(url, headers)
    return { response, bytes: Buffer.from(yield* response.arrayBuffer) }
  })

for (const transport of longTransports) {
  const test = (name: string, effect: Effect.Effect<void, unknown, MockServer | HttpClient.HttpClient>) =>
    it.effect(name, () => Effect.provide(effect, MockServer.layer({ fixtures, transport })))

  describe(`packages, ${transport}`, () => {
    test(
      "have headers for ranges, time and checksums",
      Effect.gen(function* () {
        const { bytes, response } = yield* bytesOf(yield* packageOf("slow"))
        assert.deepInclude(response.headers, {
          "accept-ranges": "bytes",
          "last-modified": "Wed, 01 Jan 2025 00:01:30 GMT",
          "content-length": String(bytes.length),
          "x-amz-checksum-sha256": createHash("sha256").update(bytes).digest("base64"),
          "x-amz-checksum-crc32": Buffer.from(crc32(bytes).toString(16).padStart(8, "0"), "hex").toString("base64")
        })
        assert.match(response.headers["etag"] ?? "", /^"[0-9a-f]{32}"$/)
      })
    )

    test(
      "have exactly the size of the story",
      Effect.gen(function* () {
        const { bytes } = yield* bytesOf(yield* packageOf("10 kB"))
        assert.lengthOf(bytes, 10_000)
      })
    )

    describe("in parts", () => {
      const parts: ReadonlyArray<readonly [range: string, from: number, to: number]> = [
        ["bytes=0-0", 0, 1],
        ["bytes=4090-4105", 4_090, 4_106],
        ["bytes=9999-", 9_999, 10_000],
        ["bytes=5000-", 5_000, 10_000],
        ["bytes=0-", 0, 10_000],
        ["bytes=5000-99999999999999999999", 5_000, 10_000],
        ["bytes=-1", 9_999, 10_000],
        ["bytes=-10000", 0, 10_000],
        ["bytes=-99999", 0, 10_000],
        ["BYTES=0-1", 0, 2],
        ["bytes= ,0-1 ,", 0, 2]
      ]
      for (const [range, from, to] of parts) {
        test(
          `${range} is 206 and bytes ${from} to ${to - 1}`,
          Effect.gen(function* () {
            const url = yield* packageOf("10 kB")
            const whole = yield* bytesOf(url)
            const { bytes, response } = yield* bytesOf(url, { range })
            assert.strictEqual(response.status, 206)
            assert.strictEqual(response.headers["content-range"], `bytes ${from}-${to - 1}/10000`)
            assert.strictEqual(response.headers["content-length"], String(to - from))
            assert.isTrue(bytes.equals(whole.bytes.subarray(from, to)))
            assert.notProperty(response.headers, "x-amz-checksum-crc32")
          })
        )
      }

      for (const range of [
        "bytes=0-1,5-6",
        "bytes=5-4",
        "bytes=-",
        "bytes=",
        "bytes=a-b",
        "items=0-1",
        "0-1",
        "bytes=1-2-3"
      ]) {
        test(
          `${range} is the whole package`,
          Effect.gen(function* () {
            const { bytes, response } = yield* bytesOf(yield* packageOf("10 kB"), { range })
            assert.deepStrictEqual([response.status, bytes.length], [200, 10_000])
          })
        )
      }

      for (const range of ["bytes=10000-", "bytes=10000-10001", "bytes=-0", "bytes=99999999999999999999-"]) {
        test(
          `${range} is 416, with how long the package is`,
          Effect.gen(function* () {
            const { bytes, response } = yield* bytesOf(yield* packageOf("10 kB"), { range })
            assert.strictEqual(response.status, 416)
            assert.strictEqual(response.headers["content-range"], "bytes */10000")
            assert.include(bytes.toString(), "<Code>InvalidRange</Code>")
          })
        )
      }
    })

    describe("under a condition", () => {
      const made = "Wed, 01 Jan 2025 00:00:00 GMT"
      const before = "Tue, 31 Dec 2024 23:59:59 GMT"
      const after = "Wed, 01 Jan 2025 00:00:01 GMT"
      const range = { range: "bytes=1-2" }
      const cases: ReadonlyArray<readonly [headers: Record<string, string>, status: number]> = [
        [{ ...range, "if-range": "ETAG" }, 206],
        [{ ...range, "if-range": "W/ETAG" }, 200],
        [{ ...range, "if-range": '"other"' }, 200],
        [{ ...range, "if-range": made }, 206],
        [{ ...range, "if-range": before }, 200],
        [{ ...range, "if-range": after }, 200],
        [{ "if-none-match": "ETAG" }, 304],
        [{ "if-none-match": "W/ETAG" }, 304],
        [{ "if-none-match": '"a", ETAG' }, 304],
        [{ "if-none-match": "*" }, 304],
        [{ "if-none-match": '"other"' }, 200],
        [{ "if-none-match": '"other"', "if-modified-since": made }, 200],
        [{ ...range, "if-none-match": "ETAG" }, 304],
        [{ "if-modified-since": made }, 304],
        [{ "if-modified-since": before }, 200],
        [{ "if-modified-since": "soon" }, 200],
        [{ "if-match": "ETAG" }, 200],
        [{ ...range, "if-match": "ETAG" }, 206],
        [{ "if-match": "*" }, 200],
        [{ "if-match": "W/ETAG" }, 412],
        [{ "if-match": '"other"' }, 412],
        [{ "if-match": "ETAG", "if-unmodified-since": before }, 200],
        [{ "if-unmodified-since": made }, 200],
        [{ "if-unmodified-since": before }, 412],
        [{ "if-unmodified-since": "soon" }, 200]
      ]
      for (const [headers, status] of cases) {
        const named = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
        test(
          `${named.join(", ")} is ${status}`,
          Effect.gen(function* () {
            const url = yield* packageOf("10 kB")
            const { etag = "" } = (yield* fetch(url, {}, "HEAD")).headers
            const sent = Object.entries(headers).map(([name, value]) => [name, value.replace("ETAG", etag)] as const)
            const { bytes, response } = yield* bytesOf(url, Object.fromEntries(sent))
            assert.strictEqual(response.status, status)
            assert.strictEqual(response.headers["etag"], etag)
            if (status === 304) assert.lengthOf(bytes, 0)
            if (status === 412) assert.include(bytes.toString(), "<Code>PreconditionFailed</Code>")
          })
        )
      }
    })

    describe("of a limited store", () => {
      test(
        "have a weak ETag, which never matches If-Range",
        Effect.gen(function* () {
          const url = yield* packageOf("weak")
          const { etag = "" } = (yield* fetch(url, {}, "HEAD")).headers
          assert.match(etag, /^W\/"/)
          const ask = (condition: string) => bytesOf(url, { range: "bytes=1-2", "if-range": condition })
          assert.strictEqual((yield* ask(etag)).response.status, 200)
          assert.strictEqual((yield* ask(etag.slice(2))).response.status, 200)
        })
      )

      test(
        "have neither an ETag nor a date",
        Effect.gen(function* () {
          const { headers } = yield* fetch(yield* packageOf("unnamed"), {}, "HEAD")
          assert.notProperty(headers, "etag")
          assert.notProperty(headers, "last-modified")
        })
      )

      test(
        "have no checksums",
        Effect.gen(function* () {
          const { headers } = yield* fetch(yield* packageOf("no sums"), {}, "HEAD")
          assert.notProperty(headers, "x-amz-checksum-crc32")
          assert.notProperty(headers, "x-amz-checksum-sha256")
        })
      )

      test(
        "are sent whole for any range",
        Effect.gen(function* () {
          const { response } = yield* bytesOf(yield* packageOf("no ranges"), { range: "bytes=1-2" })
          assert.strictEqual(response.status, 200)
          assert.notProperty(response.headers, "accept-ranges")
        })
      )
    })

    test(
      "that are rebuilt have different bytes of the same length under a new ETag, and the same before",
      Effect.gen(function* () {
        const url = yield* packageOf("rebuilt")
        const first = yield* bytesOf(url)
        yield* Effect.sleep("59 seconds")
        const same = yield* bytesOf(url)
        yield* Effect.sleep("1 second")
        const other = yield* bytesOf(url, { range: "bytes=1-2", "if-range": first.response.headers["etag"] ?? "" })
        assert.isTrue(same.bytes.equals(first.bytes))
        assert.deepStrictEqual([other.response.status, other.bytes.length], [200, first.bytes.length])
        assert.isFalse(other.bytes.equals(first.bytes))
        assert.notStrictEqual(other.response.headers["etag"], first.response.headers["etag"])
      })
    )

    describe("of 2 GB", () => {
      test(
        "have their headers without delay",
        Effect.gen(function* () {
          const { headers, status } = yield* fetch(yield* packageOf("2 GB"), { range: "bytes=0-1" }, "HEAD")
          assert.deepStrictEqual([status, headers["content-length"]], [200, "2000000000"])
          assert.property(headers, "x-amz-checksum-crc32")
          assert.notProperty(headers, "x-amz-checksum-sha256")
        })
      )

      test(
        "have any range without delay",
        Effect.gen(function* () {
          const { bytes } = yield* bytesOf(yield* packageOf("2 GB"), { range: "bytes=-22" })
          assert.strictEqual(bytes.readUInt32LE(0), 0x06054b50) // the end record of a ZIP
        })
      )

      test(
        "can be abandoned in the middle, with no leftovers",
        Effect.gen(function* () {
          const { time } = yield* MockServer
          const response = yield* fetch(yield* packageOf("2 GB"))
          const head = yield* response.stream.pipe(Stream.take(3), Stream.runCollect)
          assert.lengthOf(head, 3)
          yield* Effect.sleep("1 hour")
          assert.isTrue(time.idle, time.describe())
        })
      )

      test(
        "wait for a slow reader, while time advances",
        Effect.gen(function* () {
          const response = yield* fetch(yield* packageOf("2 GB"))
          const started = yield* Clock.currentTimeMillis
          yield* response.stream.pipe(
            Stream.take(3),
            Stream.tap(() => Effect.sleep("1 minute")),
            Stream.runDrain
          )
          assert.strictEqual((yield* Clock.currentTimeMillis) - started, 180_000)
        })
      )
    })

    test(
      "of 30 MB take no time on the world's clock, and arrive unchanged",
      Effect.gen(function* () {
        const response = yield* fetch(yield* packageOf("30 MB"))
        const started = yield* Clock.currentTimeMillis
        const sum = yield* Stream.runFold(response.stream, 0, (sum, piece) => crc32(piece, sum))
        assert.strictEqual((yield* Clock.currentTimeMillis) - started, 0)
        const bytes = Buffer.alloc(4)
        bytes.writeUInt32BE(sum)
        assert.strictEqual(response.headers["x-amz-checksum-crc32"], bytes.toString("base64"))
      })
    )
  })
}
