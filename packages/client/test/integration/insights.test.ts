/** Insights against the mock server. */

import * as FileSystem from "@effect/platform/FileSystem"
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { AoiId, Download, InsightId, InsightRunAll, InsightsApi } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import { Fault } from "@effect-pixxel/mock-server"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { longTransports } from "../../../../vitest.size.js"
import { insightIn } from "../field.js"
import { folder } from "./downloads.js"
import { MockServer, projectId, world } from "./world.js"

const aoiId = AoiId.make("aoi-north-field")
const crops = { aoiId, insightId: InsightId.make("insight-north-crops") }
const water = { aoiId, insightId: InsightId.make("insight-north-water") }

const using = <A, E>(use: (insights: InsightsApi.Service) => Effect.Effect<A, E>) => Effect.flatMap(InsightsApi, use)

describe.each(longTransports)("insights, %s", (transport) => {
  const filters: ReadonlyArray<readonly [Omit<InsightsApi.ListInput, "aoiId">, ReadonlyArray<string>]> = [
    [{}, ["insight-north-crops", "insight-north-water"]],
    [{ id: water.insightId }, ["insight-north-water"]],
    [{ status: "completed" }, ["insight-north-crops"]],
    [{ createdBy: "user-77b0de" }, ["insight-north-water"]],
    [{ createdOn: DateTime.unsafeMake("2024-12-31") }, ["insight-north-crops", "insight-north-water"]],
    [{ createdOn: DateTime.unsafeMake("2025-01-01") }, []]
  ]
  it.scoped.each(filters)("are listed by %j", ([filter, expected]) =>
    using((it) => it.list({ aoiId, ...filter })).pipe(
      Effect.map((found) =>
        assert.deepStrictEqual(
          found.map(({ id }) => String(id)),
          expected
        )
      ),
      Effect.provide(world(transport))
    )
  )

  it.scoped("have their results after a success, and a reason after a failure", () =>
    using((it) =>
      Effect.gen(function* () {
        const insight = yield* it.wait(crops)
        assert.deepInclude(insight, {
          aoiId: Option.some(aoiId),
          cost: Option.some(42),
          estimatedDuration: Option.some(Duration.minutes(4)),
          errMsg: Option.none(),
          metadata: { season: "2025" }
        })
        assert.deepStrictEqual(
          insight.outputs.map(({ _tag }) => _tag),
          ["Tabular", "Raster"]
        )
        const error = yield* Effect.flip(it.wait(water))
        assert.deepInclude(error, {
          _tag: "InsightFailed",
          errMsg: Option.some("bad_request: no water was found in the image.")
        })
        assert.isEmpty((yield* it.get(water)).outputs)
      })
    ).pipe(Effect.provide(world(transport)))
  )

  it.scoped("are estimated for nothing, created, and waited for", () =>
    using((it) =>
      Effect.gen(function* () {
        const input = insightIn(projectId, aoiId)
        assert.deepStrictEqual(yield* it.estimate(input), Option.some(12))
        assert.lengthOf(yield* it.list({ aoiId }), 2)
        const seen: Array<string> = []
        const { id } = yield* it.create({ ...input, maxCost: 12 })
        const insight = yield* it.wait({
          aoiId,
          insightId: id,
          onChange: ({ status }) => Effect.sync(() => seen.push(Option.getOrThrow(status)))
        })
        assert.deepStrictEqual([...new Set(seen)], ["created", "inprogress", "completed"])
        assert.deepStrictEqual(
          insight.inputs.map(({ name }) => Option.getOrThrow(name)),
          ["input_image", "start_date", "end_date"]
        )
        assert.deepInclude(yield* Effect.flip(it.create({ ...input, maxCost: 11 })), {
          _tag: "CostLimitExceeded",
          estimate: Option.some(12)
        })
        assert.lengthOf(yield* it.list({ aoiId }), 3)
      })
    ).pipe(Effect.provide(world(transport)))
  )

  it.scoped("are refused for inputs that do not fit the block, before they cost", () =>
    using((it) =>
      Effect.gen(function* () {
        const input = insightIn(projectId, aoiId)
        const inputs: ReadonlyArray<InsightsApi.EstimateInput> = [
          { ...input, inputs: input.inputs.slice(1) },
          { ...input, block: { name: "cropclassification", version: "9.9.9" } },
          { ...input, aoiId: AoiId.make("none") }
        ]
        const errors = yield* Effect.forEach(inputs, (input) => Effect.flip(it.create(input)))
        assert.deepStrictEqual(
          errors.map(({ _tag }) => _tag),
          ["PixxelBadRequest", "PixxelNotFound", "PixxelNotFound"]
        )
        assert.include(errors[0]?.message, 'no input "input_image"')
        assert.deepStrictEqual(
          yield* Effect.flip(it.estimate({ ...input, inputs: [] })).pipe(Effect.map(({ _tag }) => _tag)),
          "PixxelBadRequest"
        )
      })
    ).pipe(Effect.provide(world(transport)))
  )

  it.scoped("are neither estimated nor created by a viewer", () =>
    using((it) =>
      Effect.gen(function* () {
        const input = insightIn(projectId, aoiId)
        assert.strictEqual((yield* Effect.flip(it.create(input)))._tag, "PixxelForbidden")
        assert.strictEqual((yield* Effect.flip(it.estimate(input)))._tag, "PixxelForbidden")
        assert.lengthOf(yield* it.list({ aoiId }), 2)
      })
    ).pipe(Effect.provide(world(transport, { role: "viewer" })))
  )

  it.scoped("run and are billed by an estimate whose flag is ignored", () =>
    using((it) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(it.estimate(insightIn(projectId, aoiId)))
        assert.strictEqual(error._tag, "EstimateCreated")
        const all = yield* it.list({ aoiId })
        assert.deepStrictEqual(all.at(-1)?.id, error._tag === "EstimateCreated" ? error.insightId : undefined)
      })
    ).pipe(Effect.provide(world(transport, { quirks: { estimateIgnored: true } })))
  )

  it.scoped("fail with the message of their block", () =>
    using((it) =>
      Effect.gen(function* () {
        const { id } = yield* it.create(insightIn(projectId, aoiId))
        const error = yield* Effect.flip(it.wait({ aoiId, insightId: id }))
        assert.deepInclude(error, { _tag: "InsightFailed", errMsg: Option.some("no band B8") })
      })
    ).pipe(Effect.provide(world(transport, { quirks: { newInsights: { outcome: "failed", err_msg: "no band B8" } } })))
  )

  it.scoped("are run to their package, and deleted after their end", () =>
    using((it) =>
      Effect.gen(function* () {
        const input = insightIn(projectId, aoiId)
        const { id } = yield* it.create(input)
        const fresh = { aoiId, insightId: id, projectId }
        assert.strictEqual((yield* Effect.flip(it.delete(fresh)))._tag, "PixxelConflict")
        assert.strictEqual((yield* Effect.flip(it.download(fresh)))._tag, "PixxelBadRequest")
        const { download, insight } = yield* it.run(input)
        assert.isTrue(download.isReady)
        assert.deepStrictEqual(
          insight.outputs.map(({ name }) => Option.getOrThrow(name)),
          ["result", "areas"]
        )
        const done = { aoiId, insightId: insight.id, projectId }
        const before = yield* it.list({ aoiId })
        yield* it.delete(done)
        assert.lengthOf(yield* it.list({ aoiId }), before.length - 1)
        assert.strictEqual((yield* Effect.flip(it.delete(done)))._tag, "PixxelNotFound")
      })
    ).pipe(Effect.provide(world(transport)))
  )

  const { block, inputs } = insightIn(projectId, aoiId)
  const batchOf = (...keys: ReadonlyArray<string>) =>
    Stream.fromIterable(
      keys.map(
        (key): InsightRunAll.Input => ({
          key,
          aoiId,
          projectId,
          block: { name: block.name, version: block.version },
          inputs
        })
      )
    )

  /** Runs a batch with a ledger of JSON lines. */
  const batch = (ledger: Array<string>, keys: ReadonlyArray<string>) => {
    const keep = (event: InsightRunAll.Event) =>
      Effect.map(Effect.orDie(Schema.encode(Schema.parseJson(InsightRunAll.Event))(event)), (line) => {
        ledger.push(line)
      })
    return using((it) =>
      Effect.gen(function* () {
        const seen = yield* Effect.forEach(ledger, (line) => Schema.decode(Schema.parseJson(InsightRunAll.Event))(line))
        const updates: Array<InsightRunAll.Update> = []
        yield* Stream.runForEach(it.runAll(batchOf(...keys), { concurrency: 2, seen, keep }), (event) => {
          updates.push(event)
          return keep(event)
        })
        return updates
      })
    )
  }

  it.scoped("are run in a batch, which skips inputs that have ended", () =>
    Effect.gen(function* () {
      const ledger: Array<string> = []
      const updates = yield* batch(ledger, ["a", "b"])
      assert.sameMembers(
        updates.map(({ _tag, input }) => `${_tag} ${input.key}`),
        ["Created a", "Created b", "Succeeded a", "Succeeded b"]
      )
      assert.lengthOf(ledger, 6)
      assert.notInclude(ledger.join(), "signature")
      assert.isEmpty(yield* batch(ledger, ["a", "b"]))
      assert.lengthOf(yield* using((it) => it.list({ aoiId })), 4)
    }).pipe(Effect.provide(world(transport)))
  )

  it.scoped("of a killed batch are found by the mark in the event of their intent, among others", () =>
    Effect.gen(function* () {
      const ledger: Array<string> = []
      const made = yield* batch(ledger, ["a", "b"])
      yield* using((it) => it.create(insightIn(projectId, aoiId)))
      const before = yield* using((it) => it.list({ aoiId }))
      const killed = ledger.filter((line) => line.includes('"Intended"'))
      assert.lengthOf(killed, 2)
      // another process
      const updates = yield* batch(killed, ["a", "b"]).pipe(Effect.provide(Layer.fresh(InsightsApi.layer)))
      const idsOf = (events: ReadonlyArray<InsightRunAll.Update>) =>
        events.flatMap((event) => (event._tag === "Created" ? [`${event.input.key} ${event.insightId}`] : [])).sort()
      assert.lengthOf(idsOf(made), 2)
      assert.deepStrictEqual(idsOf(updates), idsOf(made))
      assert.lengthOf(yield* using((it) => it.list({ aoiId })), before.length)
    }).pipe(Effect.provide(world(transport)))
  )

  it.scoped("that were never created by a killed batch fail as unknown, and are not created again", () =>
    Effect.gen(function* () {
      const mock = yield* MockServer
      const ledger: Array<string> = []
      yield* mock.faults.use(Fault.plan(Fault.on("createInsights", Fault.refuse("reset"))))
      yield* batch(ledger, ["a"])
      yield* mock.faults.use({ rules: [] })
      const updates = yield* batch(
        ledger.filter((line) => line.includes('"Intended"')),
        ["a"]
      )
      const [event] = updates
      assert.strictEqual(event?._tag === "Failed" ? event.error._tag : event?._tag, "CreateOutcomeUnknown")
      assert.lengthOf(yield* using((it) => it.list({ aoiId })), 2)
    }).pipe(Effect.provide(world(transport)))
  )

  it.scoped("are downloaded whole or in part", () =>
    Effect.gen(function* () {
      const dir = yield* folder
      const fs = yield* FileSystem.FileSystem
      const sizes = yield* Effect.forEach(
        [{}, { outputs: ["areas"] }, { inputs: ["end_date"], outputs: ["areas"] }],
        (it, at) =>
          Effect.gen(function* () {
            const path = `${dir}/${at}.zip`
            const { verified } = yield* Download.toFile({ source: InsightsApi.source({ ...crops, ...it }), path })
            assert.strictEqual(verified, "checksum")
            return (yield* fs.readFile(path)).length
          })
      )
      assert.deepStrictEqual(
        [...sizes].sort((a, b) => b - a),
        sizes
      )
      assert.strictEqual(new Set(sizes).size, 3)
      const source = InsightsApi.source({ ...crops, outputs: ["none"] })
      const error = yield* Effect.flip(Download.toFile({ source, path: `${dir}/none.zip` }))
      assert.include(error.message, 'found "none", expected one of its data: "areas", "result"')
    }).pipe(Effect.provide(Layer.mergeAll(world(transport), NodeFileSystem.layer, NodePath.layer, NodeHashing.layer)))
  )

  it.scoped("are not found by a wrong id, of a wrong AOI, or in another AOI", () =>
    using((it) =>
      Effect.gen(function* () {
        const refs = [
          { aoiId, insightId: InsightId.make("none") },
          { ...crops, aoiId: AoiId.make("none") },
          { ...crops, aoiId: AoiId.make("aoi-east-field") }
        ]
        const tags = yield* Effect.forEach(refs, (ref) => Effect.map(Effect.flip(it.get(ref)), ({ _tag }) => _tag))
        assert.deepStrictEqual(new Set(tags), new Set(["PixxelNotFound"]))
      })
    ).pipe(Effect.provide(world(transport)))
  )
})
