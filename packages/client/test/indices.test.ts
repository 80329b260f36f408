import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { type Drift, IndexId, IndicesApi, SatelliteId } from "../src/index.js"
import { transports, world } from "./integration/world.js"
import { type Answer, json, scripted, status } from "./scripted.js"

const input: IndicesApi.CreateInput = {
  name: "Canopy water",
  description: "Water in leaves.",
  satelliteId: SatelliteId.make("sat-firefly-1"),
  expression: "(B7 - B9) / (B7 + B9)",
  expressionType: "index",
  colormap: "viridis",
  rescale: [-0.5, 1]
}

describe.each(transports)("indices, %s", (transport) => {
  const over = <A, E>(use: (indices: typeof IndicesApi.Service) => Effect.Effect<A, E>) => {
    const drifts: Array<Drift.Drift> = []
    const onDrift = (drift: Drift.Drift) => Effect.sync(() => void drifts.push(drift))
    return Effect.flatMap(IndicesApi, use).pipe(
      Effect.provide(Layer.fresh(world(transport, { onDrift }))),
      Effect.tap(() => assert.isEmpty(drifts))
    )
  }

  const ids = (input: Parameters<(typeof IndicesApi.Service)["listAll"]>[0]) =>
    over((it) => Effect.map(Stream.runCollect(it.listAll(input)), Chunk.toReadonlyArray)).pipe(
      Effect.map((all) => all.map(({ id }) => id))
    )

  it.effect("are all listed, in pages of two", () =>
    Effect.map(ids({ limit: 2 }), (all) =>
      assert.deepStrictEqual(all, [
        "index-canopy-stress",
        "index-ndvi",
        "index-ndwi",
        "index-red-edge",
        "index-true-colour"
      ])
    )
  )

  const filters: ReadonlyArray<[Parameters<typeof ids>[0], ReadonlyArray<string>]> = [
    [{ type: "custom" }, ["index-canopy-stress"]],
    [{ satelliteId: SatelliteId.make("sat-firefly-2") }, ["index-red-edge"]],
    [{ expressionType: "composite" }, ["index-true-colour"]],
    [{ id: IndexId.make("index-ndvi") }, ["index-ndvi"]],
    [{ id: IndexId.make("index-ndvi"), type: "custom" }, []]
  ]

  it.effect.each(filters)("are filtered: %j", ([input, expected]) =>
    Effect.map(ids(input), (found) => assert.deepStrictEqual<ReadonlyArray<string>>(found, expected))
  )

  it.effect("have their formula, bands and range", () =>
    Effect.gen(function* () {
      const { indices, pagination } = yield* over((it) => it.list({ limit: 1 }))
      const [stress] = indices
      assert.deepStrictEqual(
        [stress?.bands, stress?.rescale],
        [
          ["B5", "B7"],
          [-1, 1]
        ]
      )
      assert.deepStrictEqual(stress?.expression, Option.some("(B7 - B5) / (B7 + B5)"))
      assert.deepStrictEqual(
        Option.flatMap(pagination, ({ total }) => total),
        Option.some(5)
      )
    })
  )

  it.effect("are created, listed with their bands, and unique by name", () =>
    over((it) =>
      Effect.gen(function* () {
        const made = yield* it.create(input)
        assert.deepInclude(made, {
          type: Option.some("custom"),
          rescale: [-0.5, 1],
          bands: ["B7", "B9"],
          satelliteId: Option.some(input.satelliteId)
        })
        const custom = yield* Stream.runCollect(it.listAll({ type: "custom", limit: 1 }))
        assert.deepStrictEqual(
          Chunk.toReadonlyArray(custom).map(({ name }) => Option.getOrNull(name)),
          ["Canopy stress", "Canopy water"]
        )
        for (const name of [input.name, "NDVI"]) {
          assert.strictEqual((yield* Effect.flip(it.create({ ...input, name })))._tag, "PixxelConflict")
        }
      })
    )
  )
})

// --- a create against a script ---

const ours = {
  id: "index-7",
  name: input.name,
  description: input.description,
  type: "custom",
  satellite_id: input.satelliteId,
  expression: "(B7-B9)/(B7+B9)",
  expression_type: "index",
  colormap: "viridis",
  rescale: [-0.5, 1]
}

const listed =
  (...indices: ReadonlyArray<object>) =>
  () =>
    json({ indices, pagination: { limit: 10, offset: 0, total: indices.length } })
const lost = () => status(504)
const taken = () => status(409)

/** Creates an index over a script, for ten minutes. */
const creating = (script: ReadonlyArray<() => Answer>, given: IndicesApi.CreateInput = input) => {
  const { layer, seen } = scripted(script)
  return Effect.gen(function* () {
    const fiber = yield* Effect.fork(Effect.either(Effect.flatMap(IndicesApi, (it) => it.create(given))))
    yield* TestClock.adjust("10 minutes")
    const end = Either.mapBoth(yield* Fiber.join(fiber), { onLeft: (error) => error, onRight: ({ id }) => String(id) })
    return {
      end: Either.merge(end),
      sent: seen.map(({ method }) => method).join(" "),
      urls: seen.map(({ url }) => url)
    }
  }).pipe(Effect.provide(layer))
}

describe("a create of an index", () => {
  const late = Array<() => Answer>(16)
  const rows: ReadonlyArray<readonly [string, ReadonlyArray<() => Answer>, end: string, sent: string]> = [
    ["looks first, and takes 201", [listed(), () => json(ours, { status: 201 })], "index-7", "GET POST"],
    ["is a conflict when the name is taken", [listed(ours), taken, listed(ours)], "PixxelConflict", "GET POST GET"],
    ["adopts an equal, new index after a lost answer", [listed(), lost, listed(ours)], "index-7", "GET POST GET"],
    [
      "adopts the index of its lost first send after the 409 of the second",
      [listed(), lost, ...late.fill(listed()), taken, listed(ours)],
      "index-7",
      `GET POST ${"GET ".repeat(16)}POST GET`
    ],
    [
      "adopts no index that was there before",
      [listed(ours), lost, ...Array<() => Answer>(16).fill(listed(ours)), taken, listed(ours)],
      "PixxelConflict",
      `GET POST ${"GET ".repeat(16)}POST GET`
    ],
    ...Object.entries({
      description: "other",
      satellite_id: "sat-2",
      expression: "B7",
      expression_type: "grayscale",
      colormap: "magma",
      rescale: [0, 1]
    }).map(([key, value]) => {
      const other = listed({ ...ours, [key]: value })
      const script = [listed(), lost, other, taken, other]
      return [`adopts none of another ${key}`, script, "PixxelConflict", "GET POST GET POST GET"] as const
    }),
    ["is unconfirmed if the look fails", [listed(), lost, () => status(400)], "CreateUnconfirmed", "GET POST GET"],
    ["is not sent if the look before it fails", [() => status(400)], "PixxelBadRequest", "GET"]
  ]
  for (const [name, script, end, sent] of rows) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const outcome = yield* creating(script)
        const found = typeof outcome.end === "string" ? outcome.end : outcome.end._tag
        assert.deepStrictEqual([found, outcome.sent], [end, sent])
      })
    )
  }

  it.effect("looks at the custom indices, without a name: the list has no such filter", () =>
    Effect.gen(function* () {
      const { urls } = yield* creating([listed(), () => json(ours)])
      assert.match(urls[0] ?? "", /\/v0\/indices\?type=custom&offset=0&limit=10$/)
    })
  )

  const wrong: ReadonlyArray<readonly [path: string, found: string, given: Partial<IndicesApi.CreateInput>]> = [
    ["name", "empty", { name: " " }],
    ["description", "empty", { description: "" }],
    ["satelliteId", "empty", { satelliteId: " " as SatelliteId }], // from JavaScript
    ["expression", "empty", { expression: "" }],
    ["expressionType", "empty", { expressionType: "" }],
    ["colormap", "empty", { colormap: "" }],
    ["expression", "a ( at character 1 without its )", { expression: "(B8 - B4" }],
    ["expression", "a ) at character 3 without its (", { expression: "B8) - (B4" }],
    ["expression", "a ) at character 5 without its (", { expression: "(B8)) / B4" }],
    ["rescale", "[1, 1]", { rescale: [1, 1] }],
    ["rescale", "[1, -1]", { rescale: [1, -1] }],
    ["rescale", "[0, NaN]", { rescale: [0, Number.NaN] }],
    ["rescale", "[-Infinity, 1]", { rescale: [Number.NEGATIVE_INFINITY, 1] }],
    ["rescale", "[0, 1, 2]", { rescale: [0, 1, 2] as never }] // from JavaScript
  ]
  for (const [path, found, given] of wrong) {
    it.effect(`is not sent with ${path} that is ${found}`, () =>
      Effect.gen(function* () {
        const { end, sent } = yield* creating([listed()], { ...input, ...given })
        assert.deepInclude(end, { _tag: "PixxelInvalidInput", path, found })
        assert.strictEqual(sent, "")
      })
    )
  }
})
