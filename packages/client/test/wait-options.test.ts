/** Invalid options of waits: found before a request, and before something is paid that the wait would follow. */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import {
  AoiId,
  AoisApi,
  CatalogApi,
  DeliveryId,
  InsightId,
  InsightsApi,
  JobsApi,
  OrderItemId,
  OrdersApi,
  type Pixxel,
  VisualizationId,
  VisualizationsApi,
  type Waiter
} from "../src/index.js"
import { aoiIn, insightIn } from "./field.js"
import { jobId, json, projectId, scripted, workflowId } from "./scripted.js"

type Options = Waiter.Options & { readonly timeout?: Duration.DurationInput }
type Call = (options: Options) => Effect.Effect<unknown, unknown, Pixxel.Services>

const aoiId = AoiId.make("aoi-1")
const job = { workflowId, jobId }
const insight = insightIn(projectId, aoiId)

/** The methods that create something and wait for it. */
const runs: Readonly<Record<string, Call>> = {
  "JobsApi.run": (options) => Effect.flatMap(JobsApi, (it) => it.run({ workflowId, projectId, ...options })),
  "JobsApi.runAll": (options) =>
    Effect.flatMap(JobsApi, (it) =>
      Stream.runDrain(it.runAll(Stream.make({ key: "a", workflowId, projectId }), { concurrency: 1, ...options }))
    ),
  "InsightsApi.run": (options) => Effect.flatMap(InsightsApi, (it) => it.run({ ...insight, ...options })),
  "InsightsApi.runAll": (options) =>
    Effect.flatMap(InsightsApi, (it) =>
      Stream.runDrain(it.runAll(Stream.make({ key: "a", ...insight }), { concurrency: 1, ...options }))
    ),
  "AoisApi.createAndWait": (options) =>
    Effect.flatMap(AoisApi, (it) => it.createAndWait({ ...aoiIn(projectId), ...options }))
}

const waits: Readonly<Record<string, Call>> = {
  "JobsApi.wait": (options) => Effect.flatMap(JobsApi, (it) => it.wait({ ...job, ...options })),
  "AoisApi.wait": (options) => Effect.flatMap(AoisApi, (it) => it.wait({ aoiId, ...options })),
  "InsightsApi.wait": (options) =>
    Effect.flatMap(InsightsApi, (it) => it.wait({ aoiId, insightId: InsightId.make("insight-1"), ...options })),
  "VisualizationsApi.wait": (options) =>
    Effect.flatMap(VisualizationsApi, (it) =>
      it.wait({ aoiId, visualizationId: VisualizationId.make("visualization-1"), ...options })
    ),
  "OrdersApi.waitForItem": (options) =>
    Effect.flatMap(OrdersApi, (it) => it.waitForItem({ orderItemId: OrderItemId.make("item-1"), ...options })),
  "CatalogApi.waitForDelivery": (options) =>
    Effect.flatMap(CatalogApi, (it) => it.waitForDelivery({ deliveryId: DeliveryId.make("delivery-1"), ...options }))
}

const invalid: ReadonlyArray<readonly [Options, RegExp]> = [
  [{ timeout: Number.NaN }, /^RangeError: The option timeout is NaN: expected a duration such as "30 seconds"$/],
  // As JavaScript may have it.
  [
    { timeout: "Infinity" as Duration.DurationInput },
    /^RangeError: The option timeout is Infinity: expected a duration/
  ],
  [{ interval: 0 }, /^RangeError: The waiting option interval is 0: expected a duration longer than zero/],
  [{ minInterval: "1 milli" }, /^RangeError: The waiting option minInterval is 1 milli: expected 1 second or more/],
  [{ tolerance: -1 }, /^RangeError: The waiting option tolerance is -1: expected a whole number/]
]

describe("an invalid option of a wait", () => {
  for (const [name, call] of Object.entries({ ...runs, ...waits })) {
    it.effect.each(invalid)(`ends ${name} before a request: %o`, ([options, message]) =>
      Effect.gen(function* () {
        const { layer, seen } = scripted([() => json({ id: "made", status: "pending" })])
        const cause = yield* Effect.flip(Effect.sandbox(Effect.provide(call(options), layer)))
        assert.match(String(Cause.squash(cause)), message)
        assert.deepStrictEqual(seen, [])
      })
    )
  }
})
