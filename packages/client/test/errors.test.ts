import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import { HttpError, JobsApi } from "../src/index.js"
import { type Answer, coded, cut, fetchFailed, jobId, json, once, scripted, workflowId } from "./scripted.js"

const failureOf = (answer: () => Answer) =>
  Effect.flatMap(JobsApi, (jobs) => jobs.get({ workflowId, jobId })).pipe(
    Effect.flip,
    Effect.provide(scripted([answer], once).layer)
  )

const envelope = { error: { code: "some_code", message: "It went wrong", details: { field: "workflow_id" } } }

const classes: ReadonlyArray<readonly [number, HttpError["_tag"], boolean]> = [
  [300, "PixxelUnexpectedStatus", false],
  [307, "PixxelUnexpectedStatus", false],
  [400, "PixxelBadRequest", false],
  [401, "PixxelUnauthorized", false],
  [402, "PixxelUnexpectedStatus", false],
  [403, "PixxelForbidden", false],
  [404, "PixxelNotFound", false],
  [408, "PixxelUnexpectedStatus", false],
  [409, "PixxelConflict", false],
  [422, "PixxelUnexpectedStatus", false],
  [429, "PixxelRateLimited", true],
  [500, "PixxelServerError", true],
  [502, "PixxelServerError", true],
  [503, "PixxelServerError", true],
  [599, "PixxelServerError", true]
]

const bodies: ReadonlyArray<readonly [string, (status: number) => Response]> = [
  ["the documented envelope", (status) => json(envelope, { status })],
  ["the envelope as image/png", (status) => json(envelope, { status, headers: { "content-type": "image/png" } })],
  ["HTML", (status) => new Response("<html><h1>Bad Gateway</h1></html>", { status })],
  ["nothing", (status) => new Response(null, { status })],
  ["broken JSON", (status) => new Response('{"error": {"code": "x', { status })],
  ["an envelope of other types", (status) => json({ error: { code: 7, message: [], details: null } }, { status })],
  ["a list", (status) => json([1, 2, 3], { status })],
  ["a broken body", (status) => cut({ status })]
]

describe("errors", () => {
  for (const [status, tag, retryable] of classes) {
    for (const [name, answer] of bodies) {
      it.effect(`${status} with ${name} is ${tag}`, () =>
        Effect.gen(function* () {
          const error = yield* failureOf(() => answer(status))
          assert.strictEqual(error._tag, tag)
          assert.strictEqual(error.isRetryable, retryable)
          assert.strictEqual(error.route, "/v0/workflows/{workflow_id}/jobs/{job_id}")
          assert.include(error.message, String(status))
        })
      )
    }
  }

  it.effect("carries the content of the envelope", () =>
    Effect.gen(function* () {
      const error = yield* failureOf(() => json(envelope, { status: 403, headers: { "x-request-id": "req-9" } }))
      assert(error._tag === "PixxelForbidden")
      assert.strictEqual(error.operation, "getJobById")
      assert.strictEqual(error.method, "GET")
      assert.strictEqual(error.status, 403)
      assert.deepStrictEqual(error.requestId, Option.some("req-9"))
      assert.deepStrictEqual(error.code, Option.some("some_code"))
      assert.deepStrictEqual(error.serverMessage, Option.some("It went wrong"))
      assert.deepStrictEqual(error.details, Option.some({ field: "workflow_id" }))
      assert.match(error.message, /It went wrong.*expired/)
      assert.lengthOf(error.attempts, 1)
    })
  )

  it.effect("carries the beginning of any other body", () =>
    Effect.gen(function* () {
      const error = yield* failureOf(() => new Response("<html>".padEnd(900, "x"), { status: 502 }))
      assert(error._tag === "PixxelServerError")
      assert.strictEqual(Option.getOrThrow(error.body).length, 256)
      assert.deepStrictEqual(error.code, Option.none())
    })
  )

  it.effect("is PixxelUnexpectedStatus for a redirect in a browser, which shows status 0", () =>
    Effect.gen(function* () {
      const error = yield* failureOf(() => Response.error())
      assert(error._tag === "PixxelUnexpectedStatus")
      assert.strictEqual(error.status, 0)
    })
  )

  it.effect("says that a request is too large: a wrong URL is not the reason for a 413", () =>
    Effect.gen(function* () {
      const error = yield* failureOf(() => new Response("<html></html>", { status: 413 }))
      assert.strictEqual(error._tag, "PixxelUnexpectedStatus")
      assert.include(error.message, "was answered 413. The request is too large. Simplify its area, or split it.")
    })
  )

  it.effect("survives the encoding to JSON and back", () =>
    Effect.gen(function* () {
      const error = yield* failureOf(() => json(envelope, { status: 429, headers: { "retry-after": "7" } }))
      const text = JSON.stringify(yield* Schema.encode(HttpError)(error))
      assert.include(text, '"isRetryable":true')
      assert.include(text, '"retryAfter":7')
      const back = yield* Schema.decode(Schema.parseJson(HttpError))(text)
      assert.strictEqual(back.message, error.message)
    })
  )

  describe("retryAfter", () => {
    const now = DateTime.unsafeMake("2026-01-01T00:00:00Z").epochMillis
    const table: ReadonlyArray<readonly [string, Option.Option<Duration.Duration>]> = [
      ["7", Option.some(Duration.seconds(7))],
      ["0", Option.some(Duration.zero)],
      ["Thu, 01 Jan 2026 00:01:00 GMT", Option.some(Duration.minutes(1))],
      ["Wed, 31 Dec 2025 00:01:00 GMT", Option.some(Duration.zero)],
      ["Sunday, 06-Nov-94 08:49:37 GMT", Option.some(Duration.zero)],
      ["soon", Option.none()],
      ["-3", Option.none()],
      ["9".repeat(400), Option.none()],
      ["Thu, 99 Jan 2026 00:01:00 GMT", Option.none()],
      ["2026", Option.some(Duration.seconds(2026))],
      ["", Option.none()]
    ]
    for (const [header, expected] of table) {
      it.effect(`of ${JSON.stringify(header.slice(0, 30))}`, () =>
        Effect.gen(function* () {
          yield* TestClock.setTime(now)
          const error = yield* failureOf(() => new Response("", { status: 503, headers: { "retry-after": header } }))
          assert(error._tag === "PixxelServerError")
          assert.deepStrictEqual(error.retryAfter, expected)
        })
      )
    }
  })

  describe("retryAfter of a date is relative", () => {
    const clocks: ReadonlyArray<readonly [string, string | undefined, Duration.Duration]> = [
      [
        "to the date of the answer, independent of the local clock",
        "Fri, 01 Jan 2021 00:00:30 GMT",
        Duration.seconds(30)
      ],
      ["to our clock when the answer has no date", undefined, Duration.minutes(1)],
      ["to the local clock without a date of the answer", "yesterday", Duration.minutes(1)]
    ]
    for (const [name, date, expected] of clocks) {
      it.effect(name, () =>
        Effect.gen(function* () {
          yield* TestClock.setTime(DateTime.unsafeMake("2021-01-01T00:00:00Z").epochMillis)
          const headers = { "retry-after": "Fri, 01 Jan 2021 00:01:00 GMT", ...(date === undefined ? {} : { date }) }
          const error = yield* failureOf(() => new Response("", { status: 503, headers }))
          assert(error._tag === "PixxelServerError")
          assert.deepStrictEqual(error.retryAfter, Option.some(expected))
        })
      )
    }
  })

  describe("a connection", () => {
    for (const code of ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]) {
      it.effect(`that failed with ${code} has sent no request`, () =>
        Effect.gen(function* () {
          const error = yield* failureOf(() => fetchFailed(code))
          assert(error._tag === "PixxelTransportError")
          assert.strictEqual(error.sent, false)
          assert.deepStrictEqual(
            error.causes.map((link) => Option.getOrUndefined(link.code)),
            [undefined, code]
          )
        })
      )
    }

    for (const failure of [
      fetchFailed("ECONNRESET"),
      fetchFailed("UND_ERR_SOCKET"),
      new TypeError("Failed to fetch")
    ]) {
      it.effect(`that failed with ${failure.cause ?? failure.message} may have sent the request`, () =>
        Effect.gen(function* () {
          const error = yield* failureOf(() => failure)
          assert(error._tag === "PixxelTransportError")
          assert.strictEqual(error.sent, "unknown")
        })
      )
    }

    it.effect("that breaks within a success is a transport error, and was sent", () =>
      Effect.gen(function* () {
        const error = yield* failureOf(() => cut({ status: 200 }))
        assert(error._tag === "PixxelTransportError")
        assert.strictEqual(error.sent, "unknown")
        assert.deepStrictEqual(error.status, Option.some(200))
      })
    )

    it.effect("with circular causes is still reported", () =>
      Effect.gen(function* () {
        const circle = coded("ECONNRESET")
        circle.cause = circle
        const error = yield* failureOf(() => circle)
        assert.strictEqual(error._tag, "PixxelTransportError")
      })
    )
  })

  describe("the deadline", () => {
    const slow: ReadonlyArray<readonly [string, () => Answer]> = [
      ["no answer", () => "never"],
      ["a body that never ends", () => new Response(new ReadableStream({}), { status: 200 })]
    ]
    for (const [name, answer] of slow) {
      it.effect(`ends ${name}`, () =>
        Effect.gen(function* () {
          const fiber = yield* Effect.fork(failureOf(answer))
          yield* TestClock.adjust("59 seconds")
          assert.isNull(yield* Fiber.poll(fiber).pipe(Effect.map(Option.getOrNull)))
          yield* TestClock.adjust("1 seconds")
          assert.strictEqual((yield* Fiber.join(fiber))._tag, "PixxelRequestTimeout")
        })
      )
    }
  })

  describe("an unusable success is a PixxelDecodeError", () => {
    const table: ReadonlyArray<readonly [string, string, string]> = [
      ["no body", "", ""],
      ["HTML", "<html></html>", ""],
      ["broken JSON", '{"id": "job-1"', ""],
      ["another envelope", '{"data": {"id": "job-1"}}', "id"],
      ["a list", "[]", ""],
      ["null", "null", ""],
      ["an empty id", '{"id": ""}', "id"],
      ["an id that is a number", '{"id": 123}', "id"]
    ]
    for (const [name, body, path] of table) {
      it.effect(name, () =>
        Effect.gen(function* () {
          const error = yield* failureOf(() => new Response(body))
          assert(error._tag === "PixxelDecodeError")
          assert.strictEqual(error.path, path)
          assert.strictEqual(error.body, body)
        })
      )
    }
  })
})
