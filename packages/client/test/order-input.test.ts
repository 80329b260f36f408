/** The items of an order before they are sent: the form that the API needs, and the differences from it. */
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as TestClock from "effect/TestClock"
import { CalendarDate, CaptureTier, OrdersApi, StoreId } from "../src/index.js"
import { archiveIn, polygon, taskingIn } from "./field.js"
import { json, once, projectId, scripted } from "./scripted.js"

const now = "2026-03-01T12:30:00Z"

const tasking = taskingIn(projectId, "2026-03-10", "2026-03-20")
const archive = archiveIn(projectId)

/** Quotes items at noon of the first of March. */
const quoting = (items: ReadonlyArray<unknown>) => {
  const bodies: Array<unknown> = []
  const { layer } = scripted([], once, async (_, init) => {
    bodies.push(JSON.parse(new TextDecoder().decode(Object(init?.body))))
    return json({ total_amount: 1, order_items: [] }, { status: 201 })
  })
  const quote = Effect.flatMap(OrdersApi, (orders) =>
    // programs without types call it too
    orders.quote({ items: items as OrdersApi.QuoteInput["items"] })
  )
  return TestClock.setTime(Date.parse(now)).pipe(
    Effect.zipRight(Effect.either(quote)),
    Effect.map((outcome) => ({ outcome, bodies })),
    Effect.provide(layer)
  )
}

const day = (text: string) => CalendarDate.make(text)

const bad: ReadonlyArray<readonly [what: string, items: ReadonlyArray<unknown>, problems: ReadonlyArray<string>]> = [
  ["without items", [], ["items: an empty list"]],
  [
    "that begins within 24 hours",
    [{ ...tasking, start: day("2026-03-02") }],
    ["items[0].start: 2026-03-02, which begins in 11 hours (UTC),"]
  ],
  [
    "that has begun",
    [{ ...tasking, start: day("2026-02-20") }],
    ["items[0].start: 2026-02-20, which begins in the past (UTC),"]
  ],
  [
    "that ends on its first day",
    [{ ...tasking, end: tasking.start }],
    ["items[0].end: 2026-03-10, which is not after the start 2026-03-10,"]
  ],
  ["with a day that does not exist", [{ ...tasking, start: "2026-02-30" }], ['items[0].start: "2026-02-30"']],
  ["once without an end", [{ ...tasking, end: undefined }], ["items[0].end: missing"]],
  ["once with a number of occurrences", [{ ...tasking, occurrences: 2 }], ["items[0].occurrences: given"]],
  [
    "each month without an end",
    [{ ...tasking, end: undefined, recurrence: "MONTHLY" }],
    ["items[0].end: missing without occurrences"]
  ],
  [
    "each month with an end and a number",
    [{ ...tasking, occurrences: 2, recurrence: "MONTHLY" }],
    ["items[0].end: given with occurrences"]
  ],
  [
    "half an occurrence",
    [{ ...tasking, end: undefined, occurrences: 0.5, recurrence: "MONTHLY" }],
    ["items[0].occurrences: 0.5"]
  ],
  ["without a bandset", [{ ...tasking, bandsetId: "" }], ["items[0].bandsetId: empty"]],
  [
    "with shares out of range",
    [{ ...tasking, cloudCover: 101, offNadir: 12.5 }],
    ["items[0].cloudCover: 101", "items[0].offNadir: 12.5"]
  ],
  [
    "without a project and a use",
    [{ ...archive, projectId: "", usecase: " " }],
    ["items[0].projectId: empty", "items[0].usecase: empty"]
  ],
  ["without images", [{ ...archive, itemIds: [] }], ["items[0].itemIds: an empty list"]],
  ["with an image twice", [{ ...archive, itemIds: ["a", "a"] }], ["items[0].itemIds: a list with an id twice"]],
  ["with a long name", [{ ...archive, name: "n".repeat(101) }], ["items[0].name: a text of 101 characters"]],
  ["with an empty name", [{ ...archive, name: "" }], ["items[0].name: empty"]],
  [
    "with a name twice",
    [
      { ...archive, name: "North" },
      { ...tasking, name: "North" }
    ],
    ["items[1].name: the name of another item"]
  ],
  ["to a store without an id", [{ ...archive, cloudDelivery: { store: "" } }], ["items[0].cloudDelivery.store: empty"]],
  [
    "with a point in a collection",
    [
      {
        ...archive,
        geometry: {
          type: "FeatureCollection",
          features: [
            { type: "Feature", geometry: polygon },
            { type: "Feature", geometry: { type: "Point", coordinates: [79, 21] } }
          ]
        }
      }
    ],
    ['items[0].geometry.features[1].geometry: "Point"']
  ],
  [
    "with problems in several items",
    [
      { ...tasking, bandsetId: "", geometry: { type: "Point" } },
      { ...archive, itemIds: [] }
    ],
    ["items[0].bandsetId: empty", 'items[0].geometry: "Point"', "items[1].itemIds: an empty list"]
  ]
]

describe("an order", () => {
  it.effect.each(bad)("%s is not sent", ([, items, problems]) =>
    Effect.gen(function* () {
      const { bodies, outcome } = yield* quoting(items)
      assert(outcome._tag === "Left" && outcome.left._tag === "PixxelInvalidInput")
      const { found, others, path } = outcome.left
      assert.deepStrictEqual(
        [{ found, path }, ...others].map((it) => `${it.path}: ${it.found}`),
        problems
      )
      assert.isEmpty(bodies)
    })
  )

  it.effect("is sent with days as times, and without fields that were not given", () =>
    Effect.gen(function* () {
      const { bodies } = yield* quoting([
        { ...tasking, cloudCover: 0, cloudDelivery: { store: StoreId.make("store-1"), path: "north/" } },
        { ...archive, name: "North" }
      ])
      const collection = {
        type: "FeatureCollection",
        features: [{ type: "Feature", properties: {}, geometry: polygon }]
      }
      const [
        {
          dry_run,
          order_items: [first, second]
        }
      ] = bodies as [{ dry_run: boolean; order_items: [{ name: string }, object] }]
      assert.isTrue(dry_run)
      const { name, ...rest } = first
      assert.match(name, /^tasking [0-9a-f]{32}$/)
      assert.deepStrictEqual<object>(rest, {
        project_id: projectId,
        geometry: collection,
        usecase: "agriculture",
        recurrence: "ONCE",
        start_date: "2026-03-10T00:00:00Z",
        end_date: "2026-03-20T00:00:00Z",
        cloud_cover: 0,
        bandset: { bandset_id: "bandset-agriculture" },
        cloud_delivery: { config: "store-1", path: "north/" }
      })
      assert.deepStrictEqual<object>(second, {
        project_id: projectId,
        name: "North",
        geometry: collection,
        usecase: "agriculture",
        item_ids: archive.itemIds
      })
    })
  )

  it.effect("may have several areas, and recur for a number of times", () =>
    Effect.gen(function* () {
      const multi = { type: "MultiPolygon", coordinates: [polygon.coordinates] }
      const geometry = {
        type: "FeatureCollection",
        features: [polygon, multi].map((it) => ({ type: "Feature", geometry: it }))
      }
      const item = { ...tasking, end: undefined, occurrences: 3, recurrence: "QUARTERLY", geometry }
      const { bodies } = yield* quoting([item])
      const [
        {
          order_items: [sent]
        }
      ] = bodies as [{ order_items: [Record<string, unknown>] }]
      assert.deepInclude(sent, { recurrence: "QUARTERLY", no_of_occurrences: 3 })
      assert.notProperty(sent, "end_date")
      assert.deepStrictEqual(sent["geometry"], {
        type: "FeatureCollection",
        features: [polygon, multi].map((it) => ({ type: "Feature", properties: {}, geometry: it }))
      })
    })
  )

  it.effect("may begin exactly 24 hours from now", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse("2026-03-01T00:00:00Z"))
      const { layer } = scripted([() => json({ order_items: [] })], once)
      const item = taskingIn(projectId, "2026-03-02", "2026-03-09")
      yield* Effect.provide(
        Effect.flatMap(OrdersApi, (orders) => orders.quote({ items: [item] })),
        layer
      )
    })
  )
})

describe("the tier of a window", () => {
  const tiers: ReadonlyArray<readonly [start: string, end: string, tier: CaptureTier.CaptureTier]> = [
    ["2026-03-03", "2026-03-10", "flexible"],
    ["2026-03-03", "2026-03-09", "expedited"],
    ["2026-03-03", "2026-03-06", "expedited"],
    ["2026-03-03", "2026-03-05", "critical"],
    ["2026-03-03", "2026-03-04", "critical"],
    ["2026-03-08", "2026-03-09", "critical"],
    ["2026-03-09", "2026-03-10", "assured"],
    ["2026-03-09", "2026-03-11", "critical"]
  ]
  it.each(tiers)("from %s to %s is %s", (start, end, tier) => {
    const found = CaptureTier.of({ start: day(start), end: day(end) }, DateTime.unsafeMake(now))
    assert.strictEqual(found, tier)
    assert.strictEqual(CaptureTier.isChargedDespiteClouds(found), CaptureTier.uplifts[found] > 0)
  })

  it("never costs more with a longer window of the same start", () => {
    const dayOf = (at: number) =>
      day(DateTime.formatIsoDateUtc(DateTime.unsafeMake(Date.parse("2026-03-03") + at * 86_400_000)))
    const property = FastCheck.property(
      FastCheck.nat(60),
      FastCheck.integer({ min: 2, max: 40 }),
      FastCheck.integer({ min: 1, max: 40 }),
      (from, days, more) => {
        const upliftOf = (length: number) =>
          CaptureTier.uplifts[
            CaptureTier.of({ start: dayOf(from), end: dayOf(from + length) }, DateTime.unsafeMake(now))
          ]
        assert.isAtMost(upliftOf(days + more), upliftOf(days))
      }
    )
    FastCheck.assert(property)
  })

  it("is billed for 100 km² at least", () => {
    assert.deepStrictEqual([12, 100, 340].map(CaptureTier.billedArea), [100, 100, 340])
  })
})
