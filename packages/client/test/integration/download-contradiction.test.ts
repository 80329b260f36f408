/**
 * Stores that send wrong bytes, files that are no valid part, and their effect on the bytes on the disk. The store is
 * scripted, and time is virtual.
 */
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { linkSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, truncateSync, writeFileSync } from "node:fs"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Download, Pixxel } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { zipSync } from "fflate"
import { sample } from "../../../../vitest.size.js"
import { jobId, taskId, workflowId } from "../scripted.js"
import { folder } from "./downloads.js"

const packed = (factor: number) =>
  zipSync({ "fields.bin": [new Uint8Array(20_000).map((_, at) => at * factor), { level: 0 }] })
const whole = packed(31)
const other = packed(37)
const half = 10_000
const page = new TextEncoder().encode("<!doctype html><title>Sign in</title>".padEnd(3_000, " "))
const digest = (bytes: Uint8Array) => `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`

const signature = "sEcReT/sIgNaTuRe+0123456789"
const signedUrl = `https://store.test/a.zip?sig=${encodeURIComponent(signature)}`

// --- time that passes immediately, and can jump ---

interface Time {
  readonly clock: Clock.Clock
  /** Advances the two clocks. */
  readonly jump: (monotonic: number, wall?: number) => void
}

const makeTime = (): Time => {
  let monotonic = 0
  let wall = 1_800_000_000_000
  const jump = (by: number, byWall = by) => {
    monotonic += by
    wall += byWall
  }
  const unsafeCurrentTimeMillis = () => wall
  const unsafeCurrentTimeNanos = () => BigInt(Math.round(monotonic)) * 1_000_000n
  return {
    jump,
    clock: {
      ...Clock.make(),
      [Clock.ClockTypeId]: Clock.ClockTypeId,
      unsafeCurrentTimeMillis,
      unsafeCurrentTimeNanos,
      currentTimeMillis: Effect.sync(unsafeCurrentTimeMillis),
      currentTimeNanos: Effect.sync(unsafeCurrentTimeNanos),
      // Delays of the retry policy and beats of the lock pass immediately; timeouts of a second or more never fire.
      sleep: (duration) =>
        Duration.toMillis(duration) < 5_000 ? Effect.sync(() => jump(Duration.toMillis(duration))) : Effect.never
    }
  }
}

// --- a scripted store ---

interface Asked {
  readonly range: string | undefined
}

interface Sent {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** Whether the connection breaks after the body. */
  readonly isCut?: boolean
}

type Script = ReadonlyArray<Sent | ((asked: Asked) => Sent)>

const strong = { etag: '"v1"' }
const first: Sent = {
  headers: { ...strong, "content-length": String(whole.length) },
  body: whole.subarray(0, half),
  isCut: true
}
const rest: Sent = {
  status: 206,
  headers: { ...strong, "content-range": `bytes ${half}-${whole.length - 1}/${whole.length}` },
  body: whole.subarray(half)
}
const all: Sent = { headers: { ...strong, "content-length": String(whole.length) }, body: whole }

const bodyOf = ({ body = new Uint8Array(), isCut = false }: Sent) => {
  let isSent = false
  return new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (!isSent && body.length > 0) controller.enqueue(new Uint8Array(body))
      else if (isCut) controller.error(new TypeError("terminated"))
      else controller.close()
      isSent = true
    }
  })
}

/** Repeats the last answer. */
const store = (script: Script) => {
  const asked: Array<Asked> = []
  const fetch: typeof globalThis.fetch = async (_, init) => {
    if (init?.method === "PUT") return new Response(JSON.stringify({ status: "ready", signed_url: signedUrl }))
    const request: Asked = { range: new Headers(init?.headers).get("range") ?? undefined }
    asked.push(request)
    const next = script[Math.min(asked.length, script.length) - 1] ?? all
    const sent = typeof next === "function" ? next(request) : next
    return new Response(bodyOf(sent), { status: sent.status ?? 200, headers: sent.headers ?? {} })
  }
  const transport = FetchHttpClient.layer.pipe(Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)))
  return { asked, layer: Layer.provide(Pixxel.layer({ token: Redacted.make("px-key-0123456789") }), transport) }
}

/** A run of the program. */
const run = (script: Script, path: string, input: Partial<Download.Input> = {}, time = makeTime()) =>
  Effect.gen(function* () {
    const { asked, layer } = store(script)
    const result = yield* Download.toFile({ workflowId, jobId, path, ...input }, { ifExists: "overwrite" }).pipe(
      Effect.either,
      Effect.provide(Layer.merge(layer, NodeHashing.layer)),
      Effect.withClock(time.clock)
    )
    return { asked: asked.map(({ range }) => range), result }
  })

const live = <E>(name: string, body: (path: string) => Effect.Effect<void, E, FileSystem.FileSystem | Path.Path>) =>
  it.live(name, () =>
    Effect.flatMap(folder, (place) => body(`${place}/fields.zip`)).pipe(
      Effect.scoped,
      Effect.provide(Layer.merge(NodeFileSystem.layer, NodePath.layer))
    )
  )

const same = (path: string, expected: Uint8Array) =>
  assert.isTrue(readFileSync(path).equals(expected), "the bytes are others")

const messageOf = (result: Either.Either<Download.Result, { readonly message: string }>) =>
  Either.match(result, { onLeft: ({ message }) => message, onRight: () => "a success" })

// --- answers of the store ---

describe("an answer that is not the package", () => {
  const html: Sent = { headers: { "content-type": "text/html" }, body: page }
  const strange: Readonly<Record<string, Sent>> = {
    "a page with 200": html,
    "a page of the same length": { headers: { "content-length": String(page.length), etag: '"page"' }, body: page },
    "a 200 with the range of a part": {
      headers: { ...strong, "content-range": `bytes ${half}-${whole.length - 1}/${whole.length}` },
      body: whole.subarray(half)
    },
    "a 200 of the same ETag and another length": {
      headers: { ...strong, "content-length": String(other.length - 100) },
      body: other.subarray(0, other.length - 100)
    },
    "an empty 200": {},
    "a 206 from another byte": { ...rest, headers: { ...rest.headers, "content-range": "bytes 0-9/20122" } },
    "a 206 of another ETag": { ...rest, headers: { ...rest.headers, etag: '"v2"' } },
    "a 416 of a shorter package": { status: 416, headers: { "content-range": "bytes */3" } }
  }
  for (const [what, sent] of sample(Object.entries(strange), 2)) {
    live(`such as ${what} keeps the part, and the rest is fetched`, (path) =>
      Effect.gen(function* () {
        writeFileSync(path, "old")
        const broken = yield* run([first, sent, sent, sent, sent, sent, sent, sent], path)
        assert(Either.isLeft(broken.result))
        assert.strictEqual(broken.result.left._tag, "DownloadIncomplete")
        same(path, Buffer.from("old"))
        same(`${path}.part`, whole.subarray(0, half))
        const repaired = yield* run([rest], path)
        assert.deepStrictEqual([Either.isRight(repaired.result), repaired.asked], [true, [`bytes=${half}-`]])
        same(path, whole)
      })
    )

    if (sent.status !== undefined) continue
    live(`such as ${what} is no file if it comes first`, (path) =>
      Effect.gen(function* () {
        // the same ETag is a contradiction only with known metadata
        const script = what.includes("same ETag") ? [first, sent] : [sent]
        const { result } = yield* run(script, path)
        assert(Either.isLeft(result))
        assert.isFalse(yield* Effect.sync(() => isThere(path)))
      })
    )
  }

  live("is shown in the error of an empty download", (path) =>
    Effect.gen(function* () {
      const { asked, result } = yield* run([html], path)
      assert.match(messageOf(result), /were not the package, 5 times: .*<!doctype html/)
      assert.lengthOf(asked, 5)
    })
  )

  live("is rejected for a task too, although its package may be any file", (path) =>
    Effect.gen(function* () {
      assert(Either.isLeft((yield* run([html], path, { taskId })).result))
      const csv = new TextEncoder().encode("field,hectares\n1,2\n")
      const sent = { headers: { "content-length": String(csv.length) }, body: csv }
      assert(Either.isRight((yield* run([sent], path, { taskId })).result))
      same(path, csv)
    })
  )
})

const isThere = (path: string) => {
  try {
    return readFileSync(path).length >= 0
  } catch {
    return false
  }
}

describe("another package than that of the part", () => {
  live("replaces it after its first bytes with a strong ETag", (path) =>
    Effect.gen(function* () {
      const anew = { headers: { etag: '"v2"', "content-length": String(other.length) }, body: other }
      const { asked, result } = yield* run([first, anew], path)
      assert(Either.isRight(result))
      assert.deepStrictEqual(asked, [undefined, `bytes=${half}-`])
      same(path, other)
    })
  )

  live("replaces it without an ETag only when complete", (path) =>
    Effect.gen(function* () {
      const anew = { headers: { "content-length": String(other.length) }, body: other }
      const cut = { ...anew, body: other.subarray(0, 15_000), isCut: true }
      const broken = yield* run([first, cut], path)
      assert(Either.isLeft(broken.result))
      same(`${path}.part`, whole.subarray(0, half))
      assert.isFalse(isThere(`${path}.part.new`))
      assert(Either.isRight((yield* run([anew], path)).result))
      same(path, other)
      assert.isFalse(isThere(`${path}.part`) || isThere(`${path}.part.json`) || isThere(`${path}.part.new`))
    })
  )
})

describe("an initially wrong length", () => {
  const wrong: Sent = { headers: { ...strong, "content-length": String(whole.length + 1) }, body: whole, isCut: true }

  live("is corrected by a store that repeats another length with a complete ZIP", (path) =>
    Effect.gen(function* () {
      const over = { status: 416, headers: { "content-range": `bytes */${whole.length}` } }
      for (const script of [
        [wrong, over, all],
        [wrong, all, all]
      ]) {
        const { result } = yield* run(script, path)
        assert(Either.isRight(result), messageOf(result))
        same(path, whole)
      }
    })
  )

  live("is not corrected without a complete ZIP", (path) =>
    Effect.gen(function* () {
      const cut = { headers: { ...strong, "content-length": String(half) }, body: whole.subarray(0, half) }
      assert(Either.isLeft((yield* run([wrong, cut], path)).result))
      same(`${path}.part`, whole)
      assert.isFalse(isThere(path))
    })
  )
})

describe("a range shorter than requested", () => {
  const piece = (from: number, to: number): Sent => ({
    status: 206,
    headers: { ...strong, "content-range": `bytes ${from}-${to - 1}/*` },
    body: whole.subarray(from, to)
  })
  const unknown: Sent = { headers: strong, body: whole.subarray(0, half), isCut: true }

  live("with an unknown length is not the end of the package", (path) =>
    Effect.gen(function* () {
      const over = { status: 416, headers: { "content-range": `bytes */${whole.length}` } }
      const script = [unknown, piece(half, 12_000), piece(12_000, 13_000), piece(13_000, whole.length), over]
      const { asked, result } = yield* run(script, path)
      assert(Either.isRight(result), messageOf(result))
      const later = [half, 12_000, 13_000, whole.length].map((it) => `bytes=${it}-`)
      assert.deepStrictEqual(asked, [undefined, ...later])
      same(path, whole)
    })
  )

  live("with more bytes than declared does not change the part", (path) =>
    Effect.gen(function* () {
      const lying = { ...piece(half, 12_000), body: whole.subarray(half, 13_000) }
      assert(Either.isLeft((yield* run([first, lying], path)).result))
      same(`${path}.part`, whole.subarray(0, half))
    })
  )
})

describe("a content coding", () => {
  for (const coding of ["aws-chunked", "binary", "none", "identity", "aws-chunked, identity"]) {
    live(`that encodes nothing, ${coding}, is ignored`, (path) =>
      Effect.gen(function* () {
        const coded = (sent: Sent): Sent => ({ ...sent, headers: { ...sent.headers, "content-encoding": coding } })
        const { result } = yield* run([coded(first), coded(rest)], path)
        assert(Either.isRight(result), messageOf(result))
        same(path, whole)
      })
    )
  }

  for (const coding of ["gzip", "br", "zstd", "deflate", "aws-chunked, gzip"]) {
    const headers = { ...strong, "content-encoding": coding, "content-length": "9999" }

    live(`that the transport does not decode, ${coding}, fails without a retry`, (path) =>
      Effect.gen(function* () {
        const { asked, result } = yield* run([{ headers, body: Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0) }], path)
        assert.include(messageOf(result), `content coding`)
        assert.include(messageOf(result), coding.replace("aws-chunked, ", ""))
        assert.lengthOf(asked, 1)
      })
    )

    live(`that the transport has decoded, ${coding}, is accepted`, (path) =>
      Effect.gen(function* () {
        const { result } = yield* run([{ headers, body: whole }], path)
        assert(Either.isRight(result), messageOf(result))
        assert.strictEqual(result.right.verified, "none")
        same(path, whole)
      })
    )
  }

  live("that the transport has decoded from a truncated body is no file", (path) =>
    Effect.gen(function* () {
      const cut = { headers: { "content-encoding": "gzip" }, body: whole.subarray(0, half) }
      assert(Either.isLeft((yield* run([cut], path)).result))
      assert.isFalse(isThere(path))
    })
  )
})

// --- files on the disk ---

describe("a name of the download", () => {
  const victim = "an important file"
  const plants: Readonly<Record<string, (name: string, place: string) => void>> = {
    "a symbolic link": (name, place) => symlinkSync(`${place}.victim`, name),
    "a link to nothing": (name, place) => symlinkSync(`${place}.nothing`, name),
    "a pipe": (name) => void execFileSync("mkfifo", [name]),
    "a folder": (name) => mkdirSync(name)
  }
  for (const [what, plant] of Object.entries(plants)) {
    for (const suffix of [".part", ".part.json", ".part.lock", ".part.new"]) {
      live(`NAME${suffix} that is ${what} fails before any request`, (path) =>
        Effect.gen(function* () {
          writeFileSync(`${path}.victim`, victim)
          plant(`${path}${suffix}`, path)
          const { asked, result } = yield* run([all], path)
          assert(Either.isLeft(result) && result.left._tag === "DownloadError")
          assert.strictEqual(result.left.reason, "FileSystem")
          assert.include(result.left.message, `${path}${suffix}`)
          assert.lengthOf(asked, 0)
          same(`${path}.victim`, Buffer.from(victim))
          assert.isFalse(isThere(`${path}.nothing`))
        })
      )
    }
  }

  live("that is a second name of another file stays unchanged", (path) =>
    Effect.gen(function* () {
      writeFileSync(`${path}.victim`, victim)
      linkSync(`${path}.victim`, `${path}.part`)
      assert(Either.isRight((yield* run([all], path)).result))
      same(path, whole)
      same(`${path}.victim`, Buffer.from(victim))

      yield* run([first], `${path}.2`)
      linkSync(`${path}.2.part`, `${path}.copy`)
      assert(Either.isRight((yield* run([rest], `${path}.2`)).result))
      same(`${path}.2`, whole)
      same(`${path}.copy`, whole.subarray(0, half))
    })
  )

  live("of a target that is a link is not replaced, nor is the link's target", (path) =>
    Effect.gen(function* () {
      for (const name of ["victim", "nothing"]) {
        writeFileSync(`${path}.victim`, victim)
        symlinkSync(`${path}.${name}`, `${path}.${name}.link`)
        const { result } = yield* run([all], `${path}.${name}.link`)
        assert(Either.isLeft(result) && result.left._tag === "DownloadError")
        assert.strictEqual(result.left.reason, "TargetExists")
        assert.match(result.left.message, /symbolic link/)
        assert.strictEqual(readlinkSync(`${path}.${name}.link`), `${path}.${name}`)
        same(`${path}.victim`, Buffer.from(victim))
      }
    })
  )
})

describe("a part changed by another program", () => {
  const summed = (sent: Sent): Sent => ({ ...sent, headers: { ...sent.headers, "repr-digest": digest(whole) } })
  const change: Readonly<Record<string, (part: string) => void>> = {
    "was emptied": (part) => truncateSync(part, 0),
    "was cut": (part) => truncateSync(part, 5_000),
    "was written to": (part) => writeFileSync(part, "xx", { flag: "r+" }),
    "was replaced": (part) => {
      execFileSync("mv", [part, `${part}.moved`])
      writeFileSync(part, whole.subarray(0, half))
    }
  }
  for (const [what, how] of sample(Object.entries(change), 2)) {
    live(`and ${what} during the transfer is fetched again`, (path) =>
      Effect.gen(function* () {
        const changing = () => {
          how(`${path}.part`)
          return summed(rest)
        }
        const { asked, result } = yield* run([summed(first), changing, summed(all)], path)
        assert(Either.isRight(result), messageOf(result))
        assert.deepStrictEqual(asked, [undefined, `bytes=${half}-`, undefined])
        assert.strictEqual(result.right.verified, "checksum")
        same(path, whole)
      })
    )
  }
})

describe("a sidecar", () => {
  const odd: Readonly<Record<string, (note: Record<string, unknown>) => unknown>> = {
    "with a line break in its ETag": (note) => ({ ...note, etag: '"a\r\nx: y"' }),
    "with a weak ETag": (note) => ({ ...note, etag: 'W/"v1"' }),
    "with a letter that no header takes": (note) => ({ ...note, etag: '"\u2028"' }),
    "with an endless ETag": (note) => ({ ...note, etag: `"${"a".repeat(5_000)}"` }),
    "with a length below zero": (note) => ({ ...note, total: -1 }),
    "with an invalid length": (note) => ({ ...note, total: 20_000.5 }),
    "with an invalid checksum": (note) => ({ ...note, checksums: [{ algorithm: "md5", value: "soon" }] }),
    "that is a list": (note) => [note],
    "that is null": () => null
  }
  for (const [what, change] of sample(Object.entries(odd), 3)) {
    live(`${what} counts as missing`, (path) =>
      Effect.gen(function* () {
        yield* run([first], path)
        const note = JSON.parse(readFileSync(`${path}.part.json`, "utf8"))
        writeFileSync(`${path}.part.json`, `${JSON.stringify(change(note))}\n`)
        const { asked, result } = yield* run([all], path)
        assert(Either.isRight(result), messageOf(result))
        assert.deepStrictEqual(asked, [undefined])
        same(path, whole)
      })
    )
  }

  for (const echo of [signature, encodeURIComponent(signature), "px-key-0123456789"]) {
    live(`never contains an ETag with a secret: ${echo.slice(0, 8)}`, (path) =>
      Effect.gen(function* () {
        const headers = { etag: `"v1 ${echo}"`, "content-length": String(whole.length) }
        const { result } = yield* run([{ ...first, headers }], path)
        assert(Either.isLeft(result))
        assert.notInclude(readFileSync(`${path}.part.json`, "utf8"), echo)
        assert.notInclude(messageOf(result), echo)
      })
    )
  }

  live("and a message never quote echoed secrets", (path) =>
    Effect.gen(function* () {
      const headers = { "content-range": `bytes */3 ${signature}` }
      const { result } = yield* run([first, { status: 416, headers }], path)
      assert.notInclude(messageOf(result), signature)
      assert.include(messageOf(result), "content-range")
    })
  )
})

// --- time ---

describe("a download on a suspended machine", () => {
  const hour = 3_600_000
  const jumps: Readonly<Record<string, readonly [monotonic: number, wall: number]>> = {
    "for an hour by both clocks": [hour, hour],
    "for an hour by the wall clock alone": [0, hour],
    "for an hour, and the clock is set back": [hour, -hour],
    "not at all, and the clock is set back": [0, -hour]
  }
  for (const [what, [monotonic, wall]] of Object.entries(jumps)) {
    live(`${what} keeps all of its attempts`, (path) =>
      Effect.gen(function* () {
        const time = makeTime()
        const cut = { ...rest, body: new Uint8Array(), isCut: true }
        const slept = () => {
          time.jump(monotonic, wall)
          return cut
        }
        const { asked, result } = yield* run([first, slept, cut, cut, rest], path, {}, time)
        assert(Either.isRight(result), messageOf(result))
        assert.lengthOf(asked, 5)
        same(path, whole)
      })
    )

    live(`${what} between two attempts still makes the next`, (path) =>
      Effect.gen(function* () {
        const time = makeTime()
        const clock = {
          ...time.clock,
          sleep: (duration: Duration.Duration) =>
            Effect.tap(time.clock.sleep(duration), () => Effect.sync(() => time.jump(monotonic, wall)))
        }
        const cut = { ...rest, body: new Uint8Array(), isCut: true }
        const { asked, result } = yield* run([first, cut, rest], path, {}, { ...time, clock })
        assert(Either.isRight(result), messageOf(result))
        assert.lengthOf(asked, 3)
        same(path, whole)
      })
    )
  }
})
