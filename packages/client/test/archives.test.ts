/** The archive: its lists without a total, and searches, also across the antimeridian. */
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import {
  ArchivesApi,
  Collection,
  CollectionId,
  type Drift,
  type StacItem,
  StacItemId,
  type StacSearch
} from "../src/index.js"
import { reader } from "../src/internal/model.js"
import { transports, world } from "./integration/world.js"
import { json, once, scripted } from "./scripted.js"

const td2 = { collectionId: CollectionId.make("pixxel-td-l2a") }
const stacItemId = StacItemId.make("TD2_000650_20230404_L2A_20240405_01001067")

const idsOf = (items: Iterable<StacItem>): ReadonlyArray<string> => [...items].map(({ id }) => id.slice(0, 10))

const archives = <A, E>(use: (archives: typeof ArchivesApi.Service) => Effect.Effect<A, E>) =>
  Effect.flatMap(ArchivesApi, use)

const all = (input: ArchivesApi.SearchInput) =>
  Effect.map(
    archives((it) => Stream.runCollect(it.searchAll(input))),
    Chunk.toReadonlyArray
  )

describe.each(transports)("the archive, %s", (transport) => {
  const over = <A, E>(self: Effect.Effect<A, E, ArchivesApi>, options: Parameters<typeof world>[1] = {}) =>
    Effect.provide(self, Layer.fresh(world(transport, options)))

  it.effect("has collections with their bounds and intervals", () =>
    Effect.gen(function* () {
      const drifts: Array<Drift.Drift> = []
      const onDrift = (drift: Drift.Drift) => Effect.sync(() => void drifts.push(drift))
      const [ff, td] = yield* over(
        archives((it) => it.collections()),
        { onDrift }
      )
      assert.deepStrictEqual(ff?.intervals, [{ start: DateTime.unsafeMake("2025-06-01"), end: undefined }])
      assert.deepStrictEqual(td?.boxes, [[-180, -17.13, 180, 21.32]])
      assert.deepStrictEqual(
        td?.providers.map(({ name, roles }) => [name, roles]),
        [[Option.some("Pixxel"), ["producer"]]]
      )
      const ids = [td2.collectionId, CollectionId.make("none")]
      assert.deepStrictEqual<unknown>(yield* over(archives((it) => it.collections({ ids }))), [td])
      assert.deepStrictEqual(yield* over(archives((it) => it.collection(td2))), td)
      assert.isEmpty(drifts)
    })
  )

  it.effect("streams the images of a collection, however small its pages are", () =>
    Effect.gen(function* () {
      const [one] = idsOf((yield* over(archives((it) => it.items({ ...td2, offset: 4 })))).items)
      assert.strictEqual(one, "TD2_000650")
      for (const limit of [1, 2, 5, 7, undefined]) {
        const found = yield* over(archives((it) => Stream.runCollect(it.allItems({ ...td2, limit }))))
        assert.lengthOf(idsOf(found), 5)
      }
    })
  )

  it.effect.each(["texts", "numbers"] as const)("reads bounds of an image that are %s", (bbox) =>
    Effect.gen(function* () {
      const drifts: Array<Drift.Drift> = []
      const onDrift = (drift: Drift.Drift) => Effect.sync(() => void drifts.push(drift))
      const item = yield* over(
        archives((it) => it.item({ ...td2, stacItemId })),
        { onDrift, quirks: { bbox } }
      )
      assert.deepStrictEqual(item.bbox, [77.41, 12.77, 77.84, 13.15])
      assert.deepStrictEqual(item.datetime, Option.some(DateTime.unsafeMake("2023-04-04T05:18:22.610Z")))
      assert.isEmpty(drifts)
    })
  )

  const searches: ReadonlyArray<readonly [ArchivesApi.SearchInput, ReadonlyArray<string>]> = [
    [{ collections: [td2.collectionId], query: { "eo:cloud_cover": { gt: 3, lt: 20 } } }, ["TD2_000816", "TD2_000815"]],
    [{ ids: [stacItemId] }, ["TD2_000650"]],
    [{ bbox: [77, 12, 78, 14], datetime: { end: DateTime.unsafeMake("2024-01-01") } }, ["TD2_000702", "TD2_000650"]],
    [
      {
        intersects: { type: "Feature", properties: null, geometry: { type: "Point", coordinates: [77.42, 12.9] } },
        sortBy: [{ field: "eo:cloud_cover" }],
        limit: 1
      },
      ["TD2_000650", "FF02_00012", "FF01_00029", "FF01_00034"]
    ],
    [{ bbox: [179, -18, -179, -16] }, ["TD2_000815", "TD2_000816"]],
    [{ bbox: [179, -18, -179, -16], sortBy: [{ field: "datetime", direction: "desc" }] }, ["TD2_000816", "TD2_000815"]],
    [{ bbox: [179, -18, -179, -16], offset: 1, limit: 1 }, ["TD2_000816"]]
  ]
  it.effect.each(searches)("is searched: %j", ([input, ids]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(idsOf(yield* over(all(input))), ids)
      const { items } = yield* over(archives((it) => it.search(input)))
      assert.deepStrictEqual(idsOf(items), ids.slice(0, input.limit))
    })
  )
})

const item = (id: string, properties: object = {}) => ({ id, properties })

/** A server that answers searches by a function of their bodies. Records the bodies. */
const server = (answer: (body: { readonly bbox?: StacSearch.Box; readonly offset?: number }) => object) => {
  const bodies: Array<object> = []
  const fetch: typeof globalThis.fetch = async (_, init) => {
    const body = JSON.parse(await new Response(init?.body).text())
    bodies.push(body)
    return json(answer(body))
  }
  return { bodies, layer: scripted([], once, fetch).layer }
}

describe("a search of the archive", () => {
  it.effect("is sent in the documented form", () =>
    Effect.gen(function* () {
      const { bodies, layer } = server(() => ({ features: null }))
      const [start, end] = [DateTime.unsafeMake("2023-04-01"), DateTime.unsafeMake("2023-05-01T12:00:00.5Z")]
      const inputs: ReadonlyArray<ArchivesApi.SearchInput> = [
        {
          collections: [td2.collectionId],
          ids: [stacItemId],
          datetime: { start, end },
          bbox: [77, 12, 78, 13],
          query: { cloudcover: { gt: 0, lt: 10 }, bands: { eq: ["RGB", "B001"] } },
          sortBy: [{ field: "datetime", direction: "desc" }, { field: "eo:cloud_cover" }],
          offset: 5,
          limit: 20
        },
        { datetime: { start } },
        { datetime: { end } },
        { datetime: { start, end: start } },
        {
          intersects: {
            type: "LineString",
            coordinates: [
              [1, 2],
              [3, 4]
            ]
          }
        },
        {}
      ]
      for (const input of inputs) yield* archives((it) => it.search(input)).pipe(Effect.provide(layer))
      assert.deepStrictEqual<unknown>(bodies, [
        {
          collections: ["pixxel-td-l2a"],
          ids: [stacItemId],
          datetime: "2023-04-01T00:00:00.000Z/2023-05-01T12:00:00.500Z",
          bbox: [77, 12, 78, 13],
          query: { cloudcover: { gt: 0, lt: 10 }, bands: { eq: ["RGB", "B001"] } },
          sortby: [
            { field: "properties->>'datetime'", direction: "desc" },
            { field: "properties->>'eo:cloud_cover'", direction: "asc" }
          ],
          offset: 5,
          limit: 20
        },
        { datetime: "2023-04-01T00:00:00.000Z/..", limit: 10 },
        { datetime: "../2023-05-01T12:00:00.500Z", limit: 10 },
        { datetime: "2023-04-01T00:00:00.000Z", limit: 10 },
        {
          intersects: {
            type: "LineString",
            coordinates: [
              [1, 2],
              [3, 4]
            ]
          },
          limit: 10
        },
        { limit: 10 }
      ])
    })
  )

  it.effect("is refused with all of its mistakes, and not sent", () =>
    Effect.gen(function* () {
      const { bodies, layer } = server(() => ({}))
      const input = {
        collections: [],
        ids: [stacItemId, stacItemId],
        datetime: { start: DateTime.unsafeMake("2024-01-01"), end: DateTime.unsafeMake("2023-01-01") },
        bbox: [-200, 10, 0, 5],
        intersects: { type: "Point", coordinates: [0, 91] },
        query: { gsd: {}, clouds: { lt: Number.NaN, eq: [1, Number.POSITIVE_INFINITY] } },
        sortBy: [{ field: "date'time" }],
        offset: -1,
        limit: 0.5
      } as unknown as ArchivesApi.SearchInput // as plain JavaScript may have it
      const expected = [
        "collections",
        "ids",
        "datetime.end",
        "bbox[0]",
        "bbox[3]",
        "intersects",
        "intersects.coordinates",
        "query.gsd",
        "query.clouds.lt",
        "query.clouds.eq",
        "sortBy[0].field",
        "offset",
        "limit"
      ]
      for (const searching of [Effect.asVoid(archives((it) => it.search(input))), Effect.asVoid(all(input))]) {
        const error = yield* Effect.flip(Effect.provide(searching, layer))
        if (error._tag !== "PixxelInvalidInput") return assert.fail(error.message)
        assert.deepStrictEqual(
          [error, ...error.others].map(({ path }) => path),
          expected
        )
      }
      assert.isEmpty(bodies)
    })
  )

  const wrong: ReadonlyArray<readonly [path: string, input: object]> = [
    ["datetime", { datetime: {} }],
    ["bbox", { bbox: [1, 2, 3] }],
    ["bbox[2]", { bbox: [0, 0, Number.NaN, 1] }],
    ["intersects", { intersects: { type: "Circle", coordinates: [0, 0] } }],
    ["intersects", { intersects: { type: "FeatureCollection", features: [] } }],
    [
      "intersects.coordinates[0]",
      {
        intersects: {
          type: "Polygon",
          coordinates: [
            [
              [0, 0],
              [1, 0],
              [0, 0]
            ]
          ]
        }
      }
    ],
    [
      "intersects.coordinates[1]",
      {
        intersects: {
          type: "MultiPoint",
          coordinates: [
            [0, 0],
            ["1", 0]
          ]
        }
      }
    ],
    ["intersects.coordinates", { intersects: { type: "LineString", coordinates: [] } }],
    [
      "intersects.geometries[1].coordinates",
      {
        intersects: {
          type: "GeometryCollection",
          geometries: [{ type: "Point", coordinates: [0, 0] }, { type: "Point" }]
        }
      }
    ]
  ]
  it.effect.each(wrong)("is refused for a wrong %s: %j", ([path, input]) =>
    Effect.gen(function* () {
      const { layer } = server(() => ({}))
      const error = yield* Effect.flip(
        Effect.provide(
          archives((it) => it.search(Object(input))),
          layer
        )
      )
      assert.deepInclude(error, { _tag: "PixxelInvalidInput", path })
    })
  )

  const endings: ReadonlyArray<readonly [what: string, pages: ReadonlyArray<object>, ids: ReadonlyArray<string>]> = [
    ["a short page", [{ features: [item("a"), item("b")] }, { features: [item("c")] }], ["a", "b", "c"]],
    ["an empty page", [{ features: [item("a"), item("b")] }, { features: [] }], ["a", "b"]],
    ["null for a page", [{ features: [item("a"), item("b")] }, { features: null }], ["a", "b"]],
    ["a repeated page", [{ features: [item("a"), item("b")] }, { features: [item("a"), item("b")] }], ["a", "b"]],
    [
      "a short page after one with a link to it",
      [{ features: [item("a")], links: [{ href: "https://x", rel: "next" }] }, { features: [item("b")] }],
      ["a", "b"]
    ],
    [
      "an empty page, also with a link",
      [{ features: [item("a"), item("b")] }, { features: [], links: [{ href: "https://x", rel: "next" }] }],
      ["a", "b"]
    ]
  ]
  it.effect.each(endings)("ends at %s", ([_, pages, ids]) =>
    Effect.gen(function* () {
      let asked = 0
      const { bodies, layer } = server(() => pages[Math.min(asked++, pages.length - 1)] ?? {})
      const found = yield* Effect.provide(all({ limit: 2 }), layer)
      assert.deepStrictEqual<ReadonlyArray<string>>(
        found.map(({ id }) => id),
        ids
      )
      assert.lengthOf(bodies, pages.length)
    })
  )
})

interface Image {
  readonly id: string
  readonly longitude: number
  readonly properties: { readonly clouds?: number }
}

/** Compares images by clouds; those without come last. */
const order = (sign: number) => (one: Image, other: Image) => {
  const [a, b] = [one.properties.clouds, other.properties.clouds]
  return a === undefined || b === undefined ? Number(a === undefined) - Number(b === undefined) : sign * (a - b)
}

describe("a search across the antimeridian", () => {
  /** Some images lie on the antimeridian, on both of its sides. */
  const image = fc.record({
    longitude: fc.constantFrom(-180, -179, -178, 0, 178, 179, 180),
    properties: fc.record({ clouds: fc.integer({ min: 0, max: 5 }) }, { requiredKeys: [] })
  })
  const isIn = ({ longitude }: Image, [west, , east]: StacSearch.Box) =>
    (west <= longitude && longitude <= east) || (Math.abs(longitude) === 180 && (west === -180 || east === 180))

  const input = fc.record({
    images: fc.array(image, { maxLength: 12 }),
    west: fc.constantFrom(178, 179, 180),
    direction: fc.constantFrom("asc" as const, "desc" as const, undefined),
    offset: fc.integer({ min: 0, max: 5 }),
    limit: fc.integer({ min: 1, max: 4 })
  })
  it.effect.prop("has each image once, in the documented order, in a stream and on a page", [input], ([given]) =>
    Effect.gen(function* () {
      const { direction, limit, offset, west } = given
      const images = given.images.map((it, index): Image => ({ ...it, id: `i${index}` }))
      const sort = direction === undefined ? undefined : order(direction === "desc" ? -1 : 1)
      const found = (box: StacSearch.Box) => {
        const inside = images.filter((it) => isIn(it, box))
        return sort === undefined ? inside : [...inside].sort(sort)
      }
      const { bodies, layer } = server(({ bbox = [0, 0, 0, 0], offset = 0 }) => ({
        features: found(bbox).slice(offset, offset + limit)
      }))
      const sides = [...found([west, -10, 180, 10]), ...found([-180, -10, -178, 10])]
      const merged = sort === undefined ? sides : [...sides].sort(sort)
      const expected = [...new Set(merged.map(({ id }) => id))].slice(offset)

      const search: ArchivesApi.SearchInput = {
        bbox: [west, -10, -178, 10],
        sortBy: direction && [{ field: "clouds", direction }],
        offset,
        limit
      }
      const stream = yield* Effect.provide(all(search), layer)
      assert.deepStrictEqual<ReadonlyArray<string>>(
        stream.map(({ id }) => id),
        expected
      )
      const page = yield* Effect.provide(
        archives((it) => it.search(search)),
        layer
      )
      assert.deepStrictEqual<ReadonlyArray<string>>(
        page.items.map(({ id }) => id),
        expected.slice(0, limit)
      )
      for (const { bbox: [left, , right] = [0, 0, 0, 0] } of bodies as ReadonlyArray<{ bbox?: StacSearch.Box }>) {
        assert.isAtMost(left, right)
      }
    })
  )

  it.effect("asks for no page of the east before the west has ended, without an order", () =>
    Effect.gen(function* () {
      const { bodies, layer } = server(() => ({ features: [item("a"), item("b")] }))
      const first = archives((it) => Stream.runHead(it.searchAll({ bbox: [170, 0, -170, 1], limit: 2 })))
      yield* Effect.provide(first, layer)
      assert.lengthOf(bodies, 1)
    })
  )

  it.effect("fails with the error of either side", () =>
    Effect.gen(function* () {
      for (const sortBy of [undefined, [{ field: "clouds" }]]) {
        const answers = [() => json({ features: [] }), () => json({}, { status: 500 })]
        const { layer } = scripted(answers, once)
        const error = yield* Effect.flip(Effect.provide(all({ bbox: [170, 0, -170, 1], sortBy }), layer))
        assert.propertyVal(error, "_tag", "PixxelServerError")
      }
    })
  )
})

describe("a collection", () => {
  const read = (json: object) => Option.getOrThrow(reader(Collection)({ id: "c", ...json }, "", []))

  const extents: ReadonlyArray<readonly [extent: unknown, boxes: number, intervals: ReadonlyArray<object>]> = [
    [null, 0, []],
    ["everywhere", 0, []],
    [{ spatial: { bbox: [["1", "2", 3, 4], [1, 2], "x", null] }, temporal: { interval: "always" } }, 1, []],
    [{ spatial: { bbox: [[1, 2, 0, 3, 4, 9]] }, temporal: { interval: [[null, ""], []] } }, 1, [{}, {}]],
    [{ temporal: { interval: [["soon", "0001-01-01T00:00:00Z"]] } }, 0, [{}]]
  ]
  it.each(extents)("has the readable parts of its extent: %j", (extent, boxes, intervals) => {
    const { boxes: found, intervals: times } = read({ extent })
    assert.deepStrictEqual(
      found,
      Array.from({ length: boxes }, () => [1, 2, 3, 4] as const)
    )
    assert.deepStrictEqual(
      times,
      intervals.map(() => ({ start: undefined, end: undefined }))
    )
  })
})
