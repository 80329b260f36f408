/** Errors of the file system, and secrets that must never leave the client. */
import * as PlatformError from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Download, JobsApi } from "@effect-pixxel/client"
import { Fault, MockServer } from "@effect-pixxel/mock-server"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import { zipSync } from "fflate"
import { jobId, json, scripted, workflowId } from "../scripted.js"
import { bytesOf, folder, job, layer, type Package } from "./downloads.js"
import { handled } from "./files.js"

const small: Package = { size: "300kB" }
const emptyZip = zipSync({})

const refusal = (code: string, reason: PlatformError.SystemErrorReason = "Unknown") =>
  new PlatformError.SystemError({
    module: "FileSystem",
    method: "any",
    reason,
    cause: Object.assign(new Error(`${code}: it is refused`), { code })
  })

/** A file system that fails one call for a part, after some successful calls. */
const failing = (call: string, error: PlatformError.PlatformError, after = 0) =>
  Layer.unwrapEffect(
    Effect.sync(() => {
      let left = after
      return handled((name, path, self) =>
        Effect.suspend(() => (name === call && path.endsWith(".part") && left-- === 0 ? Effect.fail(error) : self))
      )
    })
  )

const inWorld = <A, E>(
  body: (
    path: string,
    ref: Effect.Effect.Success<typeof job>
  ) => Effect.Effect<A, E, Layer.Layer.Success<ReturnType<typeof layer>>>
) =>
  Effect.gen(function* () {
    return yield* body(`${yield* folder}/fields.zip`, yield* job)
  }).pipe(Effect.provide(layer("inProcess", small)))

describe("the file system", () => {
  const cases: ReadonlyArray<readonly [what: string, Parameters<typeof failing>, reason: string, says: RegExp]> = [
    ["has no space", ["file.writeAll", refusal("ENOSPC"), 2], "DiskFull", /No space left .*\(ENOSPC\).*kept/],
    ["has an exhausted quota", ["file.writeAll", refusal("EDQUOT"), 2], "DiskFull", /EDQUOT/],
    ["has no space at a sync", ["file.sync", refusal("ENOSPC")], "DiskFull", /ENOSPC/],
    ["gives no permission", ["open", refusal("EACCES", "PermissionDenied")], "PermissionDenied", /is not writable/],
    ["is for reading only", ["open", refusal("EROFS")], "PermissionDenied", /EROFS/],
    ["does not rename", ["rename", refusal("EPERM")], "PermissionDenied", /EPERM/],
    ["fails", ["file.writeAll", refusal("EIO")], "FileSystem", /EIO/]
  ]
  for (const [what, how, reason, says] of cases) {
    it.scoped(`that ${what} fails with ${reason}, and the next download resumes`, () =>
      inWorld((path, ref) =>
        Effect.gen(function* () {
          const error = yield* Effect.flip(Download.toFile({ ...ref, path })).pipe(Effect.provide(failing(...how)))
          assert(error._tag === "DownloadError")
          assert.strictEqual(error.reason, reason)
          assert.match(error.message, says)
          assert.strictEqual(error.isRetryable, false)
          const fs = yield* FileSystem.FileSystem
          const left = (yield* fs.exists(`${path}.part`)) ? Number((yield* fs.stat(`${path}.part`)).size) : 0
          const { fetched } = yield* Download.toFile({ ...ref, path })
          assert.strictEqual(fetched, 300_000 - left)
          assert.isTrue(Buffer.from(yield* fs.readFile(path)).equals(yield* bytesOf(small)))
        })
      )
    )
  }

  it.scoped("without the folder gets it", () =>
    inWorld((path, ref) =>
      Effect.gen(function* () {
        const deep = `${path}/of/the/season/fields.zip`
        yield* Download.toFile({ ...ref, path: deep })
        const fs = yield* FileSystem.FileSystem
        assert.isTrue(Buffer.from(yield* fs.readFile(deep)).equals(yield* bytesOf(small)))
      })
    )
  )

  it.scoped("with a file in place of the folder fails with its name, before any request", () =>
    inWorld((path, ref) =>
      Effect.gen(function* () {
        yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.writeFileString(path, "a file"))
        const error = yield* Effect.flip(Download.toFile({ ...ref, path: `${path}/season/fields.zip` }))
        assert(error._tag === "DownloadError")
        assert.strictEqual(error.reason, "FileSystem")
        assert.include(error.message, `${path}/season`)
        assert.notInclude(error.message, "lock")
        const { requests } = yield* MockServer
        assert.notInclude(
          (yield* requests).map(({ operation }) => operation),
          "downloadJob"
        )
      })
    )
  )
})

describe("the package", () => {
  const over = (script: Parameters<typeof scripted>[0], path: string) =>
    Effect.flip(Download.toFile({ workflowId, jobId, path })).pipe(
      Effect.provide(Layer.mergeAll(scripted(script).layer, NodeFileSystem.layer, NodePath.layer))
    )
  const inFolder = <A, E>(body: (path: string) => Effect.Effect<A, E>) =>
    Effect.flatMap(folder, (place) => body(`${place}/fields.zip`)).pipe(Effect.provide(NodeFileSystem.layer))

  it.scoped("that the server could not build is PackageFailed", () =>
    inFolder((path) =>
      Effect.gen(function* () {
        const error = yield* over([() => json({ status: "failed" })], path)
        assert(error._tag === "DownloadError")
        assert.deepStrictEqual([error.reason, error.status], ["PackageFailed", Option.some("failed")])
      })
    )
  )

  it.scoped("that cannot be requested fails with the error of that call", () =>
    inFolder((path) =>
      Effect.gen(function* () {
        assert.strictEqual((yield* over([() => json({}, { status: 403 })], path))._tag, "PixxelForbidden")
      })
    )
  )

  it.scoped("that is not ready in time is WaitTimeout", () =>
    Effect.gen(function* () {
      const place = yield* folder
      const ref = yield* job
      const error = yield* Effect.flip(Download.toFile({ ...ref, path: `${place}/a` }, { timeout: "30 seconds" }))
      assert(error._tag === "WaitTimeout")
      assert.deepStrictEqual([error.waitingFor, error.lastStatus], ["download", Option.some("pending")])
    }).pipe(Effect.provide(layer("inProcess", { pending: "1h" })))
  )
})

describe("the host of the signed URL", () => {
  it.scoped("receives neither the token nor tracing headers nor the application's fetch options", () =>
    Effect.gen(function* () {
      const place = yield* folder
      const script = scripted([
        () => json({ status: "ready", signed_url: "https://store.test/a.zip?sig=abcdefghij" }),
        () => new Response(emptyZip, { headers: { "content-length": String(emptyZip.length) } })
      ])
      yield* Download.toFile({ workflowId, jobId, path: `${place}/a` }).pipe(
        Effect.withSpan("a trace of the application"),
        Effect.provide(Layer.mergeAll(script.layer, NodePath.layer))
      )
      const [, request] = script.seen
      assert.strictEqual(request?.url, "https://store.test/a.zip?sig=abcdefghij")
      assert.deepStrictEqual([...request!.headers.keys()], ["accept-encoding"])
      assert.strictEqual(request?.redirect, "manual")
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})

/** All texts in a value, at any depth. */
const printed = (value: unknown): string => {
  const seen = new Set<unknown>()
  return JSON.stringify(value, (_, it) => {
    if (typeof it === "bigint") return String(it)
    if (typeof it !== "object" || it === null) return it
    if (seen.has(it)) return "again"
    seen.add(it)
    if (it instanceof Map) return [...it]
    return it instanceof Error ? { ...it, message: it.message, stack: it.stack, cause: it.cause } : it
  })
}

describe("a signature", () => {
  const troubles = {
    "no fault occurs": [],
    "it is cut": [Fault.on("getPackage", Fault.cutBody(100_000, "reset"), { attempts: [1] })],
    "it cannot connect": [Fault.on("getPackage", Fault.refuse("reset"))],
    "it is refused": [Fault.on("getPackage", Fault.expired)],
    "the store fails, and quotes it": [
      Fault.on("getPackage", Fault.answer(500, { body: "<Error>sig=SIGNATURE expires=</Error>" }))
    ],
    "the bytes are wrong": [Fault.on("getPackage", Fault.flip(9))]
  }
  for (const [what, rules] of Object.entries(troubles)) {
    it.scoped(`appears in no span, log, error, event or file when ${what}`, () =>
      inWorld((path, ref) =>
        Effect.gen(function* () {
          const recorded: Array<unknown> = []
          const tracer = Tracer.make({
            span: (name, parent, context, links, startTime, kind) => {
              const attributes = new Map<string, unknown>()
              const events: Array<unknown> = []
              recorded.push({ name, attributes, events })
              return {
                _tag: "Span",
                name,
                spanId: "s",
                traceId: "t",
                parent,
                context,
                status: { _tag: "Started", startTime },
                attributes,
                links,
                sampled: true,
                kind,
                end: (_, exit) => void recorded.push(Exit.isFailure(exit) ? exit.cause : "success"),
                attribute: (key, value) => void attributes.set(key, value),
                event: (event, _, all) => void events.push([event, all]),
                addLinks: () => {}
              }
            },
            context: (run) => run()
          })
          const logger = Logger.make(
            ({ annotations, cause, message }) => void recorded.push([message, cause, [...annotations]])
          )
          yield* (yield* MockServer).faults.use(Fault.plan(...rules))
          const fs = yield* FileSystem.FileSystem
          const exit = yield* Effect.exit(Download.toFile({ ...ref, path })).pipe(
            Effect.withTracer(tracer),
            Effect.provide(Logger.replace(Logger.defaultLogger, logger)),
            Logger.withMinimumLogLevel(LogLevel.Trace)
          )
          recorded.push(exit, String(exit))
          const place = path.replace("/fields.zip", "")
          for (const name of yield* fs.readDirectory(place)) recorded.push(yield* fs.readFileString(`${place}/${name}`))

          const { signedUrl } = yield* (yield* JobsApi).download(ref)
          const url = new URL(Redacted.value(Option.getOrThrow(signedUrl)))
          const text = printed(recorded)
          assert.include(text, "Download.toFile")
          assert.notInclude(text, url.searchParams.get("signature") ?? "no signature")
          assert.notInclude(text, url.search)
          assert.notInclude(text, "expires=1")
          const { requests } = yield* MockServer
          const fetched = (yield* requests).filter(({ operation }) => operation === "getPackage")
          assert.deepStrictEqual([...new Set(fetched.map(({ credential }) => credential))], ["missing"])
        })
      )
    )
  }
})
