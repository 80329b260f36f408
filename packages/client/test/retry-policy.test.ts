/** The policy of a call: that of its client, adjusted, replaced or disabled around the call. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { JobsApi, Pixxel, RetryPolicy, WorkflowsApi } from "../src/index.js"
import { jobId, scripted, status, transport, workflowId } from "./scripted.js"

const get = Effect.flatMap(JobsApi, (jobs) => Effect.ignore(jobs.get({ workflowId, jobId })))

/** Counts the sends of a program, against a server that always fails. */
const sentBy = <E>(program: Effect.Effect<unknown, E, Pixxel.Services>, retry?: RetryPolicy.Options) =>
  Effect.gen(function* () {
    const { layer, seen } = scripted([() => status(503)], { retry })
    const fiber = yield* Effect.fork(Effect.provide(program, layer))
    yield* TestClock.adjust("3 minutes")
    yield* Fiber.join(fiber)
    return seen.length
  })

const { withOptions, withPolicy, withoutRetry } = RetryPolicy
const twice = RetryPolicy.make({ maxAttempts: 2 })

describe("a call follows", () => {
  const rows: ReadonlyArray<readonly [string, typeof get, number, RetryPolicy.Options?]> = [
    ["the defaults", get, 5],
    ["the policy of its client", get, 3, { maxAttempts: 3 }],
    ["that of a client that does not repeat", get, 1, RetryPolicy.none],
    ["the adjustment around it", get.pipe(withOptions({ maxAttempts: 4 })), 4, { maxAttempts: 3 }],
    ["its client in the other settings", get.pipe(withOptions({ baseDelay: "1 second" })), 3, { maxAttempts: 3 }],
    [
      "its client where an option is undefined",
      get.pipe(withOptions({ maxAttempts: undefined })),
      3,
      { maxAttempts: 3 }
    ],
    ["the replacement of the policy", get.pipe(withPolicy(twice)), 2, { maxAttempts: 3 }],
    ["no policy when it is switched off", get.pipe(withoutRetry), 1, { maxAttempts: 3 }],
    ["the inner of two adjustments", get.pipe(withOptions({ maxAttempts: 2 }), withOptions({ maxAttempts: 4 })), 2],
    [
      "the outer policy where the inner one is silent",
      get.pipe(withOptions({ baseDelay: 0 }), withOptions({ maxAttempts: 4 })),
      4
    ],
    ["an adjustment within a replacement", get.pipe(withOptions({ maxAttempts: 4 }), withPolicy(twice)), 4],
    ["a replacement within adjustments", get.pipe(withPolicy(twice), withOptions({ maxAttempts: 4 })), 2],
    ["a replacement within disabled retries", get.pipe(withPolicy(twice), withoutRetry), 2]
  ]
  for (const [name, program, sent, retry] of rows) {
    it.effect(name, () => Effect.map(sentBy(program, retry), (count) => assert.strictEqual(count, sent)))
  }

  it.effect("an adjustment in its child fibers too, and not afterwards", () =>
    Effect.gen(function* () {
      const inside = Effect.all([get, get], { concurrency: 2 }).pipe(withOptions({ maxAttempts: 2 }))
      assert.strictEqual(yield* sentBy(Effect.zipRight(inside, get)), 2 + 2 + 5)
    })
  )

  it.effect("the policy around the run of its stream", () =>
    Effect.gen(function* () {
      const workflows = Stream.unwrap(Effect.map(WorkflowsApi, (api) => api.listAll()))
      const program = Effect.ignore(Stream.runDrain(workflows)).pipe(withOptions({ maxAttempts: 2 }))
      assert.strictEqual(yield* sentBy(program), 2)
    })
  )

  it.effect("an adjusted deadline", () =>
    Effect.gen(function* () {
      const { layer, seen } = scripted([() => "never"], { retry: { attemptTimeout: "4 seconds", baseDelay: 0 } })
      const fiber = yield* Effect.fork(
        Effect.flatMap(JobsApi, (jobs) => Effect.flip(jobs.get({ workflowId, jobId }))).pipe(
          withOptions({ timeout: "5 seconds" }),
          Effect.provide(layer)
        )
      )
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "PixxelRequestTimeout")
      assert.lengthOf(seen, 2)
    })
  )
})

describe("an invalid setting", () => {
  const figures: ReadonlyArray<readonly [RetryPolicy.Options, RegExp]> = [
    [{ maxAttempts: 0 }, /maxAttempts is 0: expected a whole number of at least 1/],
    [{ maxAttempts: 2.5 }, /maxAttempts is 2.5/],
    [{ maxAttempts: Number.NaN }, /maxAttempts is NaN/],
    [{ timeout: 0 }, /timeout is 0: expected a duration longer than zero/],
    [{ attemptTimeout: "-4 seconds" }, /attemptTimeout is -4 seconds/],
    // @ts-expect-error no unit of time
    [{ baseDelay: "5 parsecs" }, /baseDelay is 5 parsecs: expected a duration such as "30 seconds"/]
  ]
  for (const [options, message] of figures) {
    it.effect(`${JSON.stringify(options)} fails the build of the layer, and throws where it is set`, () =>
      Effect.gen(function* () {
        const error = yield* build({ retry: options })
        assert.match(String(error), message)
        assert.throws(() => RetryPolicy.make(options), RangeError, message)
        assert.throws(() => get.pipe(withOptions(options)), RangeError, message)
      })
    )
  }

  const others: ReadonlyArray<readonly [Partial<Pixxel.Options>, RegExp]> = [
    [{ retryBudget: -1 }, /retryBudget.*at least 0.*found -1/],
    [{ retryBudget: Number.NaN }, /retryBudget/],
    [{ concurrency: 0 }, /concurrency.*at least 1, found 0/],
    [{ concurrency: 1.5 }, /concurrency/]
  ]
  for (const [options, message] of others) {
    it.effect(`${JSON.stringify(options)} fails the build of the layer`, () =>
      Effect.map(build(options), (error) => assert.match(String(error), message))
    )
  }

  it("may be infinite", () => {
    assert.strictEqual(
      RetryPolicy.make({ maxAttempts: Number.POSITIVE_INFINITY }).maxAttempts,
      Number.POSITIVE_INFINITY
    )
  })
})

const build = (options: Partial<Pixxel.Options>) =>
  Layer.build(Pixxel.layer({ token: Redacted.make("k"), ...options })).pipe(
    Effect.provide(transport([() => status(200)]).layer),
    Effect.scoped,
    Effect.flip
  )
