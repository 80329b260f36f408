/** The retry tokens shared by all calls of a client, which keep retries from multiplying an outage. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { JobsApi, type Pixxel, WorkflowsApi } from "../src/index.js"
import { jobId, json, scripted, status, workflowId } from "./scripted.js"

const get = Effect.flatMap(JobsApi, (jobs) => Effect.ignore(jobs.get({ workflowId, jobId })))
const list = Effect.flatMap(WorkflowsApi, (workflows) => Effect.ignore(workflows.list()))

const times = (count: number, program: typeof get | typeof list) => Array.from({ length: count }, () => program)

/** Counts the requests of a program, against a scripted server. */
const client = (options?: Partial<Pixxel.Options>) => {
  const server = { code: 200 }
  const { layer, seen } = scripted([() => json({ id: "job-1", workflows: [] }, { status: server.code })], options)
  const sentBy = <E>(code: number, program: Effect.Effect<unknown, E, Pixxel.Services>) =>
    Effect.gen(function* () {
      const before = seen.length
      server.code = code
      const fiber = yield* Effect.fork(program)
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      return seen.length - before
    })
  return { layer, sentBy }
}

describe("the retry budget", () => {
  it.effect("limits 100 calls in an outage to 135 requests, not 500", () => {
    const { layer, sentBy } = client()
    const calls = Effect.all(times(100, get), { concurrency: "unbounded" })
    return Effect.gen(function* () {
      assert.strictEqual(yield* sentBy(503, calls), 135)
      assert.strictEqual(yield* sentBy(503, calls), 100)
    }).pipe(Effect.provide(layer))
  })

  it.effect("is shared by all services of a client", () => {
    const { layer, sentBy } = client({ retryBudget: 2 * 14 })
    return Effect.gen(function* () {
      assert.strictEqual(yield* sentBy(503, list), 1 + 2)
      assert.strictEqual(yield* sentBy(503, get), 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("is not shared by two clients", () =>
    Effect.gen(function* () {
      for (const { layer, sentBy } of [client({ retryBudget: 14 }), client({ retryBudget: 14 })]) {
        assert.strictEqual(yield* Effect.provide(sentBy(503, get), layer), 1 + 1)
      }
    })
  )

  it.effect("is refilled by successful calls: fourteen of them pay for one retry", () => {
    const { layer, sentBy } = client({ retryBudget: 3 * 14 })
    return Effect.gen(function* () {
      assert.strictEqual(yield* sentBy(503, get), 1 + 3)
      assert.strictEqual(yield* sentBy(200, Effect.all(times(13, get))), 13)
      assert.strictEqual(yield* sentBy(503, get), 1)
      assert.strictEqual(yield* sentBy(200, get), 1)
      assert.strictEqual(yield* sentBy(503, get), 1 + 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("never exceeds its initial size", () => {
    const { layer, sentBy } = client({ retryBudget: 14 })
    return Effect.gen(function* () {
      yield* sentBy(200, Effect.all(times(50, get)))
      assert.strictEqual(yield* sentBy(503, get), 1 + 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("is charged less for a 429, since its server is healthy", () => {
    const { layer, sentBy } = client({ retryBudget: 14 })
    return Effect.gen(function* () {
      assert.strictEqual(yield* sentBy(429, get), 1 + 2)
    }).pipe(Effect.provide(layer))
  })

  it.effect("gets back the tokens of a successful retry", () => {
    const { layer, seen } = scripted(
      Array.from({ length: 20 }, (_, at) => () => (at % 2 === 0 ? status(503) : json({ id: "job-1" }))),
      { retryBudget: 14 }
    )
    return Effect.gen(function* () {
      const fiber = yield* Effect.fork(Effect.all(times(10, get)))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      assert.lengthOf(seen, 20)
    }).pipe(Effect.provide(layer))
  })

  it.effect("of 0 means no retry, and of Infinity no limit", () =>
    Effect.gen(function* () {
      const none = client({ retryBudget: 0 })
      assert.strictEqual(yield* Effect.provide(none.sentBy(503, get), none.layer), 1)
      const all = client({ retryBudget: Number.POSITIVE_INFINITY })
      const calls = Effect.all(times(20, get), { concurrency: "unbounded" })
      assert.strictEqual(yield* Effect.provide(all.sentBy(503, calls), all.layer), 100)
    })
  )
})
