/** The visualizations of scripted servers: the traps of their operations. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { AoiId, AssetId, IndexId, VisualizationId, VisualizationsApi } from "../src/index.js"
import { type Answer, json, scripted, status } from "./scripted.js"

const aoiId = AoiId.make("aoi-1")
const indexId = IndexId.make("index-ndvi")
const visualizationId = VisualizationId.make("v-1")

const ours = { id: visualizationId, aoi_id: aoiId, index_id: indexId, status: "creating" }

const list = (...visualization: ReadonlyArray<object>) =>
  json({ visualization, pagination: { limit: 10, offset: 0, total: visualization.length } })

type Api = typeof VisualizationsApi.Service

/** Runs a call over a script for an hour; the outcome is its value, or the tag of its error. */
const running = <A, E extends { readonly _tag: string }>(
  script: ReadonlyArray<() => Answer>,
  use: (visualizations: Api) => Effect.Effect<A, E>
) => {
  const { layer, seen } = scripted(script)
  return Effect.gen(function* () {
    const fiber = yield* Effect.fork(Effect.either(Effect.flatMap(VisualizationsApi, use)))
    yield* TestClock.adjust("1 hour")
    const outcome = Either.mapLeft(yield* Fiber.join(fiber), ({ _tag }) => _tag)
    return { outcome: Either.merge(outcome), sent: seen.map(({ method }) => method).join(" "), seen }
  }).pipe(Effect.provide(layer))
}

const creates: ReadonlyArray<
  readonly [what: string, script: ReadonlyArray<() => Answer>, outcome: string, sent: string]
> = [
  ["looks for others of the index first", [() => list(), () => json(ours, { status: 201 })], "v-1", "GET POST"],
  [
    "adopts the only new one after a lost answer",
    [() => list(), () => status(504), () => list(ours)],
    "v-1",
    "GET POST GET"
  ],
  [
    "is unknown after a lost answer if two are new",
    [() => list(), () => status(504), () => list(ours, { ...ours, id: "v-2" })],
    "CreateUnconfirmed",
    "GET POST GET"
  ],
  [
    "adopts none of another index",
    [
      () => list(),
      () => status(504),
      ...Array<() => Answer>(16).fill(() => list({ ...ours, index_id: "index-2" })),
      () => status(409),
      () => list()
    ],
    "PixxelConflict",
    `GET POST ${"GET ".repeat(16)}POST GET`
  ],
  [
    "adopts none that was there before",
    [
      () => list(ours),
      () => status(504),
      ...Array<() => Answer>(16).fill(() => list(ours)),
      () => status(409),
      () => list(ours)
    ],
    "PixxelConflict",
    `GET POST ${"GET ".repeat(16)}POST GET`
  ],
  [
    "adopts the only new one after the 409 of its repeat",
    [
      () => list(),
      () => status(504),
      ...Array<() => Answer>(16).fill(() => list()),
      () => status(409),
      () => list(ours)
    ],
    "v-1",
    `GET POST ${"GET ".repeat(16)}POST GET`
  ],
  [
    "fails with the conflict of the first send",
    [() => list(), () => status(409), () => list()],
    "PixxelConflict",
    "GET POST GET"
  ],
  [
    "is unknown if the look after a lost answer is refused",
    [() => list(), () => status(504), () => status(403)],
    "CreateUnconfirmed",
    "GET POST GET"
  ]
]

describe("a create of a visualization", () => {
  for (const [what, script, outcome, sent] of creates) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const result = yield* running(script, (it) => Effect.map(it.create({ aoiId, indexId }), ({ id }) => String(id)))
        assert.deepInclude(result, { outcome, sent })
      })
    )
  }

  for (const assetIds of [[], ["a", "b", "a"]]) {
    it.effect(`is not sent with the assets [${assetIds}]`, () =>
      Effect.gen(function* () {
        const ids = assetIds.map((id) => AssetId.make(id))
        const result = yield* running([() => list()], (it) => it.create({ aoiId, indexId, assetIds: ids }))
        assert.deepInclude(result, { outcome: "PixxelInvalidInput", sent: "" })
      })
    )
  }

  it.effect("names its assets src_asset_ids", () =>
    Effect.gen(function* () {
      const bodies: Array<string> = []
      const { layer } = scripted([], undefined, async (_, init) => {
        if (init?.method !== "POST") return list()
        bodies.push(await new Response(init.body).text())
        return json(ours)
      })
      yield* Effect.flatMap(VisualizationsApi, (it) =>
        it.create({ aoiId, indexId, assetIds: [AssetId.make("a")], resolution: 5 })
      ).pipe(Effect.provide(layer))
      assert.deepStrictEqual(
        bodies.map((body) => JSON.parse(body)),
        [{ index_id: indexId, src_asset_ids: ["a"], resolution: 5 }]
      )
    })
  )
})

describe("a wait for a visualization", () => {
  const at = (word: string) => () => list({ ...ours, id: "v-0", status: "failed" }, { ...ours, status: word })
  const wait = (it: Api) => it.wait({ aoiId, visualizationId })

  it.effect("looks at the list with the id, since there is no get", () =>
    Effect.gen(function* () {
      const { outcome, seen, sent } = yield* running(["creating", "polishing", "success"].map(at), wait)
      assert.deepInclude(outcome, { id: visualizationId, outcome: "succeeded", isPartial: false })
      assert.strictEqual(sent, "GET GET GET")
      assert.match(seen[0]?.url ?? "", /\/v0\/aois\/aoi-1\/visualizations\?visualization_id=v-1$/)
    })
  )

  it.effect("takes partial_success as a success that is partial", () =>
    Effect.gen(function* () {
      const { outcome } = yield* running([at("partial_success")], wait)
      assert.deepInclude(outcome, { outcome: "succeeded", isPartial: true })
    })
  )

  it.effect("fails with the status of a failed one", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.flatMap(VisualizationsApi, wait)).pipe(
        Effect.provide(scripted([at("failed")]).layer)
      )
      assert.deepInclude(error, { _tag: "VisualizationFailed", status: "failed", isRetryable: false })
      assert.include(error.message, "Visualization v-1 ended as failed")
    })
  )

  it.effect("takes a list without the id as not found", () =>
    Effect.gen(function* () {
      const { outcome, sent } = yield* running([() => list({ ...ours, id: "v-0" })], wait)
      assert.deepInclude({ outcome, sent }, { outcome: "PixxelNotFound", sent: "GET" })
    })
  )

  it.effect("continues over a list that lags behind the create", () =>
    Effect.gen(function* () {
      const script = [() => list(), () => json(ours), () => list(), at("success")]
      const { outcome } = yield* running(script, (it) =>
        Effect.flatMap(it.create({ aoiId, indexId }), ({ id }) => it.wait({ aoiId, visualizationId: id }))
      )
      assert.deepInclude(outcome, { outcome: "succeeded" })
    })
  )

  it.effect("names the visualization at its deadline", () =>
    Effect.gen(function* () {
      const { layer } = scripted([at("creating")])
      const fiber = yield* Effect.fork(
        Effect.flip(
          Effect.flatMap(VisualizationsApi, (it) => it.wait({ aoiId, visualizationId, timeout: "1 minute" }))
        ).pipe(Effect.provide(layer))
      )
      yield* TestClock.adjust("2 minutes")
      const { message } = yield* Fiber.join(fiber)
      assert.match(message, /^Visualization v-1 had not ended after 1m: .* The visualization continues\. Wait again/)
    })
  )
})

describe("the days of a visualization", () => {
  const asset = (id: string, date: unknown, more: object = {}) => ({
    id,
    asset_type: "visualization",
    visualization_id: visualizationId,
    status: "success",
    date,
    ...more
  })
  const assets = (...all: ReadonlyArray<object>) =>
    json({ assets: all, pagination: { limit: 10, offset: 0, total: all.length } })
  const dates = (it: Api) => it.dates({ aoiId, visualizationId })

  const rows: ReadonlyArray<readonly [what: string, all: ReadonlyArray<object>, days: ReadonlyArray<string>]> = [
    [
      "are in order, each once",
      [asset("c", "2025-06-21"), asset("a", "2025-06-14"), asset("b", "2025_06_14")],
      ["2025-06-14", "2025-06-21"]
    ],
    ["are days in UTC", [asset("a", "2025-06-14T23:30:00-05:00")], ["2025-06-15"]],
    ["are not those of another visualization", [asset("a", "2025-06-14", { visualization_id: "v-2" })], []],
    ["are not those of a mosaic", [asset("a", "2025-06-14", { asset_type: "mosaic" })], []],
    [
      "are those of an asset without a type or a status",
      [asset("a", "2025-06-14", { asset_type: null, status: null })],
      ["2025-06-14"]
    ],
    ["are not those of a failed asset", [asset("a", "2025-06-14", { status: "failed" })], []],
    ["are missing where the server sends none", [asset("a", null), asset("b", "soon"), asset("c", "0001-01-01")], []]
  ]
  for (const [what, all, days] of rows) {
    it.effect(what, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual<unknown>((yield* running([() => assets(...all)], dates)).outcome, days)
      })
    )
  }

  it.effect("are of all pages, of which a failed one is repeated", () =>
    Effect.gen(function* () {
      const page = (offset: number, id: string, date: string) =>
        json({ assets: [asset(id, date)], pagination: { limit: 1, offset, total: 2 } })
      const script = [() => page(0, "a", "2025-06-21"), () => status(503), () => page(1, "b", "2025-06-14")]
      const { outcome, seen } = yield* running(script, dates)
      assert.deepStrictEqual<unknown>(outcome, ["2025-06-14", "2025-06-21"])
      assert.deepStrictEqual(
        seen.map(({ url }) => url.replace(/^.*v0/, "")),
        ["offset=0&limit=10", "offset=1&limit=10", "offset=1&limit=10"].map((page) => `/aois/aoi-1/assets?${page}`)
      )
    })
  )

  it.effect("need the AOI: a refusal names the list", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.flatMap(VisualizationsApi, dates)).pipe(
        Effect.provide(scripted([() => status(404)]).layer)
      )
      assert.deepInclude(error, { _tag: "PixxelNotFound", operation: "ListAssets" })
    })
  )
})

describe("the PNG of a visualization", () => {
  const trailer = [0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]
  const image = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, ...trailer)
  const answer = (body: BodyInit, code: number, type: string) =>
    new Response(body, { status: code, headers: { "content-type": type } })
  const png = (date: string) => (it: Api) => it.png({ aoiId, visualizationId, indexId, date, mode: "dynamic" })
  const text = JSON.stringify({ error: { code: "no_legend", message: "none" } })

  const answers: ReadonlyArray<readonly [what: string, answer: () => Answer, outcome: unknown]> = [
    ["is bytes with the signature, under any content type", () => answer(image, 200, "text/plain"), image],
    ["is an error by its status, under image/png", () => answer(text, 400, "image/png"), "PixxelBadRequest"],
    ["is no success without the signature", () => answer(text, 200, "image/png"), "PixxelDecodeError"],
    ["is no success if cut", () => answer(image.slice(0, -1), 200, "image/png"), "PixxelDecodeError"],
    ["is no success if empty", () => answer("", 200, "image/png"), "PixxelDecodeError"]
  ]
  for (const [what, given, expected] of answers) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const { outcome, seen } = yield* running([given], png("2025-06-14"))
        assert.deepStrictEqual<unknown>(outcome, expected)
        assert.strictEqual(seen[0]?.headers.get("accept"), "image/png")
      })
    )
  }

  it.effect("is repeated after a lost answer, since it only reads", () =>
    Effect.gen(function* () {
      const { sent } = yield* running([() => status(504), () => answer(image, 200, "image/png")], png("2025-06-14"))
      assert.strictEqual(sent, "POST POST")
    })
  )

  for (const [date, sent] of [
    ["2025-06-14", "2025_06_14"],
    ["2025_06_14", "2025_06_14"],
    ["2025-02-30", undefined],
    ["2025-06_14", undefined],
    ["2025-06-14T00:00:00Z", undefined],
    ["", undefined]
  ] as const) {
    it.effect(`${sent === undefined ? "is not requested" : "is requested"} for the date '${date}'`, () =>
      Effect.gen(function* () {
        const bodies: Array<string> = []
        const { layer } = scripted([], undefined, async (_, init) => {
          bodies.push(await new Response(init?.body).text())
          return new Response(image)
        })
        const outcome = yield* Effect.either(Effect.flatMap(VisualizationsApi, png(date))).pipe(Effect.provide(layer))
        if (sent === undefined) {
          assert.deepInclude(Either.isLeft(outcome) ? outcome.left : {}, { _tag: "PixxelInvalidInput", path: "date" })
        }
        assert.deepStrictEqual(
          bodies.map((body) => JSON.parse(body)),
          sent === undefined ? [] : [{ index_id: indexId, date: sent, visualization_mode: "dynamic" }]
        )
      })
    )
  }
})

describe("the styles of a visualization", () => {
  const sld = (it: Api) =>
    it.sld({ aoiId, visualizationId, dates: ["2025-06-14", "2025_06_21"], modes: ["dynamic", "theoretical"] })

  it.effect("are maps of data: any mode, any day", () =>
    Effect.gen(function* () {
      const styles = { theoretical: { "2025_06_14": "<a/>", later: "<b/>" }, other: {} }
      const { outcome } = yield* running([() => json({ sld: { ...styles, broken: 1 } })], sld)
      assert.deepInclude(outcome, { sld: styles })
    })
  )

  it.effect("may be missing", () =>
    Effect.gen(function* () {
      assert.deepInclude((yield* running([() => json({ sld: null })], sld)).outcome, { sld: {} })
    })
  )

  it.effect("are requested for days with underscores", () =>
    Effect.gen(function* () {
      const bodies: Array<unknown> = []
      const { layer } = scripted([], undefined, async (_, init) => {
        bodies.push(await new Response(init?.body).json())
        return json({ sld: {} })
      })
      yield* Effect.provide(Effect.flatMap(VisualizationsApi, sld), layer)
      assert.deepStrictEqual(bodies, [
        { dates: ["2025_06_14", "2025_06_21"], visualization_modes: ["dynamic", "theoretical"] }
      ])
    })
  )

  for (const [path, dates, modes] of [
    ["dates", [], ["dynamic"]],
    ["modes", ["2025-06-14"], []],
    ["dates[1]", ["2025-06-14", "14-06-2025"], ["dynamic"]]
  ] as const) {
    it.effect(`are not requested with wrong ${path}`, () =>
      Effect.gen(function* () {
        const { layer, seen } = scripted([() => json({})])
        const error = yield* Effect.flip(
          Effect.flatMap(VisualizationsApi, (it) => it.sld({ aoiId, visualizationId, dates, modes }))
        ).pipe(Effect.provide(layer))
        assert.deepInclude(error, { _tag: "PixxelInvalidInput", path })
        assert.isEmpty(seen)
      })
    )
  }
})

describe("the legend of a visualization", () => {
  const ref = { aoiId, visualizationId }
  const low = { color: "#440154", label: "low", min: 0, max: 0.5 }
  const high = { color: "#fde725", label: "high", min: 0.5, max: 1 }
  const theoretical = (...items: ReadonlyArray<typeof low>): VisualizationsApi.SetLegendInput => ({
    ...ref,
    mode: "theoretical",
    legend: { "2025-06-14": items }
  })
  const dynamic = (bins: number): VisualizationsApi.SetLegendInput => ({
    ...ref,
    mode: "dynamic",
    bins,
    legend: { "2025-06-14": [{ color: "#440154", label: "low", min: null, max: null }] }
  })

  const bodies: ReadonlyArray<readonly [VisualizationsApi.SetLegendInput, object]> = [
    [theoretical(low, high), { visualization_mode: "theoretical", legend: { "2025_06_14": [low, high] } }],
    [
      dynamic(15),
      {
        visualization_mode: "dynamic",
        legend: { "2025_06_14": [{ color: "#440154", label: "low", min: null, max: null }] },
        dynamic_bins: 15
      }
    ]
  ]
  for (const [input, body] of bodies) {
    it.effect(`is set in the mode ${input.mode}, and the answer is the metadata alone`, () =>
      Effect.gen(function* () {
        const seen: Array<unknown> = []
        const { layer } = scripted([], undefined, async (_, init) => {
          seen.push([init?.method, await new Response(init?.body).json()])
          return json({ legend: { "2025_06_14": { dynamic: [{ color: "#440154", min: null, max: null }] } } })
        })
        const { legend } = yield* Effect.provide(
          Effect.flatMap(VisualizationsApi, (it) => it.setLegend(input)),
          layer
        )
        assert.deepStrictEqual(seen, [["PUT", body]])
        assert.deepStrictEqual(legend["2025_06_14"]?.theoretical, [])
        const [item] = legend["2025_06_14"]?.dynamic ?? []
        assert.deepStrictEqual([item?.color, item?.min], [Option.some("#440154"), Option.none()])
      })
    )
  }

  // callers in JavaScript may mix the modes
  const mixed = (input: object) => input as VisualizationsApi.SetLegendInput
  const wrong: ReadonlyArray<readonly [path: string, VisualizationsApi.SetLegendInput]> = [
    ["legend", { ...ref, mode: "dynamic", bins: 5, legend: {} }],
    ["legend.2025-06-14", theoretical()],
    ["dates[0]", { ...ref, mode: "theoretical", legend: { "2025-13-14": [low] } }],
    ["legend.2025-06-14[0]", theoretical({ ...low, min: 1 })],
    ["legend.2025-06-14[1]", theoretical(high, low)],
    ["legend.2025-06-14[0]", mixed({ ...dynamic(5), mode: "theoretical" })],
    ["bins", mixed({ ...theoretical(low), bins: 5 })],
    ...[0, 16, 1.5, Number.NaN].map((bins) => ["bins", dynamic(bins)] as const)
  ]
  for (const [path, input] of wrong) {
    it.effect(`is not sent with wrong ${path}: ${JSON.stringify(input)}, ${input.bins}`, () =>
      Effect.gen(function* () {
        const { layer, seen } = scripted([() => json({})])
        const error = yield* Effect.flip(Effect.flatMap(VisualizationsApi, (it) => it.setLegend(input))).pipe(
          Effect.provide(layer)
        )
        assert.deepInclude<object>(error, { _tag: "PixxelInvalidInput", path })
        assert.isEmpty(seen)
      })
    )
  }

  it.effect("is reset with the index, and repeated after a lost answer", () =>
    Effect.gen(function* () {
      const { outcome, sent } = yield* running([() => status(504), () => json(ours)], (it) =>
        it.resetLegend({ ...ref, indexId, dates: ["2025-06-14"], mode: "dynamic" })
      )
      assert.deepInclude(outcome, { id: visualizationId, metadata: Option.none() })
      assert.strictEqual(sent, "PATCH PATCH")
    })
  )
})
