/** Searches of images: the satellites, and the traps of a search. */
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { CollectionId, type Drift, ImageSearch, Satellite, SatelliteId, SearchApi, StacItem } from "../src/index.js"
import { reader } from "../src/internal/model.js"
import { aSearch } from "./field.js"
import { transports, world } from "./integration/world.js"
import { json, once, scripted } from "./scripted.js"

describe.each(transports)("satellites, %s", (transport) => {
  it.effect("are listed with their bands and collections", () => {
    const drifts: Array<Drift.Drift> = []
    const onDrift = (drift: Drift.Drift) => Effect.sync(() => void drifts.push(drift))
    return Effect.gen(function* () {
      const satellites = yield* (yield* SearchApi).satellites()
      assert.deepStrictEqual<ReadonlyArray<string>>(
        satellites.map(({ id }) => id),
        ["sat-firefly-1", "sat-firefly-2", "sat-sentinel-2"]
      )
      const [
        {
          bands: [band],
          collections: [collection],
          name,
          rgbComposite
        } = {} as never
      ] = satellites
      assert.deepStrictEqual(
        [name, band?.name, band?.wavelength, band?.resolution],
        [Option.some("Firefly-1"), Option.some("B1"), Option.some(443), Option.some(5)]
      )
      assert.deepStrictEqual<unknown>(
        [collection?.id, collection?.provider, collection?.queryables, collection?.rescale],
        ["pixxel-ff-l2a", Option.some("pixxel"), ["eo:cloud_cover", "view:off_nadir"], [0, 3000]]
      )
      assert.deepStrictEqual(rgbComposite, { blue: "B2", green: "B3", red: "B4" })
      assert.isEmpty(drifts)
    }).pipe(Effect.provide(Layer.fresh(world(transport, { onDrift }))))
  })

  it.effect("are none in the form of Go", () =>
    Effect.gen(function* () {
      assert.isEmpty(yield* (yield* SearchApi).satellites())
    }).pipe(Effect.provide(scripted([() => json({ satellites: null })], once).layer))
  )
})

const firefly2 = { satelliteId: SatelliteId.make("sat-firefly-2"), collectionId: CollectionId.make("pixxel-ff-l2a") }
const [june14, june21, june28] = [
  "FF01_000321_20250614_L2A_20250616_00501135",
  "FF01_000338_20250621_L2A_20250623_00501135",
  "FF01_000352_20250628_L2A_20250630_00501135"
]

const idsOf = (items: Iterable<StacItem>): ReadonlyArray<string> => [...items].map(({ id }) => id).sort()

describe.each(transports)("images, %s", (transport) => {
  const over = <A, E>(
    use: (search: typeof SearchApi.Service) => Effect.Effect<A, E>,
    options: Parameters<typeof world>[1] = {}
  ) => Effect.flatMap(SearchApi, use).pipe(Effect.provide(Layer.fresh(world(transport, options))))

  const found = (input: Partial<SearchApi.SearchInput>, options?: Parameters<typeof world>[1]) =>
    over((it) => Stream.runCollect(it.imagesAll({ ...aSearch, ...input })), options).pipe(Effect.map(idsOf))

  it.effect("are an answer with its total, in the form of a map", () =>
    Effect.gen(function* () {
      const drifts: Array<Drift.Drift> = []
      const onDrift = (drift: Drift.Drift) => Effect.sync(() => void drifts.push(drift))
      const answer = yield* over((it) => it.images({ ...aSearch, limit: 2 }), { onDrift })
      assert.deepInclude(answer, { total: Option.some(3), isComplete: false, nextToken: Option.none() })
      assert.deepStrictEqual(idsOf(answer.items), [june21, june28])
      assert.isTrue((yield* over((it) => it.images(aSearch))).isComplete)
      assert.isEmpty(drifts)
    })
  )

  const filters: ReadonlyArray<readonly [Partial<SearchApi.SearchInput>, ReadonlyArray<string>]> = [
    [{}, [june14, june21, june28]],
    [{ filters: { "eo:cloud_cover": { min: 0, max: 20 } } }, [june14, june21]],
    [{ filters: { "eo:cloud_cover": { min: 5, max: 100 }, "view:off_nadir": { min: 10, max: 30 } } }, [june21]],
    [{ end: DateTime.unsafeMake("2025-06-14T05:21:07.415Z") }, [june14]],
    [{ satellites: [firefly2] }, ["FF02_000117_20250609_L2A_20250611_00501135"]],
    [
      {
        geometry: {
          type: "Polygon",
          coordinates: [
            [
              [10, 50],
              [11, 50],
              [11, 51],
              [10, 50]
            ]
          ]
        }
      },
      []
    ]
  ]
  it.effect.each(filters)("are filtered: %j", ([input, expected]) =>
    Effect.map(found(input), (ids) => assert.deepStrictEqual(ids, expected))
  )

  const forms: ReadonlyArray<readonly [Parameters<typeof world>[1], number]> = [
    [{}, 1],
    [{}, 2],
    [{ quirks: { searchItems: "list" } }, 1],
    [{ quirks: { nextToken: true } }, 1],
    [{ quirks: { nextToken: true, searchItems: "list" } }, 2]
  ]
  it.effect.each(forms)("are all found by parts: %j, limit %i", ([options, limit]) =>
    Effect.map(found({ limit }, options), (ids) => assert.deepStrictEqual(ids, [june14, june21, june28]))
  )

  it.effect("are refused for an unknown collection", () =>
    Effect.gen(function* () {
      const satellites = [{ ...firefly2, collectionId: CollectionId.make("none") }]
      const error = yield* Effect.flip(over((it) => it.images({ ...aSearch, satellites })))
      assert.propertyVal(error, "_tag", "PixxelBadRequest")
      assert.include(error.message, "satellites[0].collection_id")
    })
  )
})

interface Body {
  readonly start_date: string
  readonly end_date: string
  readonly limit: number
  readonly next_token?: string
}

/** A server with images at these times, which answers at most `most` of a search. Records the bodies of requests. */
const server = (
  times: ReadonlyArray<number>,
  most: number,
  answer: (page: { items: ReadonlyArray<object>; total: number; body: Body }) => object = ({ items, total }) => ({
    items: Object.fromEntries(items.map((item) => [Object(item).id, item])),
    pagination: { limit: most, skip: 0, total }
  })
) => {
  const bodies: Array<Body> = []
  const fetch: typeof globalThis.fetch = async (_, init) => {
    const body: Body = JSON.parse(await new Response(init?.body).text())
    bodies.push(body)
    const [start, end] = [Date.parse(body.start_date), Date.parse(body.end_date)]
    const all = times.flatMap((time, index) =>
      time >= start && time <= end ? [{ id: `i${index}`, properties: { datetime: new Date(time).toISOString() } }] : []
    )
    return json(answer({ items: all.slice(0, Math.min(most, body.limit)), total: all.length, body }))
  }
  const { layer } = scripted([], once, fetch)
  const ids = (limit?: number) =>
    Effect.flatMap(SearchApi, (it) => Stream.runCollect(it.imagesAll({ ...aSearch, limit }))).pipe(
      Effect.map((all) => Chunk.toReadonlyArray(all).map(({ id }) => String(id))),
      Effect.provide(layer)
    )
  return { bodies, ids, layer }
}

const first = DateTime.toEpochMillis(aSearch.start)
const last = DateTime.toEpochMillis(aSearch.end)

describe("a search for all images", () => {
  const time = fc.oneof(fc.integer({ min: first, max: last }), fc.integer({ min: last - 3, max: last }))

  it.effect.prop(
    "finds each image once, however few an answer has",
    [fc.uniqueArray(time), fc.integer({ min: 2, max: 7 })],
    ([times, most]) =>
      Effect.gen(function* () {
        const ids = yield* server(times, most).ids()
        assert.sameMembers(
          ids,
          times.map((_, index) => `i${index}`)
        )
        assert.strictEqual(new Set(ids).size, ids.length)
      })
  )

  it.effect("sends the documented form, with times to the millisecond", () =>
    Effect.gen(function* () {
      const { bodies, layer } = server([], 10)
      yield* Effect.flatMap(SearchApi, (it) =>
        it.images({ ...aSearch, filters: { "eo:cloud_cover": { min: 0, max: 20 } }, limit: 5 })
      ).pipe(Effect.provide(layer))
      assert.deepStrictEqual<unknown>(bodies, [
        {
          start_date: "2025-06-01T00:00:00.000Z",
          end_date: "2025-07-01T00:00:00.000Z",
          satellites: [{ collection_id: "pixxel-ff-l2a", satellite_id: "sat-firefly-1" }],
          geometry: aSearch.geometry,
          filters: [{ id: "eo:cloud_cover", min: 0, max: 20 }],
          limit: 5
        }
      ])
    })
  )

  it.effect("ends with the received images and an error, if those of one instant exceed the limit", () =>
    Effect.gen(function* () {
      const instant = first + 86_400_000
      const { bodies, layer } = server([instant, instant, instant], 2)
      const seen: Array<string> = []
      const error = yield* Effect.flatMap(SearchApi, (it) =>
        Stream.runForEach(it.imagesAll(aSearch), ({ id }) => Effect.sync(() => seen.push(id)))
      ).pipe(Effect.flip, Effect.provide(layer))
      assert.deepInclude(error, { _tag: "SearchLimitExceeded", received: 2, total: Option.some(3), isRetryable: false })
      assert.match(error.message, /received 2 of 3 images at 2025-06-(01T23:59:59.999|02T00:00:00.000)Z/)
      assert.deepStrictEqual(seen, ["i0", "i1"])
      assert.isBelow(bodies.length, 70)
    })
  )

  it.effect("sends a token on, and halves no range that has tokens", () =>
    Effect.gen(function* () {
      const times = Array.from({ length: 7 }, (_, index) => first + index)
      const { bodies, ids } = server(times, 100, ({ body, total }) => {
        const skip = Number(body.next_token ?? 0)
        const items = times.slice(skip, skip + 3).map((_, index) => ({ id: `i${skip + index}` }))
        return { items, pagination: { total }, ...(skip + 3 < total && { next_token: String(skip + 3) }) }
      })
      assert.strictEqual((yield* ids()).length, 7)
      assert.deepStrictEqual(
        bodies.map(({ next_token }) => next_token),
        [undefined, "3", "6"]
      )
    })
  )

  it.effect("does not follow tokens that lead to the same images", () =>
    Effect.gen(function* () {
      let token = 0
      const { bodies, ids } = server([first], 1, ({ items, total }) => ({
        items,
        pagination: { total },
        next_token: `t${token++}`
      }))
      assert.deepStrictEqual(yield* ids(), ["i0"])
      assert.strictEqual(bodies.length, 2)
    })
  )

  it.effect("counts images that cannot be read", () =>
    Effect.gen(function* () {
      const { bodies, ids } = server([first, first], 5, ({ total }) => ({
        items: { a: { id: "a" }, b: { type: "Feature" } },
        pagination: { total }
      }))
      assert.deepStrictEqual(yield* ids(), ["a"])
      assert.strictEqual(bodies.length, 1)
    })
  )

  it.effect("compares with the limit if an answer has no total", () =>
    Effect.gen(function* () {
      const times = Array.from({ length: 9 }, (_, index) => first + index * 1_000_000)
      const { ids } = server(times, 4, ({ items }) => ({ items }))
      assert.strictEqual((yield* ids(4)).length, 9)
    })
  )
})

describe("an answer to a search", () => {
  const read = (body: object) => Option.getOrThrow(reader(ImageSearch)(body, "", []))
  const answers: ReadonlyArray<readonly [body: object, isComplete: boolean]> = [
    [{ items: { a: { id: "a" } }, pagination: { limit: 1, skip: 0, total: 1 } }, true],
    [{ items: { a: { id: "a" } }, pagination: { total: 2 } }, false],
    [{ items: { a: { id: "a" } }, pagination: { total: 1 }, next_token: "t" }, false],
    [{ items: [{ id: "a" }], pagination: { limit: 2 } }, true],
    [{ items: [{ id: "a" }], pagination: { limit: 1 } }, false],
    [{ items: [{ id: "a" }] }, false],
    [{ items: null }, true],
    [{}, true]
  ]
  it.each(answers)("%j is complete: %s", (body, isComplete) => {
    assert.strictEqual(read(body).isComplete, isComplete)
  })

  it("says skip for the offset", () => {
    const { pagination } = read({ items: {}, pagination: { limit: 10, skip: 7, total: 9 } })
    assert.deepStrictEqual(Option.getOrThrow(pagination).offset, Option.some(7))
  })
})

describe("an input", () => {
  const { end, start } = aSearch
  const wrong: ReadonlyArray<readonly [path: string, input: Partial<SearchApi.SearchInput>]> = [
    ["end", { end: start }],
    ["end", { start: end, end: start }],
    ["satellites", { satellites: [] }],
    ["limit", { limit: 0 }],
    ["limit", { limit: 10_001 }],
    ["limit", { limit: 1.5 }],
    ["filters.eo:cloud_cover", { filters: { "eo:cloud_cover": { min: 20, max: 10 } } }],
    ["filters.eo:cloud_cover", { filters: { "eo:cloud_cover": { min: 0, max: 0.5 } } }],
    [
      "geometry.coordinates[0]",
      {
        geometry: {
          type: "Polygon",
          coordinates: [
            [
              [0, 0],
              [1, 1],
              [0, 0]
            ]
          ]
        }
      }
    ]
  ]
  it.effect.each(["start", "end"])("is not sent with a Date as %s, which JavaScript does not refuse", (path) =>
    Effect.gen(function* () {
      const { bodies, layer } = server([], 1)
      const search = yield* Effect.provide(SearchApi, layer)
      const error = yield* Effect.flip(search.images({ ...aSearch, [path]: new Date(0) }))
      assert.deepInclude(error, { _tag: "PixxelInvalidInput", path, found: "a Date", expected: "a DateTime" })
      assert.isEmpty(bodies)
    })
  )

  it.effect.each(wrong)("is not sent with a wrong %s: %j", ([path, input]) =>
    Effect.gen(function* () {
      const { bodies, layer } = server([], 1)
      const search = yield* Effect.provide(SearchApi, layer)
      const errors = [
        yield* Effect.flip(search.images({ ...aSearch, ...input })),
        yield* Effect.flip(Stream.runDrain(search.imagesAll({ ...aSearch, ...input })))
      ]
      for (const error of errors) assert.deepInclude(error, { _tag: "PixxelInvalidInput", path })
      assert.isEmpty(bodies)
    })
  )
})

describe("a filter that is no queryable of its collections", () => {
  const source = { satelliteId: SatelliteId.make("sat-1"), collectionId: CollectionId.make("c-1") }
  const known = { ...source, queryables: ["eo:cloud_cover", "view:off_nadir"] }
  const none = { ...source, collectionId: CollectionId.make("c-2"), queryables: [] }
  const range = { min: 0, max: 20 }
  const clouds = { "eo:cloud_cover": range }
  const misspelt = { cloud_cover: range }
  const warning =
    "WARN The filter cloud_cover is no queryable of the collection c-1, which has eo:cloud_cover, view:off_nadir: the server may refuse or ignore it."

  /** The lines that searches log, and the number of their requests. */
  const logged = (...inputs: ReadonlyArray<Partial<SearchApi.SearchInput>>) => {
    const lines: Array<string> = []
    const logger = Logger.make(({ logLevel, message }) => void lines.push(`${logLevel.label} ${message}`))
    const { layer, seen } = scripted([() => json({ items: {} })])
    return Effect.gen(function* () {
      const api = yield* SearchApi
      for (const input of inputs) {
        yield* api.images({ ...aSearch, ...input })
        yield* Stream.runDrain(api.imagesAll({ ...aSearch, ...input }))
      }
      return { lines, requests: seen.map(({ url }) => new URL(url).pathname) }
    }).pipe(Effect.provide(layer), Effect.provide(Logger.replace(Logger.defaultLogger, logger)))
  }

  const rows: ReadonlyArray<
    readonly [what: string, inputs: ReadonlyArray<Partial<SearchApi.SearchInput>>, lines: ReadonlyArray<string>]
  > = [
    ["is logged once by a client", [1, 2].map(() => ({ satellites: [known], filters: misspelt })), [warning]],
    [
      "is logged once for a collection of two satellites",
      [{ satellites: [known, { ...known, satelliteId: SatelliteId.make("sat-2") }], filters: misspelt }],
      [warning]
    ],
    [
      "is logged for the collections that lack it",
      [
        {
          satellites: [known, { ...known, collectionId: none.collectionId, queryables: ["cloud_cover"] }],
          filters: misspelt
        }
      ],
      [warning]
    ],
    ["is not logged if it is one", [{ satellites: [known], filters: clouds }], []],
    ["is not known without the queryables of the caller", [{ satellites: [source, none], filters: misspelt }], []]
  ]
  for (const [what, inputs, lines] of rows) {
    it.effect(`${what}, and is sent`, () =>
      Effect.gen(function* () {
        const found = yield* logged(...inputs)
        assert.deepStrictEqual(found.lines, lines)
        // no request of the client's own
        assert.deepStrictEqual(found.requests, Array(2 * inputs.length).fill("/v0/search"))
      })
    )
  }

  it("is known from a listed satellite", () => {
    const [satellite] = [
      reader(Satellite)(
        { id: "sat-1", collections: [{ id: "c-1", queryables: ["eo:cloud_cover"] }, { id: "c-2" }] },
        "",
        []
      )
    ].flatMap(Option.toArray)
    assert.deepStrictEqual<unknown>(satellite?.sources, [{ ...source, queryables: ["eo:cloud_cover"] }, none])
  })
})

describe("an image", () => {
  const item = {
    id: "a",
    bbox: ["79", "20.9", "79.5", "21.3"],
    geometry: { type: "Polygon", coordinates: [] },
    properties: { datetime: "2025-06-14T05:21:07.415Z", "eo:cloud_cover": 4, gsd: "5", platform: "Firefly-1", other: 1 }
  }
  const read = (json: object) => Option.getOrThrow(reader(StacItem)(json, "", []))

  it("has getters for its properties", () => {
    const { clouds, datetime, gsd, platform } = read(item)
    assert.deepStrictEqual(
      [clouds, gsd, platform, Option.map(datetime, DateTime.formatIso)],
      [Option.some(4), Option.some(5), Option.some("Firefly-1"), Option.some("2025-06-14T05:21:07.415Z")]
    )
    const bare = read({ id: "a", properties: { datetime: null, "eo:cloud_cover": "?" } })
    assert.deepInclude(bare, { clouds: Option.none(), datetime: Option.none(), gsd: Option.none() })
  })

  it("is a feature of GeoJSON", () => {
    assert.deepStrictEqual<unknown>(read(item).toGeoJson(), {
      type: "Feature",
      id: "a",
      bbox: [79, 20.9, 79.5, 21.3],
      geometry: item.geometry,
      properties: item.properties
    })
    assert.deepStrictEqual<unknown>(read({ id: "a", geometry: { type: "Blob" }, bbox: [1] }).toGeoJson(), {
      type: "Feature",
      id: "a",
      geometry: null,
      properties: null
    })
  })
})
