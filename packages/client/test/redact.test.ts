import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as fc from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { size } from "../../../vitest.size.js"
import { JobsApi } from "../src/index.js"
import * as redact from "../src/internal/redact.js"
import { type Answer, coded, jobId, once, projectId, scripted, token, workflowId } from "./scripted.js"

const signature = "5ca1ab1e0ddba11f00d"
const signedUrl = `https://bucket.test/runs/a.zip?X-Amz-Date=20260101&X-Amz-Signature=${signature}&x=1`

/** All renderings of an error. */
const renderings = (error: unknown) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    for (const logger of [Logger.stringLogger, Logger.logfmtLogger, Logger.jsonLogger]) {
      const collecting = Logger.map(logger, (line) => void lines.push(line))
      yield* Effect.logError("failed", Cause.fail(error)).pipe(
        Effect.provide(Logger.replace(Logger.defaultLogger, collecting))
      )
    }
    assert.lengthOf(lines, 3)
    const cause = Cause.fail(error)
    return [
      String(error),
      JSON.stringify(error),
      JSON.stringify(cause),
      inspect(error, { depth: Infinity, showHidden: true }),
      Cause.pretty(cause, { renderErrorCause: true }),
      ...lines
    ].join("\n")
  })

const secretFree = (error: unknown) =>
  Effect.map(renderings(error), (text) => {
    for (const secret of [
      token,
      encodeURIComponent(token),
      Encoding.encodeBase64(token),
      Encoding.encodeBase64(`Bearer ${token}`),
      signature
    ]) {
      assert.notInclude(text, secret)
    }
  })

const waiting = (jobs: JobsApi.Service) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(jobs.wait({ workflowId, jobId, timeout: "1 second" }))
    yield* TestClock.adjust("1 second")
    return yield* Fiber.join(fiber)
  })

const everyCall = (answer: () => Answer) =>
  Effect.flatMap(JobsApi, (jobs) =>
    Effect.all([
      Effect.either(jobs.get({ workflowId, jobId })),
      Effect.either(jobs.list({ workflowId })),
      Effect.either(jobs.download({ workflowId, jobId })),
      Effect.either(jobs.create({ workflowId, projectId })),
      Effect.either(jobs.create({ workflowId, projectId, adopt: "never" })),
      Effect.either(waiting(jobs))
    ])
  ).pipe(
    Effect.provide(scripted([answer], { ...once, onDrift: (drift) => secretFree(drift) }).layer),
    Effect.map((results) => results.flatMap((result) => (result._tag === "Left" ? [result.left] : [])))
  )

const secret = fc.constantFrom(
  token,
  `Bearer ${token}`,
  encodeURIComponent(token),
  encodeURIComponent(encodeURIComponent(token)),
  token.replaceAll("/", "\\/"),
  Encoding.encodeBase64(token),
  Encoding.encodeBase64(`Bearer ${token}`),
  Encoding.encodeBase64Url(`me:${token}`),
  signedUrl,
  encodeURIComponent(signedUrl),
  signedUrl.replaceAll("/", "\\/").replaceAll("&", "\\u0026"),
  `/runs/a.zip?X-Amz-Signature=${signature}`,
  `X-Amz-Signature=${signature}`,
  `sig=${signature}`
)
const around = fc.constantFrom("", " ", "x ", '"', "failed: ", "<b>")
const leaking = fc.tuple(around, secret, around).map((parts) => parts.join(""))

const places: ReadonlyArray<(text: string) => unknown> = [
  (text) => ({ error: { code: text, message: "m" } }),
  (text) => ({ error: { code: "c", message: text } }),
  (text) => ({ error: { message: "m", details: [{ deep: { [text]: text } }, text] } }),
  (text) => ({ error: { details: { signed_url: signature, Authorization: [token], nested: text } } }),
  (text) => ({ error: text }),
  (text) => ({ message: text }),
  (text) => [text],
  (text) => ({ signed_url: text, data: text })
]

const ends: ReadonlyArray<(text: string) => unknown> = [
  (text) => ({ id: "job-1", status: "failed", tasks: [{ id: text, status: "failed", err_msg: text, name: text }] }),
  (text) => ({ id: "job-1", status: "failed", val_errors: [{ err: text, from: text }] }),
  (text) => ({ id: "job-1", status: text, created_at: text, cost: text })
]

/** A job whose id contains the token, from its create to its failure. */
const oddId = (status: string) => [
  () => new Response(JSON.stringify({ id: `job-${token}`, status: "running" })),
  () => new Response(JSON.stringify({ id: `job-${token}`, status, error: { message: token } }), { status: 200 })
]

const headerSafe = (text: string) => text.replace(/[^\x20-\x7e]/g, "").trim()

describe("no rendering of an error contains the token or a signature", () => {
  it.effect.prop(
    "wherever the server puts them",
    [leaking, fc.constantFrom(...places, ...ends), fc.constantFrom(200, 307, 400, 403, 429, 500), fc.boolean()],
    ([text, place, status, broken]) =>
      Effect.gen(function* () {
        const body = JSON.stringify(place(text))
        const errors = yield* everyCall(
          () =>
            new Response(broken ? body.slice(0, -1) : body, { status, headers: { "x-request-id": headerSafe(text) } })
        )
        for (const error of errors) yield* secretFree(error)
      }),
    { fastCheck: { numRuns: size(4, 60) } }
  )

  it.effect.prop(
    "in any field of a job",
    [leaking, fc.constantFrom(...ends)],
    ([text, place]) =>
      Effect.gen(function* () {
        const errors = yield* everyCall(() => new Response(JSON.stringify(place(text))))
        assert.include(["JobFailed", "WaitTimeout"], errors[errors.length - 1]?._tag)
        for (const error of errors) yield* secretFree(error)
      }),
    { fastCheck: { numRuns: size(3, 40) } }
  )

  it.effect("in the id of a new job", () =>
    Effect.gen(function* () {
      for (const [status, expected] of [
        ["failed", "JobFailed"],
        ["running", "WaitTimeout"]
      ] as const) {
        const fiber = yield* Effect.fork(
          Effect.flatMap(JobsApi, (jobs) =>
            Effect.flip(jobs.run({ workflowId, projectId, adopt: "never", timeout: "1 second" }))
          ).pipe(Effect.provide(scripted(oddId(status)).layer))
        )
        yield* TestClock.adjust("1 second")
        const error = yield* Fiber.join(fiber)
        assert.strictEqual(error._tag, expected)
        yield* secretFree(error)
      }
    })
  )

  it.effect("when the transport echoes them", () =>
    Effect.gen(function* () {
      const failure = new TypeError(`Headers.append: "Bearer ${token}" is invalid`, {
        cause: coded(token, `GET ${signedUrl}`)
      })
      for (const error of yield* everyCall(() => failure)) yield* secretFree(error)
    })
  )

  it.effect("in the attempts before the last", () =>
    Effect.gen(function* () {
      const script: ReadonlyArray<() => Answer> = [
        () => new Response(signedUrl, { status: 503, headers: { "x-request-id": token } }),
        () => coded(token, `GET ${signedUrl}`),
        () => new Response("", { status: 404 })
      ]
      const fiber = yield* Effect.fork(
        Effect.flatMap(JobsApi, (jobs) => Effect.flip(jobs.get({ workflowId, jobId }))).pipe(
          Effect.provide(scripted(script).layer)
        )
      )
      yield* TestClock.adjust("1 minute")
      const error = yield* Fiber.join(fiber)
      assert.lengthOf(error.attempts, 3)
      yield* secretFree(error)
    })
  )

  it.effect("at the truncation of a text", () =>
    Effect.gen(function* () {
      for (let lead = 200; lead < 260; lead += size(9, 3)) {
        for (const error of yield* everyCall(() => new Response("x".repeat(lead) + " " + token, { status: 502 }))) {
          const text = yield* renderings(error)
          assert.notInclude(text, token.slice(0, 6))
        }
      }
    })
  )
})

describe("scrubbing", () => {
  const { json: scrubJson, text } = redact.make(Redacted.make(`Bearer ${token}`))

  const kept = ["Task water failed: no water found", "Is it ready? Yes.", "2024-01-01T00:00:00Z", "https://host/a/b"]
  for (const line of kept) {
    it(`leaves ${line} alone`, () => {
      assert.strictEqual(text(line), line)
    })
  }

  it("keeps the public parts of a URL", () => {
    assert.strictEqual(text(`GET ${signedUrl} failed`), "GET https://bucket.test/runs/a.zip?<redacted> failed")
    assert.strictEqual(text("https://me:pw@host/a"), "https://<redacted>@host/a")
  })

  it("keeps the shape of JSON with any keys", () => {
    const value: unknown = JSON.parse('{"a":[1,null,true,{"__proto__":{"x":"y"}}]}')
    assert.deepStrictEqual(scrubJson(value), value)
  })

  it("stops at a depth, and accepts any text", () => {
    const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000))
    assert.include(JSON.stringify(scrubJson(deep)), "<too deep>")
    for (const unit of ["?", "://", "a=", "?a=", "token", " Bearer ", "x-amz-", "\\"]) {
      assert.isAtMost(text(unit.repeat(100_000)).length, 100_000)
    }
  })
})
