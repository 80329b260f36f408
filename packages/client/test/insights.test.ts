/** The insights of scripted servers: the traps of their operations. */
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { AoiId, InsightId, InsightsApi } from "../src/index.js"
import { type Answer, json, scripted, status } from "./scripted.js"

const aoiId = AoiId.make("aoi-1")
const insightId = InsightId.make("insight-1")
const ref = { aoiId, insightId }

const ours = { id: insightId, aoi_id: aoiId, name: "North field", status: "created", progress: 0 }

const list = (...insights: ReadonlyArray<object>) => json({ insights })

const at = (word: string, more: object = {}) => list({ ...ours, id: "insight-0" }, { ...ours, status: word, ...more })

/** Runs a call over a script for an hour; the outcome is its value or its error. */
const running = <A, E>(
  script: ReadonlyArray<() => Answer>,
  use: (insights: InsightsApi.Service) => Effect.Effect<A, E>
) => {
  const { layer, seen } = scripted(script)
  return Effect.gen(function* () {
    const fiber = yield* Effect.fork(Effect.either(Effect.flatMap(InsightsApi, use)))
    yield* TestClock.adjust("1 hour")
    const outcome = Either.merge(yield* Fiber.join(fiber))
    return { outcome, sent: seen.map(({ method }) => method).join(" "), seen }
  }).pipe(Effect.provide(layer))
}

describe("a listed insight", () => {
  it.effect("has its predicted minutes as a duration, and the JSON of its data types", () =>
    Effect.gen(function* () {
      const input = [{ name: "start_date", format: "date", value: "2025-06-01" }]
      const more = { estimated_time_in_min: 3, input, output: null, metadata: { season: "2025" }, deleted_at: null }
      const { outcome } = yield* running([() => list({ ...ours, ...more })], (it) => it.list({ aoiId }))
      const [insight] = outcome as ReadonlyArray<object>
      assert.deepInclude(insight, {
        estimatedDuration: Option.some(Duration.minutes(3)),
        inputs: Option.some(input),
        outputs: Option.none(),
        metadata: { season: "2025" },
        deletedAt: Option.none(),
        outcome: "pending"
      })
    })
  )

  it.effect("is not found in a list without its id, since no operation gets one", () =>
    Effect.gen(function* () {
      const { outcome, seen, sent } = yield* running([() => list({ ...ours, id: "insight-0" })], (it) => it.get(ref))
      assert.deepInclude(outcome, { _tag: "PixxelNotFound", operation: "listInsights", status: 200 })
      assert.strictEqual(sent, "GET")
      assert.match(seen[0]?.url ?? "", /\/v0\/aoi\/aoi-1\/insights\?id=insight-1$/)
    })
  )
})

describe("a wait for an insight", () => {
  const wait = (it: InsightsApi.Service) => it.wait(ref)

  it.effect("polls its list through known and unknown words until its end", () =>
    Effect.gen(function* () {
      const words = ["created", "inprogress", "polishing", "completed"]
      const { outcome, sent } = yield* running(
        words.map((word) => () => at(word)),
        wait
      )
      assert.deepInclude(outcome, { id: insightId, outcome: "succeeded" })
      assert.strictEqual(sent, "GET GET GET GET")
    })
  )

  it.effect("fails with the reason that the server gives", () =>
    Effect.gen(function* () {
      const { outcome } = yield* running([() => at("failed", { err_msg: "no water was found." })], wait)
      assert.deepInclude(outcome, {
        _tag: "InsightFailed",
        status: "failed",
        errMsg: Option.some("no water was found."),
        isRetryable: false,
        message: "Insight insight-1 ended as failed: no water was found."
      })
    })
  )

  it.effect("removes the query of a URL from that reason", () =>
    Effect.gen(function* () {
      const err_msg = "could not read https://store.test/a.tif?signature=c0ffee"
      const { outcome } = yield* running([() => at("failed", { err_msg })], wait)
      assert.notInclude(JSON.stringify(outcome), "c0ffee")
    })
  )

  it.effect("ends for a deleted insight, which a list may still show", () =>
    Effect.gen(function* () {
      const { outcome } = yield* running([() => at("inprogress", { deleted_at: "2025-06-14T00:00:00Z" })], wait)
      assert.deepInclude(outcome, { _tag: "InsightFailed" })
      assert.include(String(Object(outcome).message), "ended as inprogress: it was deleted.")
    })
  )

  it.effect("takes the zero time of Go for no deletion", () =>
    Effect.gen(function* () {
      const script = [() => at("inprogress", { deleted_at: "0001-01-01T00:00:00Z" }), () => at("completed")]
      assert.deepInclude((yield* running(script, wait)).outcome, { outcome: "succeeded" })
    })
  )

  it.effect("continues when two lists in a row lack the insight, however often", () =>
    Effect.gen(function* () {
      const none = () => list({ ...ours, id: "insight-0" })
      const script = [none, none, () => at("inprogress"), none, none, () => at("completed")]
      const { outcome, sent } = yield* running(script, wait)
      assert.deepInclude(outcome, { outcome: "succeeded" })
      assert.strictEqual(sent, "GET GET GET GET GET GET")
    })
  )

  it.effect("ends at the third list in a row that lacks the insight", () =>
    Effect.gen(function* () {
      const { outcome, sent } = yield* running([() => at("inprogress"), () => list()], wait)
      assert.deepInclude(outcome, { _tag: "PixxelNotFound" })
      assert.strictEqual(sent, "GET GET GET GET")
    })
  )

  it.effect("ends at once when the API refuses the list, or does not know the AOI", () =>
    Effect.gen(function* () {
      for (const [code, tag] of [
        [403, "PixxelForbidden"],
        [404, "PixxelNotFound"]
      ] as const) {
        const { outcome, sent } = yield* running([() => at("inprogress"), () => status(code)], wait)
        assert.deepInclude(outcome, { _tag: tag })
        assert.strictEqual(sent, "GET GET")
      }
    })
  )

  it.effect("survives a failed list", () =>
    Effect.gen(function* () {
      const script = [() => at("inprogress"), ...Array<() => Answer>(9).fill(() => status(503)), () => at("completed")]
      assert.deepInclude((yield* running(script, wait)).outcome, { outcome: "succeeded" })
    })
  )

  it.effect("shares one list with the other waits for insights of the AOI", () =>
    Effect.gen(function* () {
      const ids = ["a", "b", "c", "d"]
      let looks = 0
      const all = (word: string) => list(...ids.map((id) => ({ ...ours, id, status: word })))
      const script = [() => all(++looks > 4 ? "completed" : "inprogress")]
      const { outcome, seen } = yield* running(script, (it) =>
        Effect.forEach(ids, (id) => it.wait({ aoiId, insightId: InsightId.make(id) }), { concurrency: "unbounded" })
      )
      assert.deepStrictEqual(
        (outcome as ReadonlyArray<{ id: string }>).map(({ id }) => id),
        ids
      )
      const lists = seen.filter(({ url }) => !url.includes("?")).length
      assert.isAbove(lists, 1)
      // each ended insight is looked at once
      assert.strictEqual(seen.length - lists, ids.length)
    })
  )
})

describe("a watch of an insight", () => {
  it.effect("emits each change until the end", () =>
    Effect.gen(function* () {
      const script = [
        ...["created", "created", "inprogress"].map((word) => () => at(word)),
        () => at("inprogress", { progress: 50 }),
        () => at("failed")
      ]
      const { outcome } = yield* running(script, (it) => Stream.runCollect(it.watch(ref)))
      assert.deepStrictEqual(
        Chunk.toReadonlyArray(outcome as Chunk.Chunk<{ status: unknown; progress: unknown }>).map((it) => [
          Option.getOrNull(it.status as Option.Option<string>),
          Option.getOrNull(it.progress as Option.Option<number>)
        ]),
        [
          ["created", 0],
          ["inprogress", 0],
          ["inprogress", 50],
          ["failed", 0]
        ]
      )
    })
  )
})
