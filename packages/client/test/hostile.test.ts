/**
 * Repetitive texts of 100 kB in every decoded field. A quadratic regular expression exceeds the timeout of the test.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { size } from "../../../vitest.size.js"
import { DownloadPackage, JobsApi } from "../src/index.js"
import * as checksum from "../src/internal/download/checksum.js"
import * as plan from "../src/internal/download/plan.js"
import * as httpDate from "../src/internal/httpDate.js"
import { duration as goDuration } from "../src/internal/times.js"
import { jobId, once, scripted, token, workflowId } from "./scripted.js"

const length = 100_000
const units = [
  " ",
  "\\",
  "%",
  "%25",
  "1",
  "1.",
  "1s",
  "1e",
  "-",
  "a",
  "?",
  "://",
  "%3a%2f%2f",
  "%3f",
  "@",
  "=",
  "a=",
  "&#0",
  "u00",
  "sig",
  "sig ",
  "x-amz-",
  "bearer ",
  '"token":',
  ",",
  ", ",
  "Sun, ",
  "\ufeff",
  token.slice(0, -1)
]
/** `npm test` takes every eighth unit. */
const hostile = units
  .filter((_, at) => at % size(8, 1) === 0)
  .flatMap((unit) => {
    const text = unit.repeat(Math.ceil(length / unit.length))
    return [text, `${text}!`, `5${text}%`]
  })

const fields = (text: string) => ({
  id: text,
  status: text,
  progress: text,
  cost: text,
  time_taken: text,
  estimated_duration: text,
  created_at: text,
  created_by: text,
  signed_url: text,
  estimated_cost: text
})

const refused = (answer: () => Response) =>
  Effect.flatMap(JobsApi, (jobs) => Effect.flip(jobs.get({ workflowId, jobId }))).pipe(
    Effect.provide(scripted([answer], once).layer)
  )

describe("hostile texts", () => {
  it.effect(
    "in every field of a success are decoded",
    () =>
      Effect.gen(function* () {
        for (const text of hostile) {
          const job = { ...fields(text), tasks: [fields(text)], val_errors: [{ err: text }] }
          const body = JSON.stringify(job)
          const got = yield* Effect.flatMap(JobsApi, (jobs) =>
            Effect.all([jobs.get({ workflowId, jobId }), jobs.download({ workflowId, jobId })])
          ).pipe(Effect.provide(scripted([() => new Response(body)], { ...once, onDrift: () => Effect.void }).layer))
          assert.strictEqual(got[0].id, text)
          assert.instanceOf(got[1], DownloadPackage)
        }
      }),
    { timeout: 120_000 }
  )

  it.effect(
    "in every field of a refusal become short errors",
    () =>
      Effect.gen(function* () {
        for (const text of hostile) {
          const body = JSON.stringify({ error: { code: text, message: text, details: { [text]: [text, { text }] } } })
          for (const answer of [
            () => new Response(body, { status: 400 }),
            () => new Response(text, { status: 400 }),
            () => new Response(text)
          ]) {
            assert.isAtMost(JSON.stringify(yield* refused(answer)).length, 200_000)
          }
        }
      }),
    { timeout: 120_000 }
  )

  it("in headers are decoded", () => {
    for (const text of hostile) {
      assert.isNaN(httpDate.parse(text, 0))
      assert.isDefined(httpDate.retryAfter(text, 0))
      assert.isDefined(httpDate.first(text, 0))
      const headers = Object.fromEntries(
        ["etag", "content-range", "content-encoding", "content-length", "digest", "repr-digest"].map((name) => [
          name,
          text
        ])
      )
      for (const status of [200, 206, 416]) assert.isDefined(plan.read(plan.nothing, { status, headers })._tag)
      assert.isArray(checksum.checksumsOf(200, headers))
      assert.isDefined(goDuration(text)._tag)
    }
  })
})
