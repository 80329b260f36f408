/** The catalog: searches with a limit, deliveries that are sent once, and their waits. */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import {
  CatalogApi,
  CatalogId,
  CreateIntent,
  Delivery,
  DeliveryId,
  OrderId,
  OrderItemId,
  RetryPolicy,
  StacItemId,
  StoreId
} from "../src/index.js"
import { type Answer, json, once, scripted, status } from "./scripted.js"

const [catalogId, other] = [CatalogId.make("entry-1"), CatalogId.make("entry-2")]
const orderItemId = OrderItemId.make("item-1")
const store = StoreId.make("store-1")

const catalog = <A, E>(use: (catalog: typeof CatalogApi.Service) => Effect.Effect<A, E>) =>
  Effect.flatMap(CatalogApi, use)

interface Sent {
  readonly method: string
  readonly path: string
  readonly body: unknown
}

/** A server of a script for each method. Records the requests. */
const server = (scripts: {
  readonly gets?: ReadonlyArray<() => Answer>
  readonly posts?: ReadonlyArray<() => Answer>
}) => {
  const sent: Array<Sent> = []
  const next = (script: ReadonlyArray<() => Answer>, method: string) => {
    const count = sent.filter((it) => it.method === method).length
    return script[Math.min(count, script.length) - 1]?.() ?? status(500)
  }
  const fetch: typeof globalThis.fetch = async (url, init) => {
    const { pathname, search } = new URL(String(url))
    if (pathname === "/ping") return json("pong")
    const method = init?.method ?? "GET"
    const text = method === "POST" ? await new Response(init?.body).text() : ""
    sent.push({ method, path: pathname + search, body: text === "" ? undefined : JSON.parse(text) })
    const answer = next((method === "GET" ? scripts.gets : scripts.posts) ?? [], method)
    if (answer instanceof Error) throw answer
    return answer === "never" ? new Promise(() => {}) : answer
  }
  return { sent, layer: scripted([], once, fetch).layer }
}

describe("a search of the catalog", () => {
  it.effect("is sent in the documented form, always with a limit", () =>
    Effect.gen(function* () {
      const { layer, sent } = server({ posts: [() => json({ catalogs: null, pagination: { total: 0 } })] })
      yield* Effect.provide(
        catalog((it) =>
          it.search({
            ids: [catalogId],
            itemIds: [StacItemId.make("TD2_1")],
            orderIds: [OrderId.make("order-1")],
            orderItemIds: [orderItemId],
            query: { usecase: { eq: "AGRICULTURE" } },
            sortBy: [{ field: "datetime", direction: "desc" }, { field: "gsd" }]
          })
        ),
        layer
      )
      yield* Effect.provide(
        catalog((it) => Stream.runDrain(it.searchAll({}))),
        layer
      )
      assert.deepStrictEqual(
        sent.map(({ body }) => body),
        [
          {
            ids: ["entry-1"],
            item_ids: ["TD2_1"],
            order_ids: ["order-1"],
            order_item_ids: ["item-1"],
            query: { usecase: { eq: "AGRICULTURE" } },
            sort_by: [{ datetime: "DESC" }, { gsd: "ASC" }],
            limit: 50
          },
          { limit: 50, offset: 0 }
        ]
      )
    })
  )

  it.effect("merges both sides of the antimeridian by the properties of the images", () =>
    Effect.gen(function* () {
      const entry = (id: string, clouds: number) => ({ id, details: { id: `image-${id}`, properties: { clouds } } })
      const pages = [
        [entry("a", 9), entry("b", 3)],
        [entry("c", 5), entry("a", 9)]
      ].map((catalogs) => () => json({ catalogs, pagination: { total: 2 } }))
      const { layer } = server({ posts: pages })
      const found = yield* Effect.provide(
        catalog((it) =>
          it.search({ bbox: [170, 0, -170, 1], sortBy: [{ field: "clouds", direction: "desc" }], limit: 2 })
        ),
        layer
      )
      assert.deepStrictEqual<ReadonlyArray<string>>(
        found.entries.map(({ id }) => id),
        ["a", "c"]
      )
      assert.deepStrictEqual(found.pagination, Option.none())
    })
  )

  it.effect("refuses lists of ids that are empty", () =>
    Effect.gen(function* () {
      const { layer, sent } = server({})
      const error = yield* Effect.flip(
        Effect.provide(
          catalog((it) => it.search({ orderItemIds: [], itemIds: [] })),
          layer
        )
      )
      assert.deepInclude(error, { _tag: "PixxelInvalidInput", path: "itemIds" })
      assert.isEmpty(sent)
    })
  )
})

describe("an entry", () => {
  it.effect.each(["deliveries", "download", "search"])("is not got by the name of another path: %s", (id) =>
    Effect.gen(function* () {
      const { layer, sent } = server({})
      const error = yield* Effect.flip(
        Effect.provide(
          catalog((it) => it.get({ catalogId: CatalogId.make(id) })),
          layer
        )
      )
      assert.deepInclude(error, { _tag: "PixxelInvalidInput", path: "catalogId" })
      assert.isEmpty(sent)
    })
  )
})

describe("a download of entries", () => {
  it.effect("has an empty list of the other ids", () =>
    Effect.gen(function* () {
      const { layer, sent } = server({ posts: [() => json({ id: "d", status: "created" }, { status: 201 })] })
      yield* Effect.provide(
        catalog((it) =>
          Effect.zip(
            it.requestDownload({ catalogIds: [catalogId] }),
            it.requestDownload({ orderItemIds: [orderItemId] })
          )
        ),
        layer
      )
      assert.deepStrictEqual(
        sent.map(({ body }) => body),
        [
          { catalog_ids: ["entry-1"], order_item_ids: [] },
          { catalog_ids: [], order_item_ids: ["item-1"] }
        ]
      )
    })
  )

  const wrong: ReadonlyArray<readonly [path: string, contents: object]> = [
    ["the input", {}],
    ["the input", { catalogIds: [catalogId], orderItemIds: [orderItemId] }],
    ["catalogIds", { catalogIds: [] }],
    ["orderItemIds", { orderItemIds: [orderItemId, orderItemId] }]
  ]
  it.effect.each(wrong)("is refused for a wrong %s: %j", ([path, contents]) =>
    Effect.gen(function* () {
      const { layer, sent } = server({})
      const error = yield* Effect.flip(
        Effect.provide(
          catalog((it) => it.requestDownload(Object(contents))),
          layer
        )
      )
      assert.deepInclude(error, { _tag: "PixxelInvalidInput", path })
      assert.isEmpty(sent)
    })
  )
})

/** A delivery as the server lists it. */
const listed = (id: string, more: object = {}) => ({
  delivery_id: id,
  catalog_id: "entry-1",
  task_id: null,
  status: "CREATED",
  cloud_delivery: { config: "store-1", path: "fields/" },
  ...more
})
const list =
  (...deliveries: ReadonlyArray<object>) =>
  () =>
    json({ deliveries })
const lost = () => new TypeError("fetch failed")

/** Delivers the first entry, or other contents. */
const deliver = (contents: CatalogApi.Contents = { catalogIds: [catalogId] }) =>
  catalog((it) => it.deliver({ deliveries: [{ ...contents, store, path: "fields" }] }))

/** Runs an effect while time passes. */
const inTime = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(self)
    yield* TestClock.adjust("5 minutes")
    return yield* Fiber.join(fiber)
  })

const creates = (sent: ReadonlyArray<Sent>) => sent.filter(({ method }) => method === "POST").length

describe("deliver", () => {
  it.effect("lists the deliveries of its ids, and sends both lists of ids", () =>
    Effect.gen(function* () {
      const { layer, sent } = server({
        gets: [list()],
        posts: [() => json({ deliveries: [listed("d-1")] }, { status: 201 })]
      })
      const [found] = yield* Effect.provide(
        catalog((it) =>
          it.deliver({
            deliveries: [
              { catalogIds: [catalogId, other], store, path: "fields" },
              { orderItemIds: [orderItemId], store },
              { catalogIds: [catalogId], store, path: "again" }
            ]
          })
        ),
        layer
      )
      assert.instanceOf(found, Delivery)
      assert.deepStrictEqual(
        sent.map(({ path }) => path),
        [
          "/v0/catalogs/deliveries?catalog_id=entry-1",
          "/v0/catalogs/deliveries?catalog_id=entry-2",
          "/v0/catalogs/deliveries?order_item_id=item-1",
          "/v0/catalogs/deliveries"
        ]
      )
      assert.deepStrictEqual(sent[3]?.body, {
        deliveries: [
          {
            catalog_ids: ["entry-1", "entry-2"],
            order_item_ids: [],
            cloud_info: { config: "store-1", path: "fields" }
          },
          { catalog_ids: [], order_item_ids: ["item-1"], cloud_info: { config: "store-1" } },
          { catalog_ids: ["entry-1"], order_item_ids: [], cloud_info: { config: "store-1", path: "again" } }
        ]
      })
    })
  )

  const old = listed("old", { status: "SUCCESS" })
  const adopted: ReadonlyArray<
    readonly [
      what: string,
      gets: ReadonlyArray<() => Answer>,
      contents: CatalogApi.Contents,
      ids: ReadonlyArray<string>
    ]
  > = [
    ["the new delivery of its entry", [list(old), list(old, listed("new"))], { catalogIds: [catalogId] }, ["new"]],
    [
      "one that appears later",
      [list(old), list(old), list(old), list(old, listed("new"))],
      { catalogIds: [catalogId] },
      ["new"]
    ],
    [
      "one after a list that failed",
      [list(), () => status(500), list(listed("new"))],
      { catalogIds: [catalogId] },
      ["new"]
    ],
    [
      "those of each entry",
      [list(), list(), list(listed("new-1")), list(listed("new-2", { catalog_id: "entry-2" }))],
      { catalogIds: [catalogId, other] },
      ["new-1", "new-2"]
    ],
    [
      "all of an order item, at the end of the grace",
      [list(), list(listed("new-1")), list(listed("new-1"), listed("new-2", { catalog_id: "entry-2" }))],
      { orderItemIds: [orderItemId] },
      ["new-1", "new-2"]
    ],
    [
      "none of an order by itself",
      [list(), list(listed("auto", { task_id: "task-1" }), listed("new"))],
      { catalogIds: [catalogId] },
      ["new"]
    ]
  ]
  it.effect.each(adopted)("adopts %s after a lost answer, and sends nothing again", ([_, gets, contents, ids]) =>
    Effect.gen(function* () {
      for (const post of [lost, () => status(502), () => json({ deliveries: [] }, { status: 201 }), () => json("?")]) {
        const { layer, sent } = server({ gets, posts: [post] })
        const found = yield* inTime(Effect.provide(deliver(contents), layer))
        assert.deepStrictEqual<ReadonlyArray<string>>(
          found.map(({ id }) => id),
          ids
        )
        assert.strictEqual(creates(sent), 1)
      }
    })
  )

  const unknown: ReadonlyArray<
    readonly [what: string, gets: ReadonlyArray<() => Answer>, candidates: ReadonlyArray<string>]
  > = [
    ["no new one", [list(old), list(old)], []],
    ["one for another store", [list(), list(listed("new", { cloud_delivery: { config: "store-2" } }))], ["new"]],
    [
      "one in another folder",
      [list(), list(listed("new", { cloud_delivery: { config: "store-1", path: "x" } }))],
      ["new"]
    ],
    ["one without a place", [list(), list(listed("new", { cloud_delivery: null }))], ["new"]],
    [
      "one beside another without a place",
      [list(), list(listed("new"), listed("n-2", { cloud_delivery: null }))],
      ["new", "n-2"]
    ],
    ["two of the same entry", [list(), list(listed("new"), listed("n-2"))], ["new", "n-2"]],
    ["lists that fail", [list(), () => status(500)], []]
  ]
  it.effect.each(unknown)("does not know its outcome with %s", ([_, gets, candidates]) =>
    Effect.gen(function* () {
      const { layer, sent } = server({ gets, posts: [lost] })
      const error = yield* inTime(Effect.flip(Effect.provide(deliver(), layer)))
      if (error._tag !== "CreateOutcomeUnknown") return assert.fail(error.message)
      assert.isFalse(error.isRetryable)
      assert.deepStrictEqual(
        error.candidates.map(({ id }) => id),
        candidates
      )
      assert.include(error.message, "List the deliveries of store store-1")
      assert.strictEqual(String(error.target), "Delivery(catalogIds: entry-1, orderItemIds: , storeIds: store-1)")
      assert.strictEqual(creates(sent), 1)
    })
  )

  it.effect("has a record that can be stored, if calls have no deadline", () =>
    Effect.gen(function* () {
      const { layer } = server({ gets: [list()], posts: [lost] })
      const withoutDeadline = RetryPolicy.withOptions(deliver(), { timeout: Duration.infinity })
      const error = yield* inTime(Effect.flip(Effect.provide(withoutDeadline, layer)))
      if (error._tag !== "CreateOutcomeUnknown") return assert.fail(error.message)
      const stored = yield* Schema.encode(Schema.parseJson(CreateIntent))(error.intent)
      const { timeout } = yield* Schema.decode(Schema.parseJson(CreateIntent))(stored)
      assert.deepStrictEqual(timeout, RetryPolicy.defaults.timeout)
    })
  )

  const outcomes: ReadonlyArray<readonly [string, () => Answer, RegExp]> = [
    ["that it created", () => json({ deliveries: [listed("d-1")] }, { status: 201 }), /It created d-1\./],
    ["that it may have created", () => "never", /may have been created/],
    ["of a refusal: none", () => status(400), /^$/]
  ]
  it.effect.each(outcomes)("logs to an interrupted caller the deliveries %s", ([, post, expected]) =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.replace(
        Logger.defaultLogger,
        Logger.make(({ message }) => void lines.push(String(message)))
      )
      const { layer, sent } = server({ gets: [list()], posts: [post] })
      const slow = Effect.provide(deliver(), layer).pipe(Effect.provide(logger))
      const fiber = yield* Effect.fork(slow)
      yield* Effect.repeat(Effect.yieldNow(), { until: () => sent.some(({ method }) => method === "POST") })
      const interrupting = yield* Effect.fork(Fiber.interrupt(fiber))
      yield* TestClock.adjust("10 minutes")
      yield* Fiber.join(interrupting)
      assert.match(lines.filter((line) => line.includes("interrupted")).join("\n"), expected)
    })
  )

  it.effect("names the deliveries that are under way after a 409", () =>
    Effect.gen(function* () {
      const done = listed("done", { status: "SUCCESSFUL" })
      const elsewhere = listed("elsewhere", { cloud_delivery: { config: "store-2" } })
      const gets = [list(old), list(old, done, elsewhere, listed("open", { status: "IN_PROGRESS" }))]
      const { layer } = server({ gets, posts: [() => status(409)] })
      const error = yield* Effect.flip(Effect.provide(deliver(), layer))
      assert.deepInclude(error, { _tag: "DeliveryUnderWay", deliveryIds: [DeliveryId.make("open")] })
      assert.include(error.message, "open is under way")
    })
  )

  it.effect.each([
    [() => status(409), "PixxelConflict"],
    [() => status(400), "PixxelBadRequest"],
    [() => status(403), "PixxelForbidden"]
  ] as const)("fails with the refusal of the server", ([post, tag]) =>
    Effect.gen(function* () {
      const { layer } = server({ gets: [list(old)], posts: [post] })
      assert.propertyVal(yield* Effect.flip(Effect.provide(deliver(), layer)), "_tag", tag)
    })
  )

  it.effect("is not sent if the list before it fails", () =>
    Effect.gen(function* () {
      const { layer, sent } = server({ gets: [() => status(500)] })
      const error = yield* Effect.flip(Effect.provide(deliver(), layer))
      assert.deepInclude(error, { _tag: "CreateNotSent", isRetryable: true })
      assert.strictEqual(creates(sent), 0)
    })
  )

  it.effect("is refused with all of its mistakes", () =>
    Effect.gen(function* () {
      const { layer, sent } = server({})
      const deliveries = [{ store: "" }, { catalogIds: [catalogId, catalogId], store }]
      const error = yield* Effect.flip(
        Effect.provide(
          catalog((it) => it.deliver({ deliveries: Object(deliveries) })),
          layer
        )
      )
      if (error._tag !== "PixxelInvalidInput") return assert.fail(error.message)
      assert.deepStrictEqual(
        [error, ...error.others].map(({ path }) => path),
        ["deliveries[0]", "deliveries[0].store", "deliveries[1].catalogIds"]
      )
      assert.isEmpty(sent)
    })
  )
})

describe("a wait for a delivery", () => {
  const wait = catalog((it) => it.waitForDelivery({ deliveryId: DeliveryId.make("d-1") }))
  const of = (word: string) => list(listed("d-1", { status: word }))

  it.effect.each(["SUCCESS", "SUCCESSFUL"])("ends with %s, over any other words", (word) =>
    Effect.gen(function* () {
      const words = ["CREATED", "PENDING", "UNSPECIFIED", "a_word_of_tomorrow", "IN_PROGRESS", word]
      const { layer } = server({ gets: words.map(of) })
      const found = yield* inTime(Effect.provide(wait, layer))
      assert.deepInclude(found, { status: Option.some(word), outcome: "succeeded", isAutomatic: false })
    })
  )

  it.effect("fails with the store of a failed delivery", () =>
    Effect.gen(function* () {
      const { layer } = server({ gets: [of("IN_PROGRESS"), of("FAILED")] })
      const error = yield* inTime(Effect.flip(Effect.provide(wait, layer)))
      assert.deepInclude(error, {
        _tag: "DeliveryFailed",
        status: "FAILED",
        catalogId: Option.some("entry-1"),
        storeId: Option.some("store-1")
      })
    })
  )

  it.effect("fails for a delivery that no list shows", () =>
    Effect.gen(function* () {
      const { layer } = server({ gets: [list(listed("d-2"))] })
      const error = yield* inTime(Effect.flip(Effect.provide(wait, layer)))
      assert.propertyVal(error, "_tag", "PixxelNotFound")
      assert.include(error.message, "without the delivery d-1")
    })
  )

  it.effect("knows one that it has just made, although a list lags behind", () =>
    Effect.gen(function* () {
      const gets = [list(), list(), of("SUCCESS")]
      const { layer } = server({ gets, posts: [() => json({ deliveries: [listed("d-1")] }, { status: 201 })] })
      const found = yield* inTime(
        Effect.provide(
          catalog((it) =>
            Effect.flatMap(it.deliver({ deliveries: [{ catalogIds: [catalogId], store }] }), (made) =>
              Effect.forEach(made, ({ id }) => it.waitForDelivery({ deliveryId: id }))
            )
          ),
          layer
        )
      )
      assert.deepStrictEqual(
        found.map(({ outcome }) => outcome),
        ["succeeded"]
      )
    })
  )
})
