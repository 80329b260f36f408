/** A 404 for a young job, and packages with an unusable signed URL. */
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { sample } from "../../../vitest.size.js"
import { Download, JobsApi, type PixxelHttpClient } from "../src/index.js"
import { type Answer, jobId, json, once, projectId, scripted, status, taskId, workflowId } from "./scripted.js"

const missing = () => status(404)
const job = (word: string) => () => json({ id: "job-1", status: word })
const pack = (word: string, url: unknown) => () => json({ status: word, signed_url: url })
const ready = pack("ready", "https://files.test/a.zip")
const many = (times: number, answer: () => Answer) => Array.from({ length: times }, () => answer)

const ref = { workflowId, jobId }

/** Runs over a script, for this time. */
const played = <A, E extends { readonly _tag: string }>(
  script: ReadonlyArray<() => Answer>,
  program: Effect.Effect<A, E, JobsApi | PixxelHttpClient>,
  seconds = 90
) =>
  Effect.gen(function* () {
    const { layer, seen } = scripted(script, { ...once, waiting: { interval: "1 second" } })
    const fiber = yield* Effect.fork(Effect.either(program).pipe(Effect.provide(layer)))
    yield* TestClock.adjust(`${seconds} seconds`)
    const end = yield* Fiber.poll(fiber)
    assert.isTrue(Option.isSome(end), "it has not ended")
    const result = yield* Fiber.join(fiber)
    return { result, sent: seen.length, tag: result._tag === "Left" ? result.left._tag : "success" }
  })

const create = Effect.flatMap(JobsApi, (jobs) => jobs.create({ workflowId, projectId, adopt: "never" }))
const wait = (options: JobsApi.WaitOptions = {}) => Effect.flatMap(JobsApi, (jobs) => jobs.wait({ ...ref, ...options }))
const run = (grace?: Duration.DurationInput) =>
  Effect.flatMap(JobsApi, (jobs) => jobs.run({ workflowId, projectId, adopt: "never", grace }))

describe("a 404 for a job", () => {
  for (const coalesce of [true, false]) {
    const how = coalesce ? "coalesced" : "not coalesced"

    it.effect(`is pending after its create, and no failure, ${how}`, () =>
      Effect.gen(function* () {
        const program = Effect.zipRight(create, wait({ coalesce, tolerance: 0 }))
        const { sent, tag } = yield* played([job("queued"), ...many(8, missing), job("completed")], program)
        assert.deepStrictEqual([tag, sent], ["success", 10])
      })
    )

    it.effect(`is final after a successful poll, ${how}`, () =>
      Effect.gen(function* () {
        const program = Effect.zipRight(create, wait({ coalesce }))
        const script = [job("queued"), missing, job("running"), missing, job("completed")]
        assert.deepInclude(yield* played(script, program), { tag: "PixxelNotFound", sent: 4 })
      })
    )

    it.effect(`is final after the grace period, ${how}`, () =>
      Effect.gen(function* () {
        const { sent, tag } = yield* played([job("queued"), missing], Effect.zipRight(create, wait({ coalesce })), 45)
        assert.strictEqual(tag, "PixxelNotFound")
        assert.isAtLeast(sent, 20)
      })
    )

    it.effect(`is final for a job of another client, ${how}`, () =>
      Effect.gen(function* () {
        assert.deepInclude(yield* played([missing], wait({ coalesce }), 1), { tag: "PixxelNotFound", sent: 1 })
      })
    )

    it.effect(`is pending for a young job of another process, ${how}`, () =>
      Effect.gen(function* () {
        yield* TestClock.adjust("1 day")
        const createdAt = DateTime.subtract(yield* DateTime.now, { seconds: 20 })
        const script = [...many(5, missing), job("completed")]
        assert.deepInclude(yield* played(script, wait({ coalesce, createdAt })), { tag: "success", sent: 6 })
        const { sent, tag } = yield* played([missing], wait({ coalesce, createdAt: yield* DateTime.now }), 45)
        assert.strictEqual(tag, "PixxelNotFound")
        assert.isAtLeast(sent, 20)
        assert.deepInclude(yield* played([missing], wait({ coalesce, createdAt })), { tag: "PixxelNotFound", sent: 1 })
      })
    )
  }

  it.effect("does not end a run, nor does a 404 of its package", () =>
    Effect.gen(function* () {
      const script = [job("queued"), ...many(5, missing), job("completed"), ...many(5, missing), ready]
      assert.deepInclude(yield* played(script, run()), { tag: "success", sent: 13 })
    })
  )

  it.effect("ends a run after its grace period", () =>
    Effect.gen(function* () {
      const { sent, tag } = yield* played([job("queued"), missing], run("5 seconds"), 15)
      assert.strictEqual(tag, "RunIncomplete")
      assert.isAtMost(sent, 9)
    })
  )

  it.effect("is pending for a download after the create, until the package was polled", () =>
    Effect.gen(function* () {
      const download = Effect.zipRight(create, Download.signedUrl(ref))
      const script = [job("queued"), ...many(5, missing), pack("pending", ""), ready]
      assert.deepInclude(yield* played(script, download), { tag: "success", sent: 8 })
      const lost = [job("queued"), missing, pack("pending", ""), missing]
      assert.deepInclude(yield* played(lost, download), { tag: "PixxelNotFound", sent: 4 })
    })
  )
})

/** All operations that wait for a package. */
const packages: ReadonlyArray<
  readonly [
    string,
    ReadonlyArray<() => Answer>,
    Effect.Effect<string, { readonly _tag: string }, JobsApi | PixxelHttpClient>
  ]
> = [
  [
    "a run",
    [job("queued"), job("completed")],
    Effect.flatMap(run(), ({ download }) => Effect.map(Effect.orDie(download.signedUrl), Redacted.value))
  ],
  ["a download", [], Effect.map(Download.signedUrl(ref), Redacted.value)],
  ["the download of a task", [], Effect.map(Download.signedUrl({ ...ref, taskId }), Redacted.value)]
]

const url = "https://files.test/a.zip?sig=s3cr3t"

for (const [turn, [name, before, program]] of packages.entries()) {
  describe(`${name} of a package`, () => {
    const usable: ReadonlyArray<readonly [string, string, string]> = [
      ["unchanged", url, url],
      ["with white space around it", `\n ${url}\t\r\n`, url],
      [
        "with a space inside",
        "https://files.test/my file.zip?sig=s3cr3t",
        "https://files.test/my%20file.zip?sig=s3cr3t"
      ],
      ["with a line break inside", "https://files.test/a.zip?\nsig=s3cr3t", url]
    ]
    for (const [how, sent, expected] of usable) {
      it.effect(`accepts a signed URL ${how}`, () =>
        Effect.gen(function* () {
          const { result } = yield* played([...before, pack("ready", sent)], program, 10)
          assert.strictEqual(result._tag === "Right" ? result.right : result.left._tag, expected)
        })
      )
    }

    const unusable: ReadonlyArray<unknown> = [
      [url],
      { url },
      7,
      true,
      "files.test/a.zip?sig=s3cr3t",
      "/a.zip?sig=s3cr3t",
      "//files.test/a.zip?sig=s3cr3t",
      "s3://files/a.zip?sig=s3cr3t",
      "https://",
      "https://files test/a.zip?sig=s3cr3t"
    ]
    for (const sent of sample(unusable, 3, turn)) {
      it.effect(`fails with a message after three signed URLs ${JSON.stringify(sent)} in a row`, () =>
        Effect.gen(function* () {
          const bad = pack("Ready", sent)
          const script = [...before, bad, bad, pack("pending", ""), bad, bad, bad]
          const { result, sent: requests } = yield* played(script, program, 20)
          assert.strictEqual(requests, before.length + 6)
          assert(result._tag === "Left")
          assert.deepInclude(Object(result.left), {
            _tag: "DownloadError",
            reason: "PackageFailed",
            status: Option.some("Ready")
          })
          assert.match(String(Object(result.left).message), /its signed URL is an? /)
          assert.notInclude(JSON.stringify(result.left), "s3cr3t")
        })
      )
    }

    for (const nothing of [undefined, null, "", " \n"]) {
      it.effect(`continues to wait with the signed URL ${JSON.stringify(nothing)}`, () =>
        Effect.gen(function* () {
          const script = [...before, ...many(6, pack("ready", nothing)), ready]
          assert.deepInclude(yield* played(script, program, 20), { tag: "success", sent: before.length + 7 })
        })
      )
    }

    it.effect("respects the Retry-After of a pending answer", () =>
      Effect.gen(function* () {
        const later = () => json({ status: "pending" }, { status: 202, headers: { "retry-after": "60" } })
        const { layer, seen } = scripted([...before, later, ready], { ...once, waiting: { interval: "1 second" } })
        const fiber = yield* Effect.fork(Effect.provide(program, layer))
        yield* TestClock.adjust("59 seconds")
        assert.lengthOf(seen, before.length + 1)
        yield* TestClock.adjust("1 seconds")
        assert.lengthOf(seen, before.length + 2)
        yield* Fiber.join(fiber)
      })
    )
  })
}
