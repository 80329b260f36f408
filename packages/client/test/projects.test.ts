import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { type Drift, ProjectsApi } from "../src/index.js"
import { projectId, transports, world } from "./integration/world.js"
import { json, once, scripted } from "./scripted.js"

const quirks = ([0, 1] as const).flatMap((pageBase) =>
  (["reference", "guide"] as const).map((projects) => ({ pageBase, projects }))
)

describe.each(transports)("projects, %s", (transport) => {
  const over = <A, E>(quirk: (typeof quirks)[number], use: (projects: ProjectsApi.Service) => Effect.Effect<A, E>) => {
    const drifts: Array<Drift.Drift> = []
    const onDrift = (drift: Drift.Drift) => Effect.sync(() => void drifts.push(drift))
    return Effect.flatMap(ProjectsApi, use).pipe(
      Effect.provide(Layer.fresh(world(transport, { quirks: quirk, onDrift }))),
      Effect.map((result) => ({ drifts, result }))
    )
  }

  it.effect.each(quirks)("are listed once each, in pages of one: %j", (quirk) =>
    Effect.gen(function* () {
      const { drifts, result } = yield* over(quirk, (it) => Stream.runCollect(it.listAll({ pageSize: 1 })))
      assert.deepStrictEqual(
        Chunk.toReadonlyArray(result).map(({ id }) => id),
        ["project-basin-watch", "project-monsoon-2024"]
      )
      assert.isEmpty(drifts)
    })
  )

  it.effect.each(quirks)("are read, in an envelope or bare: %j", (quirk) =>
    Effect.gen(function* () {
      const { drifts, result } = yield* over(quirk, (it) => it.get({ projectId }))
      assert.deepStrictEqual([result.id, result.name], [projectId, Option.some("monsoon-2024")])
      assert.strictEqual(Option.isSome(result.description), quirk.projects === "guide")
      assert.strictEqual(Option.isSome(result.metadata), quirk.projects === "reference")
      assert.isEmpty(drifts)
    })
  )

  it.effect("have their number in either form of a page", () =>
    Effect.gen(function* () {
      const reference = yield* over({ pageBase: 1, projects: "reference" }, (it) => it.list({ pageSize: 1 }))
      assert.deepStrictEqual(reference.result.count, Option.some(2))
      const guide = yield* over({ pageBase: 1, projects: "guide" }, (it) => it.list({ pageSize: 1 }))
      assert.deepStrictEqual(
        Option.flatMap(guide.result.pagination, ({ total }) => total),
        Option.some(2)
      )
    })
  )
})

describe("a project", () => {
  it.effect("has its refusal read from a body of free form", () =>
    Effect.gen(function* () {
      const body = { code: 5, message: "project not found", details: [{ reason: "gone" }] }
      const { layer } = scripted([() => json(body, { status: 404 })], once)
      const error = yield* Effect.flip(
        Effect.provide(
          Effect.flatMap(ProjectsApi, (it) => it.get({ projectId })),
          layer
        )
      )
      assert(error._tag === "PixxelNotFound")
      assert.deepStrictEqual([error.code, error.serverMessage], [Option.some("5"), Option.some("project not found")])
    })
  )

  it.effect("with an odd envelope is no success", () =>
    Effect.gen(function* () {
      const { layer } = scripted([() => json({ project: [] })], once)
      const error = yield* Effect.flip(
        Effect.provide(
          Effect.flatMap(ProjectsApi, (it) => it.get({ projectId })),
          layer
        )
      )
      assert.strictEqual(error._tag, "PixxelDecodeError")
    })
  )
})
