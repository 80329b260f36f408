/** The main job against the mock server, over TCP and in process, with the same code. */

import { assert, describe, it } from "@effect/vitest"
import { JobId, WorkflowId } from "@effect-pixxel/client"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { longTransports, sample, size } from "../../../../vitest.size.js"
import { fixtures, HttpClient, JobsApi, MockServer, projectId, transports, workflowOf, world } from "./world.js"

/** Stories that never end, and so need a deadline. */
const endless = new Set(["queued-forever", "documented-sample", "id-only", "waits-for-go"])

for (const transport of transports) {
  describe(`the main job, ${transport}`, () => {
    it.effect("creates, waits, and locates a ZIP, in virtual time", () =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        const mock = yield* MockServer
        const http = yield* HttpClient.HttpClient
        const start = yield* Clock.currentTimeMillis
        const { download, job } = yield* jobs.run({ workflowId: workflowOf("crop-classification"), projectId })

        assert.strictEqual(job.outcome, "succeeded")
        assert.strictEqual(job.tasks.length, 3)
        assert.isAbove((yield* Clock.currentTimeMillis) - start, 60_000)

        const url = Redacted.value(yield* download.signedUrl)
        assert.notStrictEqual(new URL(url).host, new URL(mock.baseUrl).host)
        const zip = new Uint8Array(yield* Effect.flatMap(http.get(url), (response) => response.arrayBuffer))
        assert.deepStrictEqual([...zip.subarray(0, 4)], [0x50, 0x4b, 0x03, 0x04])

        const seen = yield* mock.requests
        assert.deepInclude(seen.at(-1), { operation: "getPackage", credential: "missing", status: 200 })
        assert.deepStrictEqual([...new Set(seen.slice(0, -1).map(({ credential }) => credential))], ["bearer owner"])
        assert.strictEqual(seen.filter(({ operation }) => operation === "createJob").length, 1)
      }).pipe(Effect.provide(world(transport)))
    )

    for (const story of sample([...fixtures.jobs.keys()], transport === "socket" ? 6 : 2)) {
      if (endless.has(story)) continue
      it.effect(`follows the story ${story} to its end, change by change`, () =>
        Effect.gen(function* () {
          const jobs = yield* JobsApi
          const workflowId = workflowOf(story)
          yield* (yield* MockServer).enqueue(story)
          const { id: jobId } = yield* jobs.create({ workflowId, projectId })
          const changes = Chunk.toReadonlyArray(yield* Stream.runCollect(jobs.watch({ workflowId, jobId })))

          const last = changes.at(-1)
          assert.notStrictEqual(last?.outcome, "pending")
          assert.isTrue(changes.slice(0, -1).every(({ outcome }) => outcome === "pending"))
          const waited = yield* Effect.either(jobs.wait({ workflowId, jobId }))
          if (last?.outcome === "succeeded") {
            assert.isTrue(Either.isRight(waited))
          } else {
            assert.strictEqual(Option.getOrNull(Either.getLeft(waited))?._tag, "JobFailed")
          }
          assert.include(
            (yield* jobs.list({ workflowId })).map(({ id }) => id),
            jobId
          )
        }).pipe(Effect.provide(world(transport)))
      )
    }

    it.effect("stops waiting at its deadline for a job without progress", () =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        const workflowId = workflowOf("queued-forever")
        yield* (yield* MockServer).enqueue("queued-forever")
        const { id: jobId } = yield* jobs.create({ workflowId, projectId })
        const start = yield* Clock.currentTimeMillis
        const error = yield* Effect.flip(jobs.wait({ workflowId, jobId, interval: "1 minute", timeout: "1 hour" }))

        assert.strictEqual(error._tag, "WaitTimeout")
        assert.strictEqual((yield* Clock.currentTimeMillis) - start, 3_600_000)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("names the failed tasks and their reasons", () =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        yield* (yield* MockServer).enqueue("water-quality-failed")
        const workflowId = workflowOf("water-quality-failed")
        const error = yield* Effect.flip(jobs.run({ workflowId, projectId }))

        assert.strictEqual(error._tag, "JobFailed")
        assert.isTrue(
          error._tag === "JobFailed" &&
            error.failedTasks.some(({ errMsg, failureType }) => Option.isSome(errMsg) && Option.isSome(failureType))
        )
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("names the failed tasks and their reasons for prefixed status words", () =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        yield* (yield* MockServer).enqueue("water-quality-failed")
        const error = yield* Effect.flip(jobs.run({ workflowId: workflowOf("water-quality-failed"), projectId }))
        assert(error._tag === "JobFailed")
        assert.isAbove(error.failedTasks.length, 0)
        assert.notInclude(error.message, "no reason given")
      }).pipe(Effect.provide(world(transport, { scenario: "legacy-shapes" })))
    )

    it.effect("follows a manual clock", () =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        const mock = yield* MockServer
        const workflowId = workflowOf("crop-classification")
        const { id: jobId } = yield* jobs.create({ workflowId, projectId })
        const before = yield* jobs.get({ workflowId, jobId })
        yield* mock.advance("1 hour")
        const after = yield* jobs.get({ workflowId, jobId })
        assert.deepStrictEqual([before.outcome, after.outcome], ["pending", "succeeded"])
      }).pipe(Effect.provide(world(transport, { clock: "manual" })))
    )
  })
}

for (const transport of longTransports) {
  describe(`ids, ${transport}`, () => {
    for (const id of ["a/../../admin?x=1#h", "../..", "a b", "ä/ü", "%2F", "a;b=c", "'\"<>", "😀", "a\\b", "//"]) {
      it.effect(`${JSON.stringify(id)} is one segment of the path`, () =>
        Effect.gen(function* () {
          const jobs = yield* JobsApi
          const workflowId = WorkflowId.make(id)
          const jobId = JobId.make(id)
          yield* Effect.flip(jobs.get({ workflowId, jobId }))
          const [request] = yield* (yield* MockServer).requests
          assert.deepInclude(request, { operation: "getJobById", ids: { workflow_id: id, job_id: id }, query: {} })
        }).pipe(Effect.provide(world(transport)))
      )
    }
  })

  describe(`rights, ${transport}`, () => {
    const workflowId = workflowOf("crop-classification")
    for (const role of ["expired", "revoked"] as const) {
      it.effect(`a token with the role ${role} is PixxelForbidden`, () =>
        Effect.gen(function* () {
          const error = yield* Effect.flip((yield* JobsApi).list({ workflowId }))
          assert.strictEqual(error._tag, "PixxelForbidden")
        }).pipe(Effect.provide(world(transport, { role })))
      )
    }

    it.effect("a viewer may read, but run nothing", () =>
      Effect.gen(function* () {
        const jobs = yield* JobsApi
        yield* jobs.list({ workflowId })
        const error = yield* Effect.flip(jobs.create({ workflowId, projectId }))
        assert.strictEqual(error._tag, "PixxelForbidden")
      }).pipe(Effect.provide(world(transport, { role: "viewer" })))
    )

    for (const scheme of ["raw", "Bearer"] as const) {
      it.effect(`both forms of the header are accepted: ${scheme}`, () =>
        Effect.gen(function* () {
          yield* (yield* JobsApi).list({ workflowId })
          const [request] = yield* (yield* MockServer).requests
          assert.strictEqual(request?.credential, `${scheme.toLowerCase()} owner`)
        }).pipe(Effect.provide(world(transport, { scheme })))
      )
    }
  })

  describe(`worlds, ${transport}`, () => {
    const play = Effect.gen(function* () {
      const jobs = yield* JobsApi
      const mock = yield* MockServer
      yield* Effect.forEach(
        ["crop-classification", "water-quality-failed", "instant"],
        (story) => jobs.run({ workflowId: workflowOf(story), projectId }).pipe(Effect.either),
        { concurrency: "unbounded" }
      )
      return (yield* mock.requests).map(({ operation, status, subject, time }) => [time, operation, subject, status])
    })

    it.effect("have the same requests at the same times, alone and concurrently", () =>
      Effect.gen(function* () {
        const one = () => play.pipe(Effect.withRandom(Random.make("the same")), Effect.provide(world(transport)))
        const alone = yield* one()
        const all = yield* Effect.forEach(Array.from({ length: size(3, 20) }), one, { concurrency: "unbounded" })
        assert.isAbove(alone.length, 10)
        for (const other of all) assert.deepStrictEqual(other, alone)
      })
    )
  })
}
