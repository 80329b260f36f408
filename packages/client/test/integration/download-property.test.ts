/**
 * Downloads under random faults: the connection breaks and stalls, the store lies and sends pages and parts instead of
 * the package, the URL expires, the package changes, the clock is set, and the process is killed or stopped repeatedly.
 * Invariants, at every byte: the target is absent, unchanged or a complete package; a checksum is claimed only for
 * correct bytes; and bytes of the part are not fetched again.
 *
 * `DOWNLOAD_RUNS=1000` makes more runs. A failure prints its seed and path: `DOWNLOAD_SEED` starts from it.
 */
import * as PlatformError from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Download, Pixxel } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import { Fault, type FaultEffect, MockServer } from "@effect-pixxel/mock-server"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { unzipSync } from "fflate"
import { size } from "../../../../vitest.size.js"
import { bytesOf, folder, job, layer, type Package } from "./downloads.js"
import { handled } from "./files.js"

// --- random faults ---

const { array, boolean, constant, constantFrom, integer, nat, oneof, option, record, tuple } = FastCheck

const largest = 200_000

const store: FastCheck.Arbitrary<Package> = record({
  size: integer({ min: 1_000, max: largest }).map((bytes) => `${bytes}B`),
  etag: oneof({ weight: 5, arbitrary: constant("strong" as const) }, constantFrom("weak" as const, "none" as const)),
  checksums: constantFrom("sent" as const, "none" as const),
  ranges: oneof({ weight: 5, arbitrary: constant("known" as const) }, constant("ignored" as const)),
  ttl: constantFrom("3s", "20s", "15m")
}).chain((it) => option(constantFrom("7s", "40s")).map((rebuilt) => (rebuilt === null ? it : { ...it, rebuilt })))

/** The page of a captive portal or a store in maintenance, and its length in the journal. */
const page = "<!doctype html><title>Sign in</title>".padEnd(777, " ")
const pages = ["", "bytes 500-1276/200000"].map((range) =>
  Fault.answer(200, {
    headers: { "content-type": "text/html", ...(range === "" ? {} : { "content-range": range }) },
    body: page
  })
)
const zipPart = Fault.answer(200, {
  headers: { "content-range": "bytes 500-1276/200000" },
  body: "PK".padEnd(777, "x")
})

const byte = nat(largest)
const trouble: FastCheck.Arbitrary<FaultEffect> = oneof(
  {
    weight: 5,
    arbitrary: tuple(byte, constantFrom("reset" as const, "close" as const)).map(([at, by]) => Fault.cutBody(at, by))
  },
  { weight: 2, arbitrary: byte.map((at) => Fault.cutBody(at, "hang")) },
  { weight: 2, arbitrary: byte.map(Fault.flip) },
  byte.map(Fault.truncate),
  integer({ min: 1, max: largest }).map(Fault.oversize),
  { weight: 2, arbitrary: constantFrom(...pages, zipPart) },
  constantFrom(
    ...[Fault.expired, Fault.noRange, Fault.answer(503), Fault.answer(429, { retryAfter: "3s" }), Fault.badChunk],
    ...[Fault.refuse("reset"), Fault.refuse("hang"), Fault.loseAnswer("close"), Fault.cutHead("reset")],
    ...[Fault.redirect("loop"), Fault.contentLengthOff(-7), Fault.drip(20_000, "1s"), Fault.body("empty")],
    Fault.body("scrambled")
  )
)

/** The early end of a run: the process is killed at a file system call, or stopped. */
const ending = oneof(
  {
    weight: 3,
    arbitrary: record({ call: nat(50), how: constantFrom("before" as const, "half" as const, "after" as const) })
  },
  { weight: 1, arbitrary: record({ millis: nat(30_000) }) }
)

const night = record({
  download: store,
  troubles: array(option(trouble, { freq: 3 }), { maxLength: 12 }),
  endings: array(ending, { maxLength: 4 }),
  old: boolean(),
  /** The jump of the wall clock in the first sleep of a run. */
  jump: constantFrom(0, 0, -600_000, 3_600_000),
  hashing: boolean(),
  verify: boolean()
})
type Night = typeof night extends FastCheck.Arbitrary<infer A> ? A : never

// --- a process ---

const dead = new PlatformError.SystemError({
  module: "FileSystem",
  method: "any",
  reason: "Unknown",
  description: "dead"
})

/** A file system that dies at a call: the call happens completely, half or not at all, and no later call happens. */
const mortal = ({ call, how }: { readonly call: number; readonly how: "before" | "half" | "after" }) =>
  Layer.suspend(() => {
    let left = call
    return handled((_, __, self, half) =>
      Effect.suspend(() => {
        const now = left--
        if (now > 0) return self
        const last = now < 0 || how === "before" ? Effect.void : how === "half" ? (half ?? Effect.void) : self
        return Effect.zipRight(Effect.ignore(last), Effect.fail(dead))
      })
    )
  })

/** Runs the program with its own services. */
const run = (
  ref: Effect.Effect.Success<typeof job>,
  path: string,
  { hashing, jump, verify }: Night,
  how: Night["endings"][number] | undefined
) =>
  Effect.gen(function* () {
    const { baseUrl, token } = yield* MockServer
    const options = { ifExists: "overwrite", idleTimeout: "5 seconds" } as const
    const download = hashing
      ? Effect.provide(Download.toFile({ ...ref, path }, { ...options, verify }), NodeHashing.layer)
      : Download.toFile({ ...ref, path }, options)
    const files = how !== undefined && "call" in how ? mortal(how) : NodeFileSystem.layer
    const services = Layer.mergeAll(Pixxel.layer({ baseUrl, token }), files, NodePath.layer)
    const stopped = how !== undefined && "millis" in how ? Effect.timeout(download, how.millis) : download
    const clock = yield* Effect.clock
    let skew = 0
    const wall = () => clock.unsafeCurrentTimeMillis() + skew
    const set: Clock.Clock = {
      ...clock,
      [Clock.ClockTypeId]: Clock.ClockTypeId,
      unsafeCurrentTimeMillis: wall,
      currentTimeMillis: Effect.sync(wall),
      sleep: (duration) => {
        skew = jump
        return clock.sleep(duration)
      }
    }
    return yield* Effect.exit(Effect.withClock(Effect.provide(stopped, services), set))
  })

// --- invariants ---

const filesIn = (zip: Uint8Array) =>
  Object.entries(unzipSync(zip)).map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64")])

const bytesEqual = (a: Uint8Array, b: Uint8Array) => Buffer.from(a).equals(b)
const filesEqual = (a: Uint8Array, b: Uint8Array) => JSON.stringify(filesIn(a)) === JSON.stringify(filesIn(b))

/** Asserts that bytes are a package that the store had so far. */
interface Claim {
  readonly why: string
  readonly bytes: Uint8Array
  readonly until: number
  readonly equal: (a: Uint8Array, b: Uint8Array) => boolean
}

/** Reads the packages of the store in separate worlds. */
const holds = ({ bytes, equal, until, why }: Claim, download: Package) =>
  Effect.gen(function* () {
    const { rebuilt } = download
    const every = rebuilt === undefined ? Number.POSITIVE_INFINITY : Number.parseInt(rebuilt, 10) * 1_000
    for (let age = 0; age <= until; age += every) {
      if (equal(bytes, yield* bytesOf({ ...download, ttl: "15m" }, age))) return
    }
    assert.fail(why)
  })

/** The number of bytes that the next run may reuse. */
const heldOf = (path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const note = yield* Effect.option(fs.readFileString(`${path}.part.json`))
    const part = yield* Effect.option(fs.stat(`${path}.part`))
    const isOfUse = Option.exists(note, (text) => text.endsWith("\n") && JSON.parse(text).etag !== undefined)
    return isOfUse ? Option.match(part, { onNone: () => 0, onSome: ({ size }) => Number(size) }) : 0
  })

const corrupting = ["flip", "truncate", "oversize", "body", "contentLengthOff"]

/** Runs a download under faults, and once more without them. Returns the claims to verify. */
const survive = (night: Night) =>
  Effect.gen(function* () {
    const { download, endings, hashing, old, troubles } = night
    const mock = yield* MockServer
    const fs = yield* FileSystem.FileSystem
    const path = `${yield* folder}/fields.zip`
    if (old) yield* fs.writeFileString(path, "old")
    const ref = yield* job
    const began = yield* Clock.currentTimeMillis
    const rules = troubles.flatMap((effect, index) =>
      effect === null ? [] : [Fault.on("getPackage", effect, { attempts: [index + 1], optional: true })]
    )
    yield* mock.faults.use(Fault.plan(...rules))

    const isLying = troubles.some((it) => it !== null && Object.keys(it).some((kind) => corrupting.includes(kind)))
    const knowsParts = download.etag === "strong" && download.ranges === "known" && download.rebuilt === undefined
    // a cut after the end promises a missing byte
    const size = Number.parseInt(download.size ?? "", 10)
    const promisesMore = troubles.some((it) => typeof it?.cut?.at === "number" && it.cut.at >= size)
    const isCounted = knowsParts && !isLying && !promisesMore && !troubles.some((it) => it?.noRange === true)
    const isSummed = hashing && download.checksums === "sent"
    const content = Effect.map(Effect.option(fs.readFile(path)), Option.getOrUndefined)

    const claims: Array<Claim> = []
    for (const how of [...endings, "to its end", "by day"] as const) {
      if (how === "by day") yield* mock.faults.use(Fault.plan())
      // Another process does not know the Retry-After of the last one.
      yield* Effect.sleep("4 seconds")
      const seen = (yield* mock.requests).length
      const before = yield* content
      let held = yield* heldOf(path)
      const exit = yield* run(ref, path, night, typeof how === "string" ? undefined : how)

      if (isCounted) {
        for (const { bytes = 0, headers, method, operation, status } of (yield* mock.requests).slice(seen)) {
          if (operation !== "getPackage" || method !== "GET") continue
          assert.strictEqual(
            headers["range"] ?? "bytes=0-",
            `bytes=${held}-`,
            "bytes of the part are fetched again, or skipped"
          )
          if ((status === 200 || status === 206) && bytes !== page.length) held += bytes
        }
      }

      const found = yield* content
      const until = (yield* Clock.currentTimeMillis) - began
      const claim = (bytes: Uint8Array, equal: Claim["equal"], why: string) =>
        void claims.push({ bytes, equal, until, why })
      if (Exit.isSuccess(exit)) {
        const { bytes, checksum, verified } = exit.value
        assert(found !== undefined, "the file exists")
        assert.lengthOf(found, bytes)
        if (isSummed) assert.strictEqual(verified, "checksum", "an available checksum was verified")
        if (!isLying) claim(found, bytesEqual, "the file is the package without a lying store")
        else if (Option.contains(checksum, "zip")) claim(found, filesEqual, "the claimed sums of the ZIP are right")
        else if (verified === "checksum") claim(found, bytesEqual, "the claimed checksum is right")
      } else if (found === undefined || before === undefined || !bytesEqual(found, before)) {
        assert(found !== undefined || before === undefined, "an existing file stays")
        // the process was killed after the rename
        if (found !== undefined && (!isLying || isSummed)) claim(found, bytesEqual, "the target is the package")
      }
      if (how === "by day") assert(Exit.isSuccess(exit), "it succeeds without faults")
    }
    return claims
  }).pipe(
    Effect.scoped,
    Effect.provide(layer("inProcess", night.download, { conduct: { resume: false }, capsules: false })),
    Effect.flatMap((claims) => Effect.forEach(claims, (claim) => holds(claim, night.download), { discard: true }))
  )

const runs = Number(process.env["DOWNLOAD_RUNS"] ?? size(5, 60))
const seed = process.env["DOWNLOAD_SEED"]

describe("a download under random faults", () => {
  it.effect.prop("completes the file, or keeps the existing one", { night }, ({ night }) => survive(night), {
    fastCheck: { numRuns: runs, ...(seed === undefined ? {} : { seed: Number(seed) }) },
    timeout: 60_000 + runs * 1_000
  })
})
