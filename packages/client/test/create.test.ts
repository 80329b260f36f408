import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { sample } from "../../../vitest.size.js"
import { type CreateError, JobsApi, Pixxel, ProjectId, RetryPolicy } from "../src/index.js"
import { type Answer, cut, fetchFailed, json, once, projectId, scripted, status, workflowId } from "./scripted.js"

const create = Effect.flatMap(JobsApi, (jobs) => jobs.create({ workflowId, projectId, adopt: "never" }))
/** The error of a create, and the number of sends. */
const failureOf = (answer: () => Answer) =>
  Effect.gen(function* () {
    const { layer, seen } = scripted([answer])
    const fiber = yield* Effect.fork(create.pipe(Effect.flip, Effect.provide(layer)))
    yield* TestClock.adjust("1 minute")
    return { error: yield* Fiber.join(fiber), sent: seen.length }
  })

describe("a create", () => {
  it.effect("is one POST without a body, with the project in the query", () =>
    Effect.gen(function* () {
      const { layer, seen } = scripted([() => json({ id: "job-1" })])
      const job = yield* Effect.provide(create, layer)
      assert.strictEqual(job.id, "job-1")
      assert.lengthOf(seen, 1)
      assert.strictEqual(seen[0]?.method, "POST")
      assert.strictEqual(seen[0]?.url, "https://api.pixxel.space/v0/workflows/wf-1/jobs?project_id=project-1")
    })
  )

  it.effect("leaves in the order of the calls, after the list that several share", () =>
    Effect.gen(function* () {
      const { layer, seen } = scripted([
        () => json({ jobs: [] }),
        ...[1, 2, 3, 4].map((id) => () => json({ id: `job-${id}` }))
      ])
      const projects = ["a", "b", "c", "d"].map((id) => ProjectId.make(id))
      yield* Effect.forEach(
        projects,
        (projectId) => Effect.flatMap(JobsApi, (jobs) => jobs.create({ workflowId, projectId })),
        { concurrency: "unbounded" }
      ).pipe(Effect.provide(layer))
      const sent = seen
        .filter(({ method }) => method === "POST")
        .map(({ url }) => new URL(url).searchParams.get("project_id"))
      assert.deepStrictEqual<unknown>(sent, projects)
    })
  )

  const outcomes: ReadonlyArray<readonly [string, () => Answer, CreateError["_tag"], boolean]> = [
    ["400", () => status(400), "PixxelBadRequest", false],
    ["401", () => status(401), "PixxelUnauthorized", false],
    ["403", () => status(403), "PixxelForbidden", false],
    ["404", () => status(404), "PixxelNotFound", false],
    ["409", () => status(409), "CreateOutcomeUnknown", false],
    ["429", () => status(429), "PixxelRateLimited", true],
    ["a 403 with a broken body", () => cut({ status: 403 }), "PixxelForbidden", false],
    ["ECONNREFUSED", () => fetchFailed("ECONNREFUSED"), "PixxelTransportError", true],
    ["ENOTFOUND", () => fetchFailed("ENOTFOUND"), "PixxelTransportError", true],
    ["EAI_AGAIN", () => fetchFailed("EAI_AGAIN"), "PixxelTransportError", true],
    ["UND_ERR_CONNECT_TIMEOUT", () => fetchFailed("UND_ERR_CONNECT_TIMEOUT"), "PixxelTransportError", true],
    ["ECONNRESET", () => fetchFailed("ECONNRESET"), "CreateOutcomeUnknown", false],
    ["a browser's failure", () => new TypeError("Failed to fetch"), "CreateOutcomeUnknown", false],
    ["a redirect", () => status(307), "CreateOutcomeUnknown", false],
    ["a browser's redirect", () => Response.error(), "CreateOutcomeUnknown", false],
    ["402", () => status(402), "PixxelUnexpectedStatus", false],
    ["422", () => status(422), "PixxelUnexpectedStatus", false],
    ["408", () => status(408), "CreateOutcomeUnknown", false],
    ["500", () => status(500), "CreateOutcomeUnknown", false],
    ["503", () => status(503), "CreateOutcomeUnknown", false],
    ["an empty 200", () => status(200), "CreateOutcomeUnknown", false],
    ["a 200 without an id", () => json({ status: "running" }), "CreateOutcomeUnknown", false],
    ["a 200 with a broken body", () => cut({ status: 200 }), "CreateOutcomeUnknown", false],
    ["a 200 of HTML", () => new Response("<html>"), "CreateOutcomeUnknown", false],
    ["a 200 with a stalled body", () => new Response(new ReadableStream({})), "CreateOutcomeUnknown", false],
    ["nothing in time", () => "never", "CreateOutcomeUnknown", false]
  ]
  for (const [name, answer, tag, retryable] of outcomes) {
    it.effect(`answered with ${name} is ${tag}, ${retryable ? "and is repeated" : "and is never repeated"}`, () =>
      Effect.gen(function* () {
        const { error, sent } = yield* failureOf(answer)
        assert.strictEqual(error._tag, tag)
        assert.strictEqual(error.isRetryable, retryable)
        assert.strictEqual(sent, retryable ? RetryPolicy.defaults.maxAttempts : 1)
      })
    )
  }

  /** The refusals of the API itself, before it makes a job. */
  const refusals: Readonly<Record<number, CreateError["_tag"]>> = {
    400: "PixxelBadRequest",
    401: "PixxelUnauthorized",
    402: "PixxelUnexpectedStatus",
    403: "PixxelForbidden",
    404: "PixxelNotFound",
    422: "PixxelUnexpectedStatus",
    429: "PixxelRateLimited"
  }
  const statuses = [
    ...[300, 301, 302, 303, 304, 305, 307, 308, 399],
    ...Array.from({ length: 100 }, (_, index) => 400 + index),
    ...[500, 501, 502, 503, 504, 520, 529, 599]
  ]
  const bodies: ReadonlyArray<readonly [string, BodyInit | null, turn: number]> = [
    ["without a body", null, 0],
    ["with the documented envelope", JSON.stringify({ error: { code: "E1", message: "no" } }), 1],
    ["with the page of a gateway", "<html><h1>No</h1></html>", 2]
  ]
  it.effect.each(bodies)("is certainly refused only by 400, 401, 402, 403, 404, 422 and 429 %s", ([, body, turn]) =>
    Effect.gen(function* () {
      for (const code of sample(statuses, 5, turn)) {
        const { layer } = scripted([() => new Response(code === 304 ? null : body, { status: code })], once)
        const error = yield* create.pipe(Effect.flip, Effect.provide(layer))
        assert.strictEqual(error._tag, refusals[code] ?? "CreateOutcomeUnknown", String(code))
      }
    })
  )

  it.effect("with an unknown outcome reports the known facts", () =>
    Effect.gen(function* () {
      const { error } = yield* failureOf(() => new Response("", { status: 502, headers: { "x-request-id": "req-9" } }))
      assert(error._tag === "CreateOutcomeUnknown")
      assert.strictEqual(error.target.workflowId, workflowId)
      assert.strictEqual(error.target.projectId, projectId)
      assert.deepStrictEqual(error.status, Option.some(502))
      assert.deepStrictEqual(error.requestId, Option.some("req-9"))
      assert.include(error.message, "List the jobs of workflow wf-1")
    })
  )

  it.effect("is sent once under a retry of retryable errors, if it may have arrived", () =>
    Effect.gen(function* () {
      const { layer, seen } = scripted([() => fetchFailed("ECONNRESET")])
      yield* create.pipe(
        Effect.retry({ while: (error) => error.isRetryable, times: 5 }),
        Effect.flip,
        Effect.provide(layer)
      )
      assert.lengthOf(seen, 1)
    })
  )

  it.effect("logs a possible job when the transport dies after an interruption", () => {
    const lines: Array<string> = []
    const dying = HttpClient.make(() => Effect.zipRight(Effect.sleep("1 second"), Effect.die("boom")))
    const layer = Pixxel.layer({ token: Redacted.make("k") }).pipe(
      Layer.provide(Layer.succeed(HttpClient.HttpClient, dying))
    )
    const log = Logger.replace(
      Logger.defaultLogger,
      Logger.make(({ message }) => void lines.push(String(message)))
    )
    return Effect.gen(function* () {
      const fiber = yield* Effect.fork(create)
      yield* TestClock.adjust("500 millis")
      const stopped = yield* Effect.fork(Fiber.interrupt(fiber))
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(stopped)
      assert.deepStrictEqual(lines, [
        "A create on workflow wf-1 was interrupted after sending. Its transport failed with a defect: a job may have been created."
      ])
    }).pipe(Effect.provide([layer, log]))
  })
})
