/** Downloads to files, against the mock's store, over TCP and in process, in real folders. */
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it } from "@effect/vitest"
import { Download, JobSubject, JobsApi, RetryPolicy, type Subject } from "@effect-pixxel/client"
import { Fault, type FaultRule, MockServer } from "@effect-pixxel/mock-server"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { longTransports } from "../../../../vitest.size.js"
import { jobPackage } from "../../src/jobs/internal/packages.js"
import { bytesOf, fetches, filesIn, folder, job, layer, type Package } from "./downloads.js"
import { projectId } from "./world.js"

const faults = (...rules: ReadonlyArray<FaultRule>) =>
  Effect.flatMap(MockServer, (mock) => mock.faults.use(Fault.plan(...rules)))

const onPackage = (effect: Parameters<typeof Fault.on>[1], ...attempts: ReadonlyArray<number>) =>
  Fault.on("getPackage", effect, attempts.length === 0 ? {} : { attempts: attempts as [number, ...Array<number>] })

const read = (path: string) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFile(path))
const write = (path: string, bytes: Uint8Array | string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.writeFile(path, Buffer.from(bytes)))

const same = (found: Uint8Array, expected: Uint8Array) =>
  assert.isTrue(Buffer.from(found).equals(expected), "the bytes are others")

const ranges = Effect.map(fetches, (all) => all.filter(({ method }) => method === "GET").map(({ range }) => range))

/** The number of requests for a signed URL. */
const asked = Effect.flatMap(MockServer, ({ requests }) =>
  Effect.map(requests, (all) => all.filter(({ operation }) => operation === "downloadJob").length)
)

const small: Package = { size: "300kB" }
const noSums: Package = { ...small, checksums: "none" }

interface AssetSubject extends Subject {
  readonly _tag: "Asset"
  readonly assetId: string
}

/** A source that creates a download resource, whose package is that of a job. */
const assetOf = (ref: JobsApi.JobRef) => {
  let created = 0
  const { ask, ...job } = jobPackage(ref)
  const source: Download.Source<AssetSubject> = {
    ...job,
    subject: { _tag: "Asset", assetId: "asset-1" },
    ask: (http) => {
      created++
      return ask(http)
    }
  }
  return { source, created: () => created }
}

type Services = Layer.Layer.Success<ReturnType<typeof layer>> | Scope.Scope

interface Place {
  readonly path: string
  readonly ref: Effect.Effect.Success<typeof job>
  /** The names in the folder. */
  readonly files: Effect.Effect<ReadonlyArray<string>, unknown, FileSystem.FileSystem>
}

for (const transport of longTransports) {
  /** A test with its own world, a job with this package, and a folder. */
  const test = <E>(
    name: string,
    download: Package,
    body: (place: Place) => Effect.Effect<void, E, Services>,
    options: Parameters<typeof layer>[2] = {}
  ) =>
    it.scoped(name, () =>
      Effect.gen(function* () {
        const place = yield* folder
        yield* body({ path: `${place}/fields.zip`, ref: yield* job, files: filesIn(place) })
      }).pipe(Effect.provide(layer(transport, download, options)))
    )

  describe(`the signed URL of a package, ${transport},`, () => {
    test(
      "is returned when the package is ready, and is accepted by the store",
      { pending: "20s", size: "300kB" },
      ({ ref }) =>
        Effect.gen(function* () {
          const { fetch, time } = yield* MockServer
          const start = time.now
          const url = yield* Download.signedUrl(ref)
          assert.isAtLeast(time.now - start, 20_000)
          const answer = yield* Effect.promise(async () => (await fetch(Redacted.value(url))).arrayBuffer())
          assert.strictEqual(answer.byteLength, 300_000)
        })
    )

    test("that is not ready in time is a WaitTimeout without a file", { pending: "20s" }, ({ ref }) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Download.signedUrl(ref, { timeout: "10 seconds" }))
        assert(error._tag === "WaitTimeout")
        assert.deepStrictEqual([error.subject, error.waitingFor], [JobSubject.make(ref), "download"])
      })
    )
  })

  describe(`a download, ${transport},`, () => {
    test(
      "waits for the package and creates only the complete file",
      { pending: "20s", size: "300kB" },
      ({ files, path, ref }) =>
        Effect.gen(function* () {
          const result = yield* Download.toFile({ ...ref, path })
          same(yield* read(path), yield* bytesOf(small))
          assert.deepStrictEqual(result, {
            path,
            bytes: 300_000,
            fetched: 300_000,
            isSkipped: false,
            verified: "checksum",
            checksum: Option.some("sha-256")
          })
          assert.deepStrictEqual(yield* files, ["fields.zip"])
        })
    )

    test("can be that of one task", small, ({ path, ref: { workflowId } }) =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        yield* (yield* MockServer).enqueue("crop-classification")
        const { id: jobId } = yield* jobs.create({ workflowId, projectId })
        const { tasks } = yield* jobs.wait({ workflowId, jobId })
        yield* Download.toFile({ workflowId, jobId, taskId: tasks[0]!.id, path })
        const seen = yield* (yield* MockServer).requests
        assert.include(seen.find(({ operation }) => operation === "getPackage")?.path, tasks[0]!.id)
      })
    )

    test("reports its progress, rate and remaining time", { pending: "8s", ...small }, ({ path, ref }) =>
      Effect.gen(function* () {
        yield* faults(onPackage(Fault.drip(50_000, "1s"), 1))
        const events = Chunk.toReadonlyArray(yield* Stream.runCollect(Download.stream({ ...ref, path })))
        const lines = events.flatMap((event) =>
          event._tag === "Progress"
            ? [`${event.bytes}, ${Option.getOrElse(Option.map(event.eta, Duration.format), () => "?")}`]
            : event._tag === "Waiting"
              ? [`waiting for the ${event.waitingFor}, ${Option.getOrElse(event.status, () => "?")}`]
              : []
        )
        assert.deepStrictEqual(lines.slice(0, 3), ["0, ?", ...Array(2).fill("waiting for the package, pending")])
        const first = events.findIndex((event) => event._tag === "Progress" && event.bytes > 0)
        const [, second] = events.slice(first)
        assert(second?._tag === "Progress")
        assert.deepStrictEqual(second.total, Option.some(300_000))
        assert.isTrue(Option.exists(second.rate, (rate) => rate > 0 && rate <= 65_536))
        assert.strictEqual(lines.at(-1), "300000, 0")
        assert.strictEqual(events.at(-1)?._tag, "Done")
      })
    )

    describe("when the connection breaks,", () => {
      test("resumes at the break, and fetches nothing twice", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.cutBody(100_000, "reset"), 1), onPackage(Fault.cutBody(50_000, "close"), 2))
          const result = yield* Download.toFile({ ...ref, path })
          same(yield* read(path), yield* bytesOf(small))
          assert.strictEqual(result.fetched, 300_000)
          assert.deepStrictEqual(yield* ranges, [undefined, "bytes=100000-", "bytes=150000-"])
        })
      )

      test("resumes when it stalls", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.cutBody(100_000, "hang"), 1), onPackage(Fault.refuse("hang"), 2))
          yield* Download.toFile({ ...ref, path }, { idleTimeout: "10 seconds" })
          same(yield* read(path), yield* bytesOf(small))
          assert.deepStrictEqual(yield* ranges, [undefined, "bytes=100000-", "bytes=100000-"])
        })
      )

      test("resumes after a body that ends too early, even if HTTP reports no error", noSums, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.cutBody(100_000, "reset"), 1), onPackage(Fault.truncate(9_999), 2))
          yield* Download.toFile({ ...ref, path })
          assert.deepStrictEqual(yield* ranges, [undefined, "bytes=100000-", "bytes=109999-"])
          same(yield* read(path), yield* bytesOf(noSums))
        })
      )

      test("does not mistake a slow connection for a stalled one", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.drip(10_000, "9s")))
          yield* Download.toFile({ ...ref, path }, { idleTimeout: "10 seconds" })
          assert.lengthOf(yield* ranges, 1)
        })
      )

      test("never gives up while bytes arrive", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(Fault.on("getPackage", Fault.cutBody(10_000, "reset")))
          yield* Download.toFile({ ...ref, path }).pipe(RetryPolicy.withOptions({ maxAttempts: 2 }))
          assert.lengthOf(yield* ranges, 30)
          same(yield* read(path), yield* bytesOf(small))
        })
      )

      test(
        "gives up without bytes, keeps the received ones, and resumes in the next run",
        small,
        ({ files, path, ref }) =>
          Effect.gen(function* () {
            yield* faults(onPackage(Fault.cutBody(100_000, "reset"), 1), onPackage(Fault.answer(503), 2, 3, 4, 5))
            const error = yield* Effect.flip(Download.toFile({ ...ref, path }))
            assert(error._tag === "DownloadIncomplete")
            assert.strictEqual(error.bytes, 100_000)
            assert.deepStrictEqual(error.total, Option.some(300_000))
            assert.deepStrictEqual(
              error.attempts.map(({ status }) => Option.getOrUndefined(status)),
              [200, 503, 503, 503, 503]
            )
            assert.include(error.message, "100000 of 300000 bytes")
            assert.deepStrictEqual(yield* files, ["fields.zip.part", "fields.zip.part.json"])
            const { fetched } = yield* Download.toFile({ ...ref, path })
            assert.strictEqual(fetched, 200_000)
            same(yield* read(path), yield* bytesOf(small))
          })
      )

      test("retries at the time requested by the store", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.answer(503, { retryAfter: "40s" }), 1))
          const before = yield* Clock.currentTimeMillis
          yield* Download.toFile({ ...ref, path })
          assert.strictEqual((yield* Clock.currentTimeMillis) - before, 40_000)
        })
      )
    })

    describe("in a later run,", () => {
      test("resumes the part of an interrupted one", small, ({ files, path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.cutBody(100_000, "hang"), 1))
          const fiber = yield* Effect.fork(Download.toFile({ ...ref, path }))
          yield* Effect.sleep("20 seconds")
          yield* Fiber.interrupt(fiber)
          assert.deepStrictEqual(yield* files, ["fields.zip.part", "fields.zip.part.json"])
          const { fetched, verified } = yield* Download.toFile({ ...ref, path })
          assert.deepStrictEqual([fetched, verified], [200_000, "checksum"])
          same(yield* read(path), yield* bytesOf(small))
        })
      )

      test("makes no request for a complete part", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.cutBody(100_000, "hang"), 1))
          yield* Effect.timeoutOption(Download.toFile({ ...ref, path }), "20 seconds")
          const bytes = yield* bytesOf(small)
          yield* write(`${path}.part`, bytes)
          const requests = yield* (yield* MockServer).requests
          const { fetched, verified } = yield* Download.toFile({ ...ref, path })
          assert.deepStrictEqual([fetched, verified], [0, "checksum"])
          assert.lengthOf(yield* (yield* MockServer).requests, requests.length)
        })
      )

      test("detects a part that changed on the disk", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.cutBody(100_000, "hang"), 1))
          yield* Effect.timeoutOption(Download.toFile({ ...ref, path }), "20 seconds")
          const left = yield* read(`${path}.part`)
          left[5000]! ^= 1
          yield* write(`${path}.part`, left)
          yield* Download.toFile({ ...ref, path })
          assert.deepStrictEqual(yield* ranges, [undefined, "bytes=100000-", undefined])
          same(yield* read(path), yield* bytesOf(small))
        })
      )

      const strangers: ReadonlyArray<readonly [string, (note: string) => string]> = [
        ["of another job", (note) => note.replace(/"jobId":"[^"]*"/, '"jobId":"another"')],
        ["of one of its tasks", (note) => note.replace('"jobId"', '"taskId":"t","jobId"')],
        ["without an ETag", (note) => note.replace(/"etag":"(\\"|[^"])*",/, "")],
        ["that is larger than the package", (note) => note.replace('"total":300000', '"total":3')],
        ["with a truncated sidecar", (note) => note.slice(0, 30)]
      ]
      for (const [what, change] of strangers) {
        test(
          `drops a part ${what}`,
          small,
          ({ path, ref }) =>
            Effect.gen(function* () {
              yield* faults(onPackage(Fault.cutBody(100_000, "hang"), 1))
              yield* Effect.timeoutOption(Download.toFile({ ...ref, path }), "20 seconds")
              const note = new TextDecoder().decode(yield* read(`${path}.part.json`))
              assert.notStrictEqual(change(note), note)
              yield* write(`${path}.part.json`, change(note))
              yield* Download.toFile({ ...ref, path })
              assert.deepStrictEqual(yield* ranges, [undefined, undefined])
              same(yield* read(path), yield* bytesOf(small))
            }),
          { conduct: { resume: false } }
        )
      }
    })

    describe("when the URL expires,", () => {
      test("requests another and resumes", { ...small, ttl: "15s" }, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.cutBody(100_000, "hang"), 1), onPackage(Fault.cutBody(100_000, "hang"), 3))
          yield* Download.toFile({ ...ref, path })
          same(yield* read(path), yield* bytesOf(small))
          assert.deepStrictEqual(
            (yield* fetches).map(({ range, status }) => [range, status]),
            [
              [undefined, 200],
              ["bytes=100000-", 403],
              ["bytes=100000-", 206],
              ["bytes=200000-", 403],
              ["bytes=200000-", 206]
            ]
          )
          assert.strictEqual(yield* asked, 3)
        })
      )

      test("gives up when the store refuses fresh ones too", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.expired))
          const error = yield* Effect.flip(Download.toFile({ ...ref, path }))
          assert(error._tag === "DownloadError")
          assert.deepStrictEqual([error.reason, error.code, error.attempts.length], ["Refused", Option.some("403"), 5])
          assert.strictEqual(yield* asked, 5)
        })
      )
    })

    describe("of any source", () => {
      test("creates a download resource for each fresh URL, and resumes", { ...small, ttl: "15s" }, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.cutBody(100_000, "hang"), 1))
          const { created, source } = assetOf(ref)
          yield* Download.toFile({ source, path })
          same(yield* read(path), yield* bytesOf(small))
          assert.strictEqual(created(), 2)
        })
      )

      test(
        "keeps its part from another source",
        small,
        ({ path, ref }) =>
          Effect.gen(function* () {
            yield* faults(onPackage(Fault.cutBody(100_000, "reset"), 1, 2, 3, 4, 5, 6))
            const { source } = assetOf(ref)
            const error = yield* Effect.flip(RetryPolicy.withoutRetry(Download.toFile({ source, path })))
            assert(error._tag === "DownloadIncomplete")
            assert.deepStrictEqual({ ...error.subject }, { _tag: "Asset", assetId: "asset-1" })
            yield* faults()
            const { fetched } = yield* Download.toFile({ ...ref, path })
            assert.strictEqual(fetched, 300_000)
          }),
        { conduct: { resume: false } }
      )
    })

    describe("restarts", () => {
      test("when the store ignores ranges", { ...small, ranges: "ignored" }, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.cutBody(100_000, "reset"), 1))
          const { fetched } = yield* Download.toFile({ ...ref, path })
          assert.strictEqual(fetched, 400_000)
          same(yield* read(path), yield* bytesOf(small))
        })
      )

      for (const etag of ["weak", "none"] as const) {
        test(
          `when the ETag is ${etag}`,
          { ...small, etag },
          ({ path, ref }) =>
            Effect.gen(function* () {
              yield* faults(onPackage(Fault.cutBody(100_000, "reset"), 1))
              yield* Download.toFile({ ...ref, path })
              assert.deepStrictEqual(yield* ranges, [undefined, undefined])
              same(yield* read(path), yield* bytesOf(small))
            }),
          { conduct: { resume: false } }
        )
      }

      test("when the package has changed", { ...small, rebuilt: "30s" }, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.cutBody(100_000, "hang"), 1))
          yield* Download.toFile({ ...ref, path }, { idleTimeout: "40 seconds" })
          assert.deepStrictEqual(
            (yield* fetches).map(({ range, status }) => [range, status]),
            [
              [undefined, 200],
              ["bytes=100000-", 200]
            ]
          )
          const old = yield* bytesOf(small)
          const found = yield* read(path)
          assert.isFalse(Buffer.from(found).equals(old))
          assert.lengthOf(found, 300_000)
        })
      )

      test(
        "and gives up when every attempt breaks at the same byte",
        { ...small, ranges: "ignored" },
        ({ path, ref }) =>
          Effect.gen(function* () {
            yield* faults(onPackage(Fault.cutBody(100_000, "reset")))
            const error = yield* Effect.flip(Download.toFile({ ...ref, path }))
            assert.strictEqual(error._tag, "DownloadIncomplete")
            assert.lengthOf(yield* ranges, 5)
          })
      )
    })

    describe("with wrong bytes", () => {
      test("is fetched again after a wrong checksum", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.flip(123_456), 1))
          const { verified } = yield* Download.toFile({ ...ref, path })
          assert.strictEqual(verified, "checksum")
          same(yield* read(path), yield* bytesOf(small))
          assert.deepStrictEqual(yield* ranges, [undefined, undefined])
        })
      )

      test("is detected after a resume too", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.cutBody(100_000, "reset"), 1), onPackage(Fault.flip(7), 2))
          yield* Download.toFile({ ...ref, path })
          same(yield* read(path), yield* bytesOf(small))
        })
      )

      test("fails when the bytes are wrong each time", small, ({ files, path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.flip(123_456)))
          const error = yield* Effect.flip(Download.toFile({ ...ref, path }))
          assert(error._tag === "DownloadError")
          assert.deepStrictEqual([error.reason, error.attempts.length], ["Corrupt", 5])
          assert.notInclude(yield* files, "fields.zip")
        })
      )

      test("does not claim a missing checksum", noSums, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.flip(123_456)))
          const { verified } = yield* Download.toFile({ ...ref, path })
          assert.strictEqual(verified, "length")
        })
      )

      test("is detected by the ZIP's own checksums with verify", noSums, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.flip(123_456), 1))
          const { checksum, verified } = yield* Download.toFile({ ...ref, path }, { verify: true })
          assert.deepStrictEqual([verified, checksum], ["checksum", Option.some("zip")])
          same(yield* read(path), yield* bytesOf(small))
        })
      )

      test(
        "is not detected without Hashing, and verify fails immediately",
        small,
        ({ files, path, ref }) =>
          Effect.gen(function* () {
            const error = yield* Effect.flip(Download.toFile({ ...ref, path }, { verify: true }))
            assert(error._tag === "DownloadError")
            assert.strictEqual(error.reason, "NoHashing")
            assert.match(error.message, /`verify` needs .*`Hashing`/)
            assert.deepStrictEqual([yield* asked, yield* files], [0, []])
            assert.strictEqual((yield* Download.toFile({ ...ref, path })).verified, "length")
          }),
        { hashing: false }
      )

      const others = {
        empty: Fault.body("empty"),
        truncated: Fault.truncate(9_999),
        padded: Fault.oversize(400_000),
        "of a wrong length": Fault.contentLengthOff(-7),
        "a corrupt gzip": Fault.corruptGzip,
        "a bad chunk": Fault.badChunk
      }
      for (const [what, fault] of Object.entries(others)) {
        test(
          `is fetched again when it is ${what}`,
          small,
          ({ path, ref }) =>
            Effect.gen(function* () {
              yield* faults(onPackage(fault, 1))
              yield* Download.toFile({ ...ref, path })
              same(yield* read(path), yield* bytesOf(small))
            }),
          { conduct: { resume: false } }
        )
      }
    })

    describe("to an existing file,", () => {
      test("keeps it if it is the package, and fetches nothing", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* Download.toFile({ ...ref, path })
          const again = yield* Download.toFile({ ...ref, path })
          assert.deepInclude(again, { isSkipped: true, fetched: 0, bytes: 300_000, verified: "checksum" })
          assert.deepStrictEqual(
            (yield* fetches).map(({ method }) => method),
            ["GET", "HEAD"]
          )
        })
      )

      test("compares it with GET if the URL allows nothing else", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* Download.toFile({ ...ref, path })
          yield* faults(onPackage(Fault.expired, 1))
          assert.isTrue((yield* Download.toFile({ ...ref, path })).isSkipped)
        })
      )

      test("retries the comparison when the store fails", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* Download.toFile({ ...ref, path })
          yield* faults(onPackage(Fault.answer(503), 1, 2), onPackage(Fault.refuse("hang"), 3))
          assert.isTrue((yield* Download.toFile({ ...ref, path })).isSkipped)
        })
      )

      test("follows the store's redirect for the comparison", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* Download.toFile({ ...ref, path })
          yield* faults(onPackage(Fault.redirect("loop", 307), 1))
          assert.isTrue((yield* Download.toFile({ ...ref, path })).isSkipped)
        })
      )

      test("respects Retry-After in the comparison", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* Download.toFile({ ...ref, path })
          yield* faults(onPackage(Fault.answer(503, { headers: { "retry-after": "7" } }), 1))
          const began = yield* Clock.currentTimeMillis
          yield* Download.toFile({ ...ref, path })
          assert.strictEqual((yield* Clock.currentTimeMillis) - began, 7_000)
        })
      )

      test("reports the reason and the attempts of a failed comparison", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* write(path, "old")
          yield* faults(onPackage(Fault.answer(503)))
          const error = yield* Effect.flip(Download.toFile({ ...ref, path }))
          assert(error._tag === "DownloadError")
          assert.strictEqual(error.reason, "TargetExists")
          assert.include(error.message, "Download was answered 503")
          assert.lengthOf(error.attempts, RetryPolicy.defaults.maxAttempts)
          same(yield* read(path), Buffer.from("old"))
        })
      )

      const others = { "of another length": "old", "as long, of other bytes": "x".repeat(300_000) }
      for (const [what, old] of Object.entries(others)) {
        test(`rejects one ${what}`, small, ({ files, path, ref }) =>
          Effect.gen(function* () {
            yield* write(path, old)
            const error = yield* Effect.flip(Download.toFile({ ...ref, path }))
            assert(error._tag === "DownloadError")
            assert.strictEqual(error.reason, "TargetExists")
            same(yield* read(path), Buffer.from(old))
            assert.deepStrictEqual(yield* files, ["fields.zip"])
          })
        )
      }

      test("makes no request when the file must not exist", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* write(path, "old")
          const error = yield* Effect.flip(Download.toFile({ ...ref, path }, { ifExists: "fail" }))
          assert(error._tag === "DownloadError" && error.reason === "TargetExists")
          assert.strictEqual(yield* asked, 0)
        })
      )

      test("keeps it until the download is complete, when overwriting", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* write(path, "old")
          yield* faults(onPackage(Fault.drip(50_000, "1s"), 1))
          const seen: Array<number> = []
          yield* Download.stream({ ...ref, path }, { ifExists: "overwrite" }).pipe(
            Stream.runForEach((event) =>
              Effect.map(read(path), ({ length }) => void (event._tag === "Done" || seen.push(length)))
            )
          )
          assert.deepStrictEqual([...new Set(seen.slice(0, -1))], [3])
          same(yield* read(path), yield* bytesOf(small))
        })
      )

      test("keeps it after a failure", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* write(path, "old")
          yield* faults(onPackage(Fault.cutBody(100_000, "reset"), 1), onPackage(Fault.answer(500), 2, 3, 4, 5))
          yield* Effect.flip(Download.toFile({ ...ref, path }, { ifExists: "overwrite" }))
          same(yield* read(path), Buffer.from("old"))
        })
      )

      test("rejects a file that appeared during the download", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.drip(50_000, "1s"), 1))
          const fiber = yield* Effect.fork(Effect.flip(Download.toFile({ ...ref, path })))
          yield* Effect.sleep("3 seconds")
          yield* write(path, "new")
          const error = yield* Fiber.join(fiber)
          assert(error._tag === "DownloadError" && error.reason === "TargetExists")
          same(yield* read(path), Buffer.from("new"))
        })
      )

      test("rejects a folder", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeDirectory(path))
          const error = yield* Effect.flip(Download.toFile({ ...ref, path }, { ifExists: "overwrite" }))
          assert(error._tag === "DownloadError" && error.reason === "TargetExists")
        })
      )
    })

    describe("concurrent with another one to the same file,", () => {
      test("is rejected during the other", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.drip(10_000, "1s"), 1))
          const first = yield* Effect.fork(Download.toFile({ ...ref, path }))
          yield* Effect.sleep("2 seconds")
          const error = yield* Effect.flip(Download.toFile({ ...ref, path }))
          assert(error._tag === "DownloadError")
          assert.strictEqual(error.reason, "Locked")
          yield* Fiber.join(first)
          same(yield* read(path), yield* bytesOf(small))
        })
      )

      test("takes over from a killed process", small, ({ files, path, ref }) =>
        Effect.gen(function* () {
          yield* write(`${path}.part.lock`, "12-34 5\n")
          const before = yield* Clock.currentTimeMillis
          yield* Download.toFile({ ...ref, path })
          assert.strictEqual((yield* Clock.currentTimeMillis) - before, 16_000)
          assert.deepStrictEqual(yield* files, ["fields.zip"])
        })
      )

      test("takes over exclusively when two try", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* write(`${path}.part.lock`, "12-34 5\n")
          const both = yield* Effect.all(
            [1, 2].map(() => Effect.either(Download.toFile({ ...ref, path }))),
            {
              concurrency: 2
            }
          )
          assert.lengthOf(both.filter(Either.isRight), 1)
          same(yield* read(path), yield* bytesOf(small))
        })
      )

      test("stops when its lock was taken over", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.drip(10_000, "1s"), 1))
          const first = yield* Effect.fork(Effect.flip(Download.toFile({ ...ref, path })))
          yield* Effect.sleep("2 seconds")
          yield* write(`${path}.part.lock`, "12-34 5\n")
          const error = yield* Fiber.join(first)
          assert(error._tag === "DownloadError" && error.reason === "Locked")
          same(yield* read(`${path}.part.lock`), Buffer.from("12-34 5\n"))
        })
      )
    })

    test("follows a redirect of the store, but no redirect loop", small, ({ path, ref }) =>
      Effect.gen(function* () {
        yield* faults(onPackage(Fault.redirect("loop", 307), 1))
        yield* Download.toFile({ ...ref, path })
        yield* faults(onPackage(Fault.redirect("loop", 307)))
        const error = yield* Effect.flip(Download.toFile({ ...ref, path: `${path}.2` }))
        assert(error._tag === "DownloadError" && error.reason === "Refused")
      })
    )

    test("several run with limited concurrency, and one may fail", small, ({ path, ref }) =>
      Effect.gen(function* () {
        yield* faults(Fault.on("getPackage", Fault.drip(100_000, "1s")))
        const inputs = ["a", "b", "", "d", "e"].map((name) => ({
          ...ref,
          path: path.replace("fields.zip", name)
        }))
        const before = yield* Clock.currentTimeMillis
        const outcomes = yield* Download.all(inputs, { concurrency: 2 })
        assert.deepStrictEqual(outcomes.map(Either.isRight), [true, true, false, true, true])
        const each = Math.ceil(300_000 / 65_536)
        assert.strictEqual((yield* Clock.currentTimeMillis) - before, 2 * each * 1_000)
      })
    )
  })
}
