/** Packages as files, against the mock's store, over TCP and in process, in real folders. */
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it } from "@effect/vitest"
import { Download, JobsApi, RetryPolicy } from "@effect-pixxel/client"
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
import { bytesOf, fetches, filesIn, folder, job, layer, type Package } from "./downloads.js"
import { projectId, transports } from "./world.js"

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

/** How often the API was asked for a signed URL. */
const asked = Effect.flatMap(MockServer, ({ requests }) =>
  Effect.map(requests, (all) => all.filter(({ operation }) => operation === "downloadJob").length)
)

const small: Package = { size: "300kB" }
const noSums: Package = { ...small, checksums: "none" }

type Services = Layer.Layer.Success<ReturnType<typeof layer>> | Scope.Scope

interface Place {
  readonly path: string
  readonly ref: Effect.Effect.Success<typeof job>
  /** The names of what is in the folder. */
  readonly files: Effect.Effect<ReadonlyArray<string>, unknown, FileSystem.FileSystem>
}

for (const transport of transports) {
  /** A test in a world of its own, with a job whose package is this, and a folder for it. */
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
    test("comes when the package is ready, and is what the store takes", { pending: "20s", size: "300kB" }, ({ ref }) =>
      Effect.gen(function* () {
        const { fetch, time } = yield* MockServer
        const start = time.now
        const url = yield* Download.signedUrl(ref)
        assert.isAtLeast(time.now - start, 20_000)
        const answer = yield* Effect.promise(async () => (await fetch(Redacted.value(url))).arrayBuffer())
        assert.strictEqual(answer.byteLength, 300_000)
      })
    )

    test("that is not ready in time is WaitTimeout, without a word of a file", { pending: "20s" }, ({ ref }) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Download.signedUrl(ref, { timeout: "10 seconds" }))
        assert(error._tag === "WaitTimeout")
        assert.deepStrictEqual([error.jobId, error.waitingFor], [ref.jobId, "download"])
      })
    )
  })

  describe(`a download, ${transport},`, () => {
    test(
      "waits for the package and makes a whole file of it, and nothing else",
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

    test("is of one task, when that is what is asked for", small, ({ path, ref: { workflowId } }) =>
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

    test("tells how far it is, how fast, and for how long yet", { pending: "8s", ...small }, ({ path, ref }) =>
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

    describe("when the link breaks,", () => {
      test("goes on where it was cut, and fetches nothing twice", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.cutBody(100_000, "reset"), 1), onPackage(Fault.cutBody(50_000, "close"), 2))
          const result = yield* Download.toFile({ ...ref, path })
          same(yield* read(path), yield* bytesOf(small))
          assert.strictEqual(result.fetched, 300_000)
          assert.deepStrictEqual(yield* ranges, [undefined, "bytes=100000-", "bytes=150000-"])
        })
      )

      test("goes on when nothing comes any more", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.cutBody(100_000, "hang"), 1), onPackage(Fault.refuse("hang"), 2))
          yield* Download.toFile({ ...ref, path }, { idleTimeout: "10 seconds" })
          same(yield* read(path), yield* bytesOf(small))
          assert.deepStrictEqual(yield* ranges, [undefined, "bytes=100000-", "bytes=100000-"])
        })
      )

      test("goes on when a part ends too early, though HTTP finds nothing wrong with it", noSums, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.cutBody(100_000, "reset"), 1), onPackage(Fault.truncate(9_999), 2))
          yield* Download.toFile({ ...ref, path })
          assert.deepStrictEqual(yield* ranges, [undefined, "bytes=100000-", "bytes=109999-"])
          same(yield* read(path), yield* bytesOf(noSums))
        })
      )

      test("does not take a slow link for one that stands still", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.drip(10_000, "9s")))
          yield* Download.toFile({ ...ref, path }, { idleTimeout: "10 seconds" })
          assert.lengthOf(yield* ranges, 1)
        })
      )

      test("never gives up while bytes come", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(Fault.on("getPackage", Fault.cutBody(10_000, "reset")))
          yield* Download.toFile({ ...ref, path }).pipe(RetryPolicy.withOptions({ maxAttempts: 2 }))
          assert.lengthOf(yield* ranges, 30)
          same(yield* read(path), yield* bytesOf(small))
        })
      )

      test(
        "gives up when none come, keeps what has come, and goes on from there the next time",
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

      test("comes back when the store says", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.answer(503, { retryAfter: "40s" }), 1))
          const before = yield* Clock.currentTimeMillis
          yield* Download.toFile({ ...ref, path })
          assert.strictEqual((yield* Clock.currentTimeMillis) - before, 40_000)
        })
      )
    })

    describe("in a later run,", () => {
      test("goes on from what an interrupted one has left", small, ({ files, path, ref }) =>
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

      test("needs nobody when all has come", small, ({ path, ref }) =>
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

      test("finds out that what was left has changed on the disk", small, ({ path, ref }) =>
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
        ["whose note is cut", (note) => note.slice(0, 30)]
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
      test("asks for another and goes on", { ...small, ttl: "15s" }, ({ path, ref }) =>
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

      test("gives up when the store refuses new ones too", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.expired))
          const error = yield* Effect.flip(Download.toFile({ ...ref, path }))
          assert(error._tag === "DownloadError")
          assert.deepStrictEqual([error.reason, error.code, error.attempts.length], ["Refused", Option.some("403"), 5])
          assert.strictEqual(yield* asked, 5)
        })
      )
    })

    describe("begins anew", () => {
      test("when the store knows no ranges", { ...small, ranges: "ignored" }, ({ path, ref }) =>
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
        "and gives up in the end when every try is cut at the same place",
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

    describe("whose bytes are wrong", () => {
      test("is fetched anew when a checksum says so", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.flip(123_456), 1))
          const { verified } = yield* Download.toFile({ ...ref, path })
          assert.strictEqual(verified, "checksum")
          same(yield* read(path), yield* bytesOf(small))
          assert.deepStrictEqual(yield* ranges, [undefined, undefined])
        })
      )

      test("is found out after a resumption too", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.cutBody(100_000, "reset"), 1), onPackage(Fault.flip(7), 2))
          yield* Download.toFile({ ...ref, path })
          same(yield* read(path), yield* bytesOf(small))
        })
      )

      test("fails when they are wrong each time", small, ({ files, path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.flip(123_456)))
          const error = yield* Effect.flip(Download.toFile({ ...ref, path }))
          assert(error._tag === "DownloadError")
          assert.deepStrictEqual([error.reason, error.attempts.length], ["Corrupt", 5])
          assert.notInclude(yield* files, "fields.zip")
        })
      )

      test("does not claim a checksum when there is none", noSums, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.flip(123_456)))
          const { verified } = yield* Download.toFile({ ...ref, path })
          assert.strictEqual(verified, "length")
        })
      )

      test("is found out by the ZIP's own sums, with verify", noSums, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* faults(onPackage(Fault.flip(123_456), 1))
          const { checksum, verified } = yield* Download.toFile({ ...ref, path }, { verify: true })
          assert.deepStrictEqual([verified, checksum], ["checksum", Option.some("zip")])
          same(yield* read(path), yield* bytesOf(small))
        })
      )

      test(
        "are not looked for without Hashing, and verify fails at once",
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
          `is fetched anew when it is ${what}`,
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

    describe("to a file that is there,", () => {
      test("leaves it when it is the package, and fetches nothing", small, ({ path, ref }) =>
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

      test("looks at it with GET where the URL is good for nothing else", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* Download.toFile({ ...ref, path })
          yield* faults(onPackage(Fault.expired, 1))
          assert.isTrue((yield* Download.toFile({ ...ref, path })).isSkipped)
        })
      )

      test("looks at it again when the store fails", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* Download.toFile({ ...ref, path })
          yield* faults(onPackage(Fault.answer(503), 1, 2), onPackage(Fault.refuse("hang"), 3))
          assert.isTrue((yield* Download.toFile({ ...ref, path })).isSkipped)
        })
      )

      test("looks at it where the store leads to", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* Download.toFile({ ...ref, path })
          yield* faults(onPackage(Fault.redirect("loop", 307), 1))
          assert.isTrue((yield* Download.toFile({ ...ref, path })).isSkipped)
        })
      )

      test("keeps to Retry-After when it looks", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* Download.toFile({ ...ref, path })
          yield* faults(onPackage(Fault.answer(503, { headers: { "retry-after": "7" } }), 1))
          const began = yield* Clock.currentTimeMillis
          yield* Download.toFile({ ...ref, path })
          assert.strictEqual((yield* Clock.currentTimeMillis) - began, 7_000)
        })
      )

      test("says why, and how often it was asked, when the store does not say", small, ({ path, ref }) =>
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
        test(`refuses one ${what}`, small, ({ files, path, ref }) =>
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

      test("asks nobody when it must not be there", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* write(path, "old")
          const error = yield* Effect.flip(Download.toFile({ ...ref, path }, { ifExists: "fail" }))
          assert(error._tag === "DownloadError" && error.reason === "TargetExists")
          assert.strictEqual(yield* asked, 0)
        })
      )

      test("leaves it as it is until all has come, when it overwrites", small, ({ path, ref }) =>
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

      test("leaves it as it is when it fails", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* write(path, "old")
          yield* faults(onPackage(Fault.cutBody(100_000, "reset"), 1), onPackage(Fault.answer(500), 2, 3, 4, 5))
          yield* Effect.flip(Download.toFile({ ...ref, path }, { ifExists: "overwrite" }))
          same(yield* read(path), Buffer.from("old"))
        })
      )

      test("refuses one that came while it was under way", small, ({ path, ref }) =>
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

      test("never takes a folder for one", small, ({ path, ref }) =>
        Effect.gen(function* () {
          yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeDirectory(path))
          const error = yield* Effect.flip(Download.toFile({ ...ref, path }, { ifExists: "overwrite" }))
          assert(error._tag === "DownloadError" && error.reason === "TargetExists")
        })
      )
    })

    describe("beside another one to the same file,", () => {
      test("is refused while that is at work", small, ({ path, ref }) =>
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

      test("takes over from a process that was killed", small, ({ files, path, ref }) =>
        Effect.gen(function* () {
          yield* write(`${path}.part.lock`, "12-34 5\n")
          const before = yield* Clock.currentTimeMillis
          yield* Download.toFile({ ...ref, path })
          assert.strictEqual((yield* Clock.currentTimeMillis) - before, 16_000)
          assert.deepStrictEqual(yield* files, ["fields.zip"])
        })
      )

      test("takes over alone, when two want to", small, ({ path, ref }) =>
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

    test("follows a redirect of the store, and none that leads in a circle", small, ({ path, ref }) =>
      Effect.gen(function* () {
        yield* faults(onPackage(Fault.redirect("loop", 307), 1))
        yield* Download.toFile({ ...ref, path })
        yield* faults(onPackage(Fault.redirect("loop", 307)))
        const error = yield* Effect.flip(Download.toFile({ ...ref, path: `${path}.2` }))
        assert(error._tag === "DownloadError" && error.reason === "Refused")
      })
    )

    test("several, of which one fails, come so many at once", small, ({ path, ref }) =>
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
