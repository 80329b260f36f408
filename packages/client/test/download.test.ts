/** The pure parts of a download: the meaning of answers, the choice of checksums, rates. */
import * as FileSystem from "@effect/platform/FileSystem"
import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Hashing } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import { TextReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js/index-native.js"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { type Zippable, zipSync } from "fflate"
import { isLong, size } from "../../../vitest.size.js"
import * as checksum from "../src/internal/download/checksum.js"
import * as meter from "../src/internal/download/meter.js"
import * as plan from "../src/internal/download/plan.js"
import * as storage from "../src/internal/download/storage.js"
import * as zip from "../src/internal/download/zip.js"
import * as redact from "../src/internal/redact.js"

const held: plan.Held = { bytes: 5, etag: Option.some('"a"'), total: Option.some(10), checksums: [] }
const summed: plan.Held = { ...held, checksums: [{ algorithm: "md5", value: "1B2M2Y8AsgTpgAmY7PhCfg==" }] }
const otherMd5 = "AAAAAAAAAAAAAAAAAAAAAA=="
const untagged: plan.Held = { ...held, etag: Option.none() }
const unknownLength: plan.Held = { ...held, total: Option.none() }

describe("a request", () => {
  const cases: ReadonlyArray<readonly [string, plan.Held, Readonly<Record<string, string>>]> = [
    ["without a part asks for the whole package", plan.nothing, {}],
    [
      "resumes at the end of the part, if it belongs to the same package",
      held,
      { range: "bytes=5-", "if-range": '"a"' }
    ],
    ["asks for the whole package without an ETag", untagged, {}],
    ["asks for the whole package with an ETag and no bytes", { ...held, bytes: 0 }, {}]
  ]
  it.each(cases)("%s", (_, of, expected) => assert.deepStrictEqual(plan.headersOf(of), expected))
})

describe("an answer", () => {
  const part = { "content-range": "bytes 5-9/10", etag: '"a"' }
  const cases: ReadonlyArray<readonly [string, plan.Held, number, plan.Head["headers"], string]> = [
    ["206 from the end of the part is appended", held, 206, part, "Append"],
    [
      "206 without an ETag is appended, since If-Range matched",
      held,
      206,
      { "content-range": "bytes 5-9/10" },
      "Append"
    ],
    ["206 of an unknown length is appended", held, 206, { ...part, "content-range": "bytes 5-9/*" }, "Append"],
    ["206 from another byte is not", held, 206, { ...part, "content-range": "bytes 4-9/10" }, "Unusable"],
    ["206 of another ETag is not", held, 206, { ...part, etag: '"b"' }, "Unusable"],
    ["206 of another length is not", held, 206, { ...part, "content-range": "bytes 5-9/11" }, "Unusable"],
    ["206 without a range is not", held, 206, {}, "Unusable"],
    ["206 of an impossible range is not", held, 206, { ...part, "content-range": "bytes 5-10/10" }, "Unusable"],
    ["206 of another checksum is not", summed, 206, { ...part, "repr-digest": `md5=:${otherMd5}:` }, "Unusable"],
    ["206 of aws-chunked is appended", held, 206, { ...part, "content-encoding": "aws-chunked" }, "Append"],
    ["206 of several parts is not", held, 206, { "content-type": "multipart/byteranges" }, "Unusable"],
    ["206 without a range request is not", untagged, 206, part, "Unusable"],
    ["206 of gzip is not", held, 206, { ...part, "content-encoding": "gzip" }, "Unusable"],
    ["200 is the whole package", held, 200, { "content-length": "10", etag: '"a"' }, "Begin"],
    ["200 without bytes is no package", held, 200, { "content-length": "0" }, "Unusable"],
    ["200 of gzip is, if the transport decodes it", held, 200, { "content-encoding": "gzip" }, "Begin"],
    ...["identity", "", "none", "binary", "aws-chunked", "aws-chunked,", "aws-chunked, identity", "UTF-8"].map(
      (coding) =>
        [`200 of ${coding || "an empty"} encoding is`, held, 200, { "content-encoding": coding }, "Begin"] as const
    ),
    ["200 with the range of the whole package is", held, 200, { "content-range": "bytes 0-9/10" }, "Begin"],
    ["200 of a range is not", held, 200, { "content-range": "bytes 5-9/10", "content-length": "5" }, "Unusable"],
    ["200 of the first bytes is not", held, 200, { "content-range": "bytes 0-4/10" }, "Unusable"],
    ["200 with a range of unknown length is not", held, 200, { "content-range": "bytes 0-9/*" }, "Unusable"],
    ["200 of the same ETag and another length is not", held, 200, { "content-length": "9", etag: '"a"' }, "Unusable"],
    ["200 of another ETag and length is", held, 200, { "content-length": "9", etag: '"b"' }, "Begin"],
    [
      "200 of the same ETag and another checksum is not",
      summed,
      200,
      { "content-md5": otherMd5, etag: '"a"' },
      "Unusable"
    ],
    ["204 is no package", held, 204, {}, "Unusable"],
    [
      "416 at the end of a package of unknown length is the end",
      unknownLength,
      416,
      { "content-range": "bytes */5" },
      "Whole"
    ],
    ["416 of a longer package is not", held, 416, { "content-range": "bytes */10" }, "Unusable"],
    ["416 that truncates a package is not", held, 416, { "content-range": "bytes */5" }, "Unusable"],
    ["416 without a range is not", unknownLength, 416, {}, "Unusable"],
    ["307 is followed", held, 307, { location: "/b" }, "Redirect"],
    ["302 without a location is refused", held, 302, {}, "Refused"],
    ["304 is refused", held, 304, {}, "Refused"],
    ["0, a browser's redirect, is refused", held, 0, {}, "Refused"],
    ...[400, 401, 403, 404, 410, 412].map((status) => [`${status} is refused`, held, status, {}, "Refused"] as const),
    ...[408, 425, 429, 500, 503].map((status) => [`${status} may succeed later`, held, status, {}, "Failed"] as const)
  ]
  it.each(cases)("of %s", (_, of, status, headers, step) =>
    assert.strictEqual(plan.read(of, { status, headers })._tag, step)
  )

  it("that is inconsistent in itself keeps the part, one of another package does not", () => {
    const keeps = (headers: plan.Head["headers"]) => {
      const step = plan.read(held, { status: 206, headers })
      assert(step._tag === "Unusable")
      return step.keeps
    }
    assert.isTrue(keeps({ ...part, "content-encoding": "gzip" }))
    assert.isFalse(keeps({ ...part, etag: '"b"' }))
  })

  it("with a real content coding has neither a length nor a validator", () => {
    for (const coding of ["gzip", "br", "zstd", "deflate", "aws-chunked, gzip"]) {
      const headers = { "content-encoding": coding, "content-length": "10", etag: '"a"', "content-md5": otherMd5 }
      const step = plan.read(held, { status: 200, headers })
      assert(step._tag === "Begin")
      assert.deepStrictEqual(step.package, { etag: Option.none(), total: Option.none(), checksums: [] })
      assert.deepStrictEqual([Option.isSome(step.coding), step.replaces], [true, false])
      const rest = plan.read(held, { status: 206, headers: { ...part, "content-encoding": coding } })
      assert(rest._tag === "Unusable")
      assert.isTrue(rest.isFinal)
    }
  })

  it("that contradicts the known metadata twice is accepted with a proof", () => {
    const again: plan.Head = { status: 200, headers: { etag: '"a"', "content-length": "9" } }
    const claims: ReadonlyArray<plan.Head> = [
      again,
      { status: 206, headers: { ...part, "content-range": "bytes 5-8/9" } },
      { status: 416, headers: { "content-range": "bytes */9" } }
    ]
    for (const head of claims) {
      const step = plan.read(held, head)
      assert(step._tag === "Unusable" && Option.isSome(step.claim))
      const second = plan.read(held, again, { isAnew: true, claimed: step.claim })
      assert(second._tag === "Begin")
      assert.deepStrictEqual([second.isDoubtful, second.replaces], [true, false])
      const third = { ...again, headers: { ...again.headers, "content-length": "8" } }
      assert.strictEqual(plan.read(held, third, { isAnew: true, claimed: step.claim })._tag, "Unusable")
    }
  })

  it("replaces the part by its first bytes only with a strong ETag, or if the part is useless", () => {
    const replaces = (of: plan.Held, headers: plan.Head["headers"]) => {
      const step = plan.read(of, { status: 200, headers })
      assert(step._tag === "Begin")
      return step.replaces
    }
    assert.deepStrictEqual(
      [replaces(held, { etag: '"b"' }), replaces(held, { etag: 'W/"b"' }), replaces(held, {}), replaces(untagged, {})],
      [true, false, false, true]
    )
  })

  it("never contradicts the known metadata, for any part", () => {
    const etag = FastCheck.constantFrom('"a"', '"b"', 'W/"a"', undefined)
    const length = FastCheck.constantFrom("0", "5", "9", "10", undefined)
    const range = FastCheck.constantFrom("bytes 5-9/10", "bytes 0-9/10", "bytes 0-4/10", "bytes 5-7/*", undefined)
    const md5 = FastCheck.constantFrom(otherMd5, "1B2M2Y8AsgTpgAmY7PhCfg==", undefined)
    const heads = FastCheck.record({ etag, "content-length": length, "content-range": range, "content-md5": md5 })
    const anyHeld = FastCheck.record({
      bytes: FastCheck.constantFrom(0, 5, 10),
      etag: FastCheck.constantFrom(Option.some('"a"'), Option.none<string>()),
      total: FastCheck.constantFrom(Option.some(10), Option.none<number>()),
      checksums: FastCheck.constantFrom(summed.checksums, [])
    })
    FastCheck.assert(
      FastCheck.property(
        anyHeld,
        FastCheck.constantFrom(200, 206),
        heads,
        FastCheck.boolean(),
        (of, status, it, anew) => {
          const step = plan.read(of, { status, headers: it }, { ...plan.firstAsked, isAnew: anew })
          if (step._tag !== "Begin" && step._tag !== "Append") return
          if (step._tag === "Begin" && it["content-range"] !== undefined) {
            assert.strictEqual(it["content-range"], "bytes 0-9/10")
            assert.notInclude(["5", "9"], it["content-length"])
          }
          if (step._tag === "Append") assert.deepStrictEqual([of.bytes, anew, step.package.etag], [5, false, of.etag])
          const isSame = Option.isSome(of.etag) && it.etag === of.etag.value
          if (step._tag === "Append" || isSame) {
            if (Option.isSome(of.total)) assert.notInclude([5, 9], Option.getOrNull(step.package.total))
            if (of.checksums.length > 0)
              assert.notDeepEqual(step.package.checksums, [{ algorithm: "md5", value: otherMd5 }])
          }
        }
      )
    )
  })

  it("never appends bytes to those of another package", () => {
    const text = FastCheck.constantFrom(
      '"a"',
      '"b"',
      'W/"a"',
      "a",
      "bytes 5-9/10",
      "bytes 0-9/10",
      "bytes 5-9/*",
      "bytes */5"
    )
    const headers = FastCheck.dictionary(FastCheck.constantFrom("etag", "content-range", "content-length"), text)
    const status = FastCheck.constantFrom(200, 206, 416)
    FastCheck.assert(
      FastCheck.property(status, headers, (status, headers) => {
        if (plan.read(held, { status, headers })._tag !== "Append") return
        assert.match(headers["content-range"] ?? "", /^bytes 5-9\/(10|\*)$/)
        assert.notInclude(['"b"'], headers["etag"])
      })
    )
  })

  const weak = ['W/"a"', "a", '"a', "", '"a\nb"', '"a\u0000"', '"a\u2028"', `"${"a".repeat(2_000)}"`]
  it.each(weak)("with the ETag %s has no strong validator", (etag) => {
    const step = plan.read(plan.nothing, { status: 200, headers: { etag } })
    assert(step._tag === "Begin")
    assert.deepStrictEqual(step.package.etag, Option.none())
  })
})

describe("the first bytes", () => {
  const text = (it: string) => new TextEncoder().encode(it)
  const cases: ReadonlyArray<readonly [string, plan.Format, Uint8Array, ReturnType<typeof plan.opening>]> = [
    ["of a ZIP begin a package", "zip", zipSync({ a: text("a") }), "package"],
    ["of an empty ZIP", "zip", zipSync({}), "package"],
    ["of a split ZIP", "zip", text("PK\u0007\u0008PK"), "package"],
    ["of a page are not", "zip", text("<!doctype html>"), "other"],
    ["of JSON are not", "zip", text('{"error":"busy"}'), "other"],
    ["of gzip are not", "zip", Uint8Array.of(0x1f, 0x8b, 8, 0), "other"],
    ["of a ZIP, too few", "zip", text("PK"), "more"],
    ["none", "zip", text(""), "more"],
    ["of a page do not begin a task's package", "unknown", text("\ufeff \r\n<html>"), "other"],
    ["of GeoTIFF, of a task", "unknown", text("II*\u0000"), "package"],
    ["of CSV, of a task", "unknown", text("a,b"), "package"],
    ["of white space, of a task", "unknown", text("   "), "more"]
  ]
  it.each(cases)("%s", (_, format, bytes, expected) => assert.strictEqual(plan.opening(format, bytes, false), expected))
})

describe("a checksum", () => {
  const md5 = "1B2M2Y8AsgTpgAmY7PhCfg=="
  const sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
  const crc32 = "AAAAAA=="
  const cases: ReadonlyArray<readonly [string, number, Readonly<Record<string, string>>, ReadonlyArray<string>]> = [
    ["of Repr-Digest", 200, { "repr-digest": `sha-256=:${sha256}:` }, ["sha-256"]],
    ["of Repr-Digest, of a part too", 206, { "repr-digest": `sha-256=:${sha256}:` }, ["sha-256"]],
    ["of Digest", 200, { digest: `SHA-256=${sha256},MD5=${md5}` }, ["sha-256", "md5"]],
    ["of Content-MD5", 200, { "content-md5": md5 }, ["md5"]],
    ["of Content-MD5 of a part only", 206, { "content-md5": md5 }, []],
    ["of S3", 200, { "x-amz-checksum-sha256": sha256, "x-amz-checksum-crc32": crc32 }, ["sha-256", "crc32"]],
    ["of S3 over the checksums of parts", 200, { "x-amz-checksum-sha256": `${sha256}-3` }, []],
    ["of S3 of type COMPOSITE", 200, { "x-amz-checksum-crc32": crc32, "x-amz-checksum-type": "COMPOSITE" }, []],
    ["of Google", 200, { "x-goog-hash": `crc32c=${crc32}, md5=${md5}` }, ["md5"]],
    [
      "of Google, for another stored form",
      200,
      { "x-goog-hash": `md5=${md5}`, "x-goog-stored-content-encoding": "gzip" },
      []
    ],
    ["of Azure", 206, { "x-ms-blob-content-md5": md5 }, ["md5"]],
    ["with invalid values", 200, { "content-md5": "soon", digest: "md5=", "repr-digest": ":::,=,x" }, []],
    ["of the wrong length", 200, { "content-md5": crc32 }, []]
  ]
  it.each(cases)("%s", (_, status, headers, expected) =>
    assert.deepStrictEqual(
      checksum.checksumsOf(status, headers).map(({ algorithm }) => algorithm),
      expected
    )
  )

  it("is the strongest supported by the platform", () => {
    const hash = { update: () => {}, digest: () => new Uint8Array(16) }
    const start = (algorithm: Hashing.Algorithm) => (algorithm === "md5" ? Option.some(hash) : Option.none())
    const expected = checksum.checksumsOf(200, { "content-md5": md5, "x-amz-checksum-sha256": sha256 })
    const running = checksum.begin(Option.some({ start }), expected)
    assert.deepStrictEqual(
      Option.map(running, ({ expected }) => expected.algorithm),
      Option.some("md5")
    )
    assert.deepStrictEqual(checksum.begin(Option.none(), expected), Option.none())
  })
})

describe("a rate", () => {
  it("covers the last ten seconds", () => {
    const gauge = meter.make()
    const total = Option.some(100_000)
    assert.deepStrictEqual(gauge.read(0, 0, total), { rate: Option.none(), eta: Option.none() })
    for (let second = 1; second <= 20; second++) gauge.read(second * 1_000, second * 1_000, total)
    for (let second = 21; second <= 31; second++) gauge.read(second * 1_000, 20_000 + (second - 20) * 100, total)
    const { eta, rate } = gauge.read(32_000, 21_200, total)
    assert.deepStrictEqual(rate, Option.some(100))
    assert.deepStrictEqual(eta, Option.some(Duration.seconds(788)))
  })

  it("has no ETA for an unknown length, and is never negative after a restart", () => {
    const gauge = meter.make()
    gauge.read(0, 500, Option.none())
    const { eta, rate } = gauge.read(1_000, 100, Option.none())
    assert.deepStrictEqual([Option.getOrElse(rate, () => 0), eta], [0, Option.none()])
  })

  it("is due at most five times per second", () => {
    const gauge = meter.make()
    gauge.read(1_000, 0, Option.none())
    assert.deepStrictEqual([1_000, 1_199, 1_200].map(gauge.isDue), [false, false, true])
  })
})

describe("a redirect", () => {
  const from = Redacted.make("https://store.test/a?sig=1")
  const cases: ReadonlyArray<readonly [string, string | undefined]> = [
    ["/b?sig=2", "https://store.test/b?sig=2"],
    ["https://other.test/b", "https://other.test/b"],
    ["http://store.test/b", undefined],
    ["ftp://store.test/b", undefined],
    ["javascript:alert(1)", undefined],
    ["https://user:pw@other.test/", undefined],
    ["https://:pw@other.test/", undefined],
    ["https://user@other.test/", undefined],
    ["https://", undefined]
  ]
  it.each(cases)("to %s leads to %s", (location, to) =>
    assert.deepStrictEqual(Option.map(storage.follow(from, location), Redacted.value), Option.fromNullable(to))
  )

  it("stays on plain http from plain http, as on the mock", () =>
    assert.isTrue(Option.isSome(storage.follow(Redacted.make("http://a.test/"), "http://b.test/"))))

  it("decides by the protocol in any spelling", () => {
    const to = (from: string, location: string) => Option.isSome(storage.follow(Redacted.make(from), location))
    assert.deepStrictEqual(
      [to("HTTP://a.test/", "http://b.test/"), to("Http://a.test/", "/c"), to("HTTPS://a.test/", "HTTP://b.test/")],
      [true, true, false]
    )
  })
})

describe("external text", () => {
  it("loses the URL and its whole query, in any surroundings", () => {
    const url = Redacted.make("https://store.test/a.zip?sig=abcdefgh%2Fij&se=2026-01-01T00")
    const { text } = storage.hiding(redact.make(Redacted.make("Bearer k")), url)
    const said = text(`<StringToSign>abcdefgh%2Fij</StringToSign> ${Redacted.value(url)} se=2026-01-01T00`)
    assert.notInclude(said, "abcdefgh")
    assert.notInclude(said, "2026-01-01")
  })
})

describe("the check of a ZIP", () => {
  const files: Zippable = {
    "stored.bin": [new Uint8Array(5_000).map((_, i) => i * 7), { level: 0 }],
    "a folder/deflated.txt": [new TextEncoder().encode("crop,hectares\n".repeat(20_000)), { level: 6 }],
    "empty.txt": new Uint8Array()
  }
  const whole = zipSync(files)

  const endOf = (bytes: Uint8Array) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/a.zip`
      yield* fs.writeFile(path, bytes)
      return yield* zip.hasEnd(path)
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))

  const verdictOf = (bytes: Uint8Array) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/a.zip`
      yield* fs.writeFile(path, bytes)
      return (yield* zip.check(path, yield* Hashing))._tag
    }).pipe(Effect.scoped, Effect.provide(Layer.merge(NodeFileSystem.layer, NodeHashing.layer)))

  const changed = (at: number, to?: number) => {
    const bytes = whole.slice()
    bytes[at] = to ?? bytes[at]! ^ 0xff
    return bytes
  }

  it.effect("accepts every file, stored and deflated", () =>
    Effect.map(verdictOf(whole), (tag) => assert.strictEqual(tag, "Right"))
  )

  it.effect("accepts a comment at the end", () => {
    const bytes = new Uint8Array(whole.length + 4)
    bytes.set(whole)
    bytes.set([4, 0], whole.length - 2)
    return Effect.map(verdictOf(bytes), (tag) => assert.strictEqual(tag, "Right"))
  })

  it.effect("accepts bytes after the end, even with the signature of an end", () =>
    Effect.gen(function* () {
      for (const trail of [[0], [80, 75, 5, 6], [80, 75, 5, 6, ...new Uint8Array(40).fill(7)]]) {
        assert.strictEqual(yield* verdictOf(new Uint8Array([...whole, ...trail])), "Right")
        assert.strictEqual(yield* verdictOf(new Uint8Array([...changed(50), ...trail])), "Wrong")
      }
    })
  )

  it.effect("rejects a directory with more or fewer files than its count", () =>
    Effect.gen(function* () {
      for (const count of [0, 2, 4]) assert.strictEqual(yield* verdictOf(changed(whole.length - 12, count)), "Wrong")
    })
  )

  describe("of more files than an old writer can count", () => {
    /** The end of such a ZIP, with the record and the locator of ZIP64. */
    const end64 = (end: Buffer, at: number) => {
      const bytes = Buffer.alloc(56 + 20 + 22)
      bytes.writeUInt32LE(0x06064b50)
      bytes.writeUInt32LE(44, 4)
      for (const to of [24, 32]) bytes.writeUInt32LE(files, to)
      bytes.writeUInt32LE(end.readUInt32LE(12), 40)
      bytes.writeUInt32LE(end.readUInt32LE(16), 48)
      bytes.writeUInt32LE(0x07064b50, 56)
      bytes.writeUInt32LE(at, 56 + 8)
      bytes.writeUInt32LE(1, 56 + 16)
      end.copy(bytes, 56 + 20)
      bytes.fill(0xff, 56 + 20 + 8, 56 + 20 + 20)
      return bytes
    }
    const files = 65_540
    const many = () => {
      const entries = Array.from({ length: files }, (_, at) => [`${at}`, new Uint8Array([at])] as const)
      const bytes = Buffer.from(zipSync(Object.fromEntries(entries), { level: 0 }))
      const end = bytes.subarray(-22)
      assert.strictEqual(end.readUInt16LE(8), files - 65_536)
      return { bytes, end, lastByte: end.readUInt32LE(16) - 1 }
    }

    it.effect.runIf(isLong)("checks all files, though the count has wrapped around", () =>
      Effect.gen(function* () {
        const { bytes, lastByte } = many()
        assert.strictEqual(yield* verdictOf(bytes), "Right")
        bytes[lastByte]! ^= 1
        assert.strictEqual(yield* verdictOf(bytes), "Wrong")
      })
    )

    it.effect.runIf(isLong)("checks all files by the count of ZIP64", () =>
      Effect.gen(function* () {
        const { bytes, end, lastByte } = many()
        const large = Buffer.concat([bytes.subarray(0, -22), end64(end, bytes.length - 22)])
        assert.strictEqual(yield* verdictOf(large), "Right")
        assert.deepStrictEqual([yield* endOf(large), yield* endOf(large.subarray(0, -30))], [true, false])
        large[lastByte]! ^= 1
        assert.strictEqual(yield* verdictOf(large), "Wrong")
      })
    )
  })

  it.effect.prop(
    "detects any changed byte of any file",
    { at: FastCheck.integer({ min: 0, max: 4_999 }) },
    ({ at }) =>
      // after the first header and its name
      Effect.map(verdictOf(changed(30 + "stored.bin".length + at)), (tag) => assert.strictEqual(tag, "Wrong")),
    { fastCheck: { numRuns: size(10, 30) } }
  )

  it.effect.prop(
    "returns Wrong or Unknown for a broken ZIP, and never fails",
    { at: FastCheck.integer({ min: 0, max: whole.length - 1 }), cut: FastCheck.boolean() },
    ({ at, cut }) =>
      Effect.map(verdictOf(cut ? whole.subarray(0, at) : changed(at)), (tag) => {
        if (cut) assert.notStrictEqual(tag, "Right")
      }),
    { fastCheck: { numRuns: size(25, 100) } }
  )

  it.effect("finds the end of a complete ZIP, also with bytes after it, and of no truncated one", () => {
    const nested = zipSync({ "inner.zip": [whole, { level: 0 }], "more.bin": new Uint8Array(9) })
    const inner = nested.findIndex((_, at) => Buffer.from(nested.subarray(at, at + 4)).readUInt32LE() === 0x06054b50)
    return Effect.gen(function* () {
      assert.isTrue(yield* endOf(whole))
      assert.isTrue(yield* endOf(zipSync({})))
      assert.isTrue(yield* endOf(nested))
      assert.isTrue(yield* endOf(new Uint8Array([...whole, 0, 1])))
      assert.isFalse(yield* endOf(nested.subarray(0, inner + 22)))
      assert.isFalse(yield* endOf(new Uint8Array()))
      for (const cut of [1, 10, 22, 5_000]) assert.isFalse(yield* endOf(whole.subarray(0, whole.length - cut)))
    })
  })

  it.effect("returns Unknown for another compression method", () => {
    // the method occurs twice: in the header, and in the directory
    const directory = whole.findIndex((_, i) => Buffer.from(whole.subarray(i, i + 4)).readUInt32LE() === 0x02014b50)
    const bytes = changed(8, 12)
    bytes[directory + 10] = 12
    return Effect.map(verdictOf(bytes), (tag) => assert.strictEqual(tag, "Unknown"))
  })

  it.effect("checks files with sizes of ZIP64", () =>
    Effect.gen(function* () {
      const bytes = yield* Effect.promise(async () => {
        const writer = new ZipWriter(new Uint8ArrayWriter(), { zip64: true, level: 0, dataDescriptor: false })
        for (const name of ["a", "b", "c"]) await writer.add(name, new TextReader(name))
        return writer.close()
      })
      assert.strictEqual(yield* verdictOf(bytes), "Right")
      assert.deepStrictEqual([yield* endOf(bytes), yield* endOf(bytes.subarray(0, -30))], [true, false])
      // after the header of the first file, its name and its extra fields
      bytes[30 + 1 + Buffer.from(bytes).readUInt16LE(28)]! ^= 1
      assert.strictEqual(yield* verdictOf(bytes), "Wrong")
    })
  )

  it.effect.each([new Uint8Array(), new TextEncoder().encode("no ZIP")])(
    "returns Wrong for other content: %s",
    (bytes) => Effect.map(verdictOf(bytes), (tag) => assert.strictEqual(tag, "Wrong"))
  )
})
