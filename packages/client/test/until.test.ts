/** Waits for any resource: `Waiter.until`. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { JobSubject, JobsApi, Status, type Subject, Waiter } from "../src/index.js"
import { jobId, json, once, scripted, status, workflowId } from "./scripted.js"

interface OrderSubject extends Subject {
  readonly _tag: "Order"
  readonly orderId: string
}
const order: OrderSubject = { _tag: "Order", orderId: "order-1" }

const words = Status.words({ succeeded: ["fulfilled"], partial: ["partially_fulfilled"], prefixes: ["order"] })

const slow = { minInterval: "1 minute", maxInterval: "15 minutes" } as const

/** Waits for an order that is over after some time. Returns the time of each poll in minutes. */
const ordered = (after: Duration.DurationInput, timeout: Duration.DurationInput) =>
  Effect.gen(function* () {
    const polls: Array<number> = []
    const look = Effect.map(Clock.currentTimeMillis, (now) => {
      polls.push(now / 60_000)
      return { status: Option.some(now >= Duration.toMillis(after) ? "ORDER_PARTIALLY_FULFILLED" : "ACTIVE") }
    })
    const wait = Waiter.until(look, { ...slow, subject: order, isOver: words.isOver, timeout })
    const fiber = yield* Effect.fork(Effect.provide(Effect.either(wait), scripted([], once).layer))
    yield* TestClock.adjust(Duration.sum(after, "1 hour"))
    return { polls, result: yield* Fiber.join(fiber) }
  })

describe("a wait for any resource", () => {
  it.effect("lasts for days at the pace of the resource, and ends with a partial success", () =>
    Effect.gen(function* () {
      const { polls, result } = yield* ordered("3 days", "10 days")
      assert(result._tag === "Right")
      assert.deepStrictEqual(
        [words.outcomeOf(result.right.status), words.isPartial(result.right.status)],
        ["succeeded", true]
      )
      const intervals = polls.slice(1).map((at, index) => at - (polls[index] ?? 0))
      assert.isAtLeast(Math.min(...intervals), 1)
      assert.isAtMost(Math.max(...intervals), 15)
      assert.isBelow(polls.length, 420)
    })
  )

  it.effect("ends at its deadline with its own subject", () =>
    Effect.gen(function* () {
      const { result } = yield* ordered("3 days", "2 days")
      assert(result._tag === "Left" && result.left._tag === "WaitTimeout")
      assert.strictEqual(result.left.subject.orderId, "order-1")
      assert.match(result.left.message, /^Order order-1 had not ended after 2d: .* The order continues\./)
    })
  )

  it.effect("tolerates failures, and a 404 while the resource is young", () =>
    Effect.gen(function* () {
      const script = [() => status(404), () => status(503), () => json({ id: "job-1", status: "done" })]
      const { layer, seen } = scripted(script, once)
      const wait = Effect.gen(function* () {
        const jobs = yield* JobsApi
        const subject = JobSubject.make({ workflowId, jobId })
        const createdAt = yield* DateTime.now
        return yield* Waiter.until(jobs.get({ workflowId, jobId }), { subject, isOver: words.isOver, createdAt })
      })
      const fiber = yield* Effect.fork(Effect.provide(wait, layer))
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(fiber)).id, jobId)
      assert.lengthOf(seen, 3)
    })
  )
})

describe("the vocabulary of a resource", () => {
  it.each([
    ["Order_Fulfilled", "succeeded", false],
    ["partially fulfilled", "succeeded", true],
    ["DONE", "succeeded", false],
    ["cancelled", "failed", false],
    ["active", "pending", false],
    ["JOB_COMPLETED", "pending", false]
  ] as const)("classifies %s", (word, outcome, isPartial) => {
    const status = Option.some(word)
    assert.deepStrictEqual([words.outcomeOf(status), words.isPartial(status)], [outcome, isPartial])
    assert.strictEqual(words.isOver({ status }), outcome !== "pending")
  })
})
