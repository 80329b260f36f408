/** The AOIs of scripted servers: the traps of their operations. */
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { type Aoi, AoiId, AoiSubject, AoisApi, SatelliteId } from "../src/index.js"
import { aoiIn, polygon } from "./field.js"
import { type Answer, json, once, projectId, scripted, status } from "./scripted.js"

const aoiId = AoiId.make("aoi-1")

const input: AoisApi.CreateInput = aoiIn(projectId)

const ours = {
  aoi_id: aoiId,
  name: "Mine",
  satellite_id: "sat-firefly-1",
  project_id: projectId,
  geometry: { coordinates: polygon.coordinates, type: "Polygon" },
  status: "started"
}
const list = (...aois: ReadonlyArray<object>) =>
  json({ aois, pagination: { limit: 10, offset: 0, total: aois.length } })

/** Runs a call over a script for an hour; the outcome is its value, or the tag of its error. */
const running = <A, E extends { readonly _tag: string }>(
  script: ReadonlyArray<() => Answer>,
  use: (aois: typeof AoisApi.Service) => Effect.Effect<A, E>
) => {
  const { layer, seen } = scripted(script)
  return Effect.gen(function* () {
    const fiber = yield* Effect.fork(Effect.either(Effect.flatMap(AoisApi, use)))
    yield* TestClock.adjust("1 hour")
    const outcome = Either.mapLeft(yield* Fiber.join(fiber), ({ _tag }) => _tag)
    return { outcome: Either.merge(outcome), sent: seen.map(({ method }) => method).join(" ") }
  }).pipe(Effect.provide(layer))
}

const creates: ReadonlyArray<
  readonly [what: string, script: ReadonlyArray<() => Answer>, outcome: string, sent: string]
> = [
  ["looks by name first", [() => list(), () => json(ours, { status: 201 })], aoiId, "GET POST"],
  ["takes a 404 of the list as an empty list", [() => status(404), () => json(ours)], aoiId, "GET POST"],
  [
    "adopts an equal, new AOI after a lost answer",
    [() => list(), () => status(504), () => list(ours)],
    aoiId,
    "GET POST GET"
  ],
  [
    "adopts none that was there before: the repeat is a conflict",
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
    "adopts none of another satellite",
    [() => list(), () => status(504), () => list({ ...ours, satellite_id: "sat-2" }), () => status(409), () => list()],
    "PixxelConflict",
    "GET POST GET POST GET"
  ],
  [
    "adopts none of another geometry",
    [
      () => list(),
      () => status(504),
      () => list({ ...ours, geometry: { type: "Polygon", coordinates: [] } }),
      () => status(400)
    ],
    "PixxelBadRequest",
    "GET POST GET POST"
  ],
  [
    "fails with the conflict of the first send",
    [() => list(), () => status(409), () => list()],
    "PixxelConflict",
    "GET POST GET"
  ],
  [
    "adopts an equal, new AOI after the conflict of a send that a proxy repeated",
    [() => list(), () => status(409), () => list(ours)],
    aoiId,
    "GET POST GET"
  ],
  [
    "is unknown if the look after a lost answer is refused",
    [() => list(), () => status(504), () => status(403)],
    "CreateUnconfirmed",
    "GET POST GET"
  ]
]

describe("a create of an AOI", () => {
  for (const [what, script, outcome, sent] of creates) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const result = yield* running(script, (aois) => Effect.map(aois.create(input), ({ id }) => String(id)))
        assert.deepStrictEqual(result, { outcome, sent })
      })
    )
  }

  const wrong: ReadonlyArray<readonly [what: string, input: AoisApi.CreateInput]> = [
    ["an empty name", { ...input, name: " " }],
    ["no itemIds", { ...input, itemIds: [] }],
    ["one of itemIds twice", { ...input, itemIds: ["a", "b", "a"] }]
  ]
  for (const [what, it_] of wrong) {
    it.effect(`is not sent with ${what}`, () =>
      Effect.gen(function* () {
        const result = yield* running([() => list()], (aois) => aois.create(it_))
        assert.deepStrictEqual(result, { outcome: "PixxelInvalidInput", sent: "" })
      })
    )
  }
})

describe("a wait for an AOI", () => {
  const at = (word: string) => () => json({ ...ours, status: word })

  it.effect("takes started, running, updating and unknown words as pending", () =>
    Effect.gen(function* () {
      const { outcome, sent } = yield* running(
        ["started", "running", "updating", "polishing", "success"].map(at),
        (aois) => aois.wait({ aoiId })
      )
      assert.deepInclude(outcome, { status: Option.some("success"), isPartial: false })
      assert.strictEqual(sent, "GET GET GET GET GET")
    })
  )

  it.effect("takes partial_success as a success that is partial", () =>
    Effect.gen(function* () {
      const { outcome } = yield* running([at("partial_success")], (aois) => aois.wait({ aoiId }))
      assert.deepInclude(outcome, { outcome: "succeeded", isPartial: true })
    })
  )

  it.effect("fails with the status of a failed AOI", () =>
    Effect.gen(function* () {
      const { layer } = scripted([at("failed")])
      const error = yield* Effect.flip(
        Effect.provide(
          Effect.flatMap(AoisApi, (aois) => aois.wait({ aoiId })),
          layer
        )
      )
      assert.deepInclude(error, { _tag: "AoiFailed", status: "failed", isRetryable: false })
      assert.include(error.message, "AOI aoi-1 ended as failed")
    })
  )

  it.effect("names the AOI at its deadline", () =>
    Effect.gen(function* () {
      const { layer } = scripted([at("running")])
      const fiber = yield* Effect.fork(
        Effect.flip(Effect.flatMap(AoisApi, (aois) => aois.wait({ aoiId, timeout: "1 minute" }))).pipe(
          Effect.provide(layer)
        )
      )
      yield* TestClock.adjust("2 minutes")
      const error = yield* Fiber.join(fiber)
      assert.match(error.message, /^AOI aoi-1 had not ended after 1m: .* The AOI continues\. Wait again/)
    })
  )

  it.effect("continues over the 404 of a replica after a create", () =>
    Effect.gen(function* () {
      const script = [() => list(), () => json(ours), () => status(404), at("success")]
      const { outcome } = yield* running(script, (aois) =>
        Effect.flatMap(aois.create(input), ({ id }) => aois.wait({ aoiId: id }))
      )
      assert.deepInclude(outcome, { outcome: "succeeded" })
    })
  )
})

describe("a create of an AOI with a wait", () => {
  const at = (word: string) => () => json({ ...ours, status: word })

  it.effect("reports the new AOI first, and each change", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const onChange = ({ status: word }: Aoi) => Effect.sync(() => void seen.push(Option.getOrElse(word, () => "")))
      const { outcome, sent } = yield* running(
        [() => list(), at("started"), at("running"), at("running"), at("partial_success")],
        (aois) => aois.createAndWait({ ...input, onChange })
      )
      assert.deepInclude(outcome, { outcome: "succeeded", isPartial: true })
      assert.deepStrictEqual([sent, seen], ["GET POST GET GET GET", ["started", "running", "partial_success"]])
    })
  )

  const ends: ReadonlyArray<readonly [what: string, then: () => Answer, outcome: string]> = [
    ["a failed AOI", at("failed"), "AoiFailed"],
    ["an AOI that never ends", at("running"), "WaitTimeout"],
    ["an AOI that can no longer be followed", () => status(403), "RunIncomplete"]
  ]
  for (const [what, then, expected] of ends) {
    it.effect(`names ${what}: ${expected}`, () =>
      Effect.gen(function* () {
        const { layer } = scripted([() => list(), at("started"), then])
        const fiber = yield* Effect.fork(
          Effect.flip(Effect.flatMap(AoisApi, (aois) => aois.createAndWait({ ...input, timeout: "1 minute" })))
        ).pipe(Effect.provide(layer))
        yield* TestClock.adjust("1 hour")
        const error = yield* Fiber.join(fiber)
        assert.strictEqual(error._tag, expected)
        assert.deepStrictEqual("subject" in error && error.subject, AoiSubject.make({ aoiId }))
        assert.notInclude(error.message, "billed")
      })
    )
  }

  it.effect("fails like the create", () =>
    Effect.gen(function* () {
      const { outcome, sent } = yield* running([() => list(), () => status(409), () => list()], (aois) =>
        aois.createAndWait(input)
      )
      assert.deepStrictEqual([outcome, sent], ["PixxelConflict", "GET POST GET"])
    })
  )
})

describe("an AOI", () => {
  it.effect("is read at its singular path, from any of its forms", () =>
    Effect.gen(function* () {
      const { layer, seen } = scripted(
        [
          () =>
            json({
              ...ours,
              satellite_id: undefined,
              lens_satellite_id: "sat-1",
              images: { "image-1": { any: "thing" } },
              area_in_sq_m: 10.5,
              centroid: [79.05, 21.05],
              eo_bands: null
            })
        ],
        once
      )
      const aois = yield* Effect.provide(AoisApi, layer)
      const aoi = yield* aois.get({ aoiId })
      assert.deepInclude(aoi, {
        satelliteId: Option.some(SatelliteId.make("sat-1")),
        images: Option.some({ "image-1": { any: "thing" } }),
        squareMetres: Option.some(10.5),
        centroid: [79.05, 21.05],
        bands: []
      })
      assert.match(seen[0]?.url ?? "", /\/v0\/aoi\/aoi-1$/)
    })
  )

  it.effect("is listed by projects in one text", () =>
    Effect.gen(function* () {
      const { layer, seen } = scripted([() => list(ours)], once)
      const aois = yield* Effect.provide(AoisApi, layer)
      const all = yield* Stream.runCollect(aois.listAll({ projectIds: [projectId, projectId], limit: 2 }))
      assert.strictEqual(Chunk.size(all), 1)
      assert.include(seen[0]?.url, `project_ids=${projectId}%2C${projectId}`)
    })
  )
})
