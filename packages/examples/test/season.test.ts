/** Runs `src/season` against the mock server: with and without faults, stops and crashes. */
import { hostname } from "node:os"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Pixxel, ProjectId, RunAll, WorkflowId } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import { Fault, MockServer } from "@effect-pixxel/mock-server"
import { Effect, Fiber, Layer, Ref, Schema } from "effect"
import { unzipSync } from "fflate"
import { sample, size } from "../../../vitest.size.js"
import { Ledger } from "../src/season/Ledger.js"
import { Notices } from "../src/season/Notices.js"
import { type Site, Sites } from "../src/season/Sites.js"
import { season } from "../src/season/season.js"

const project = ProjectId.make("project-monsoon-2024")
const site = (name: string, workflow: string): Site => ({ name, project, workflow: WorkflowId.make(workflow) })
const snapshots = Array.from({ length: size(3, 12) }, (_, index) =>
  site(`field-${index + 1}`, "wf-vegetation-snapshot")
)
const lake = site("lake", "wf-water-quality") // its job fails
const basin = site("basin", "wf-basin-mosaic") // costs more than the limit
const sites = [...snapshots, lake, basin]
/** All but the basin's. */
const jobs = snapshots.length + 1

/** A world of the mock, a folder, and the sent notices. */
const Night = Layer.merge(NodeContext.layer, MockServer.layer())

const setUp = Effect.gen(function* () {
  const folder = yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())
  return { results: folder, ledger: `${folder}/ledger.jsonl`, notices: yield* Ref.make<ReadonlyArray<string>>([]) }
})
type SetUp = Effect.Effect.Success<typeof setUp>

/** Runs the program like a separate process: with a client and services of its own. */
const run = ({ ledger, results, notices }: SetUp) =>
  season({ results, maxCost: 200 }).pipe(
    Effect.provide(
      Layer.mergeAll(
        Pixxel.layerConfig,
        NodeHashing.layer,
        Sites.layer(sites),
        Ledger.layer(ledger),
        Layer.succeed(Notices, { send: (text) => Ref.update(notices, (all) => [...all, text]) })
      ).pipe(Layer.provide(MockServer.layerConfigProvider))
    )
  )

const assertAllIsThere = ({ results, notices }: SetUp) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    for (const { name } of snapshots) {
      assert.isNotEmpty(Object.keys(unzipSync(yield* fs.readFile(`${results}/${name}.zip`))), name)
    }
    const files = yield* fs.readDirectory(results)
    assert.lengthOf(files, snapshots.length + 1, "an extra result, or a leftover file")
    const [basin, lake, ...others] = [...(yield* Ref.get(notices))].sort()
    assert.match(basin ?? "", /^basin: .*300/)
    assert.match(lake ?? "", /^lake: /)
    assert.deepStrictEqual(others, [])
  })

const paid = Effect.flatMap(MockServer, ({ requests }) =>
  Effect.map(requests, (all) => all.filter((it) => it.operation === "createJob").length)
)

describe("a season", () => {
  it.effect("downloads every result, and reports the failed ones", () =>
    Effect.gen(function* () {
      const night = yield* setUp
      yield* run(night)
      yield* assertAllIsThere(night)
      assert.strictEqual(yield* paid, jobs)
    }).pipe(Effect.scoped, Effect.provide(Night))
  )

  it.effect("does no work in a second run", () =>
    Effect.gen(function* () {
      const night = yield* setUp
      yield* run(night)
      yield* run(night)
      yield* assertAllIsThere(night)
      assert.strictEqual(yield* paid, jobs)
    }).pipe(Effect.scoped, Effect.provide(Night))
  )

  it.effect.each(sample(["100 millis", "2 seconds", "20 seconds", "2 minutes", "20 minutes"] as const, 3, 2))(
    "pays once per job despite lost answers, an outage, broken connections and a stop after %s",
    (stop) =>
      Effect.gen(function* () {
        const night = yield* setUp
        const mock = yield* MockServer
        yield* mock.faults.use(
          Fault.plan(
            Fault.on("createJob", Fault.loseAnswer("reset"), { attempts: [2, 5], optional: true }),
            Fault.on("*", Fault.answer(503), { between: { from: "30s", to: "50s" }, optional: true }),
            Fault.on("getPackage", Fault.cutBody(1_000, "reset"), { attempts: [1, 4, 7], optional: true })
          )
        )
        yield* Effect.timeoutOption(run(night), stop)
        yield* run(night)
        yield* assertAllIsThere(night)
        assert.strictEqual(yield* paid, jobs)
      }).pipe(Effect.scoped, Effect.provide(Night))
  )

  /** Changes the ledger of a finished run. */
  const afterBreaking = (change: (lines: ReadonlyArray<string>) => string) =>
    Effect.gen(function* () {
      const night = yield* setUp
      const fs = yield* FileSystem.FileSystem
      yield* run(night)
      const lines = (yield* fs.readFileString(night.ledger)).trimEnd().split("\n")
      yield* fs.writeFileString(night.ledger, change(lines))
      return { night, lines, before: yield* paid }
    })

  it.effect.each(size([20], [1, 20, 200]))("ignores a last line without its last %i characters", (missing) =>
    Effect.gen(function* () {
      const { before, lines, night } = yield* afterBreaking((all) => `${all.join("\n")}\n`.slice(0, -missing))
      yield* run(night)
      assert.strictEqual(yield* paid, before)
      // The torn event is written again as a separate line.
      const ledger = yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(night.ledger))
      assert.deepStrictEqual(ledger.trimEnd().split("\n").slice(0, -1), lines.slice(0, -1))
      yield* Effect.forEach(ledger.trimEnd().split("\n"), (line) => Schema.decode(Schema.parseJson(RunAll.Event))(line))
    }).pipe(Effect.scoped, Effect.provide(Night))
  )

  it.effect("stops at a ledger with an unreadable line in the middle", () =>
    Effect.gen(function* () {
      const { before, night } = yield* afterBreaking(
        ([first = "", second = "", ...rest]) => `${[first, second.slice(0, -20), ...rest].join("\n")}\n`
      )
      const error = yield* Effect.flip(run(night))
      assert.strictEqual(error._tag, "LedgerUnreadable")
      assert.include(error.message, "ledger.jsonl:2:")
      assert.strictEqual(yield* paid, before)
    }).pipe(Effect.scoped, Effect.provide(Night))
  )

  it.effect("rejects a second process during a run", () =>
    Effect.gen(function* () {
      const night = yield* setUp
      const first = yield* Effect.fork(run(night))
      yield* Effect.sleep("100 millis")
      const error = yield* Effect.flip(run(night))
      assert.strictEqual(error._tag, "Locked")
      assert.include(error.message, `process ${process.pid}`)
      yield* Fiber.join(first)
      yield* assertAllIsThere(night)
      assert.strictEqual(yield* paid, jobs)
    }).pipe(Effect.scoped, Effect.provide(Night))
  )

  const strangers: ReadonlyArray<readonly [string, (own: { readonly host: string }) => object, boolean]> = [
    ["a process that no longer runs", ({ host }) => ({ host, pid: 2 ** 22 + 1, nonce: "x" }), true],
    ["a process with another start time", ({ host }) => ({ host, pid: process.pid, started: "1", nonce: "x" }), true],
    ["a process that may still run", ({ host }) => ({ host, pid: process.pid, nonce: "x" }), false],
    ["a process on another machine", () => ({ host: "elsewhere", pid: 2 ** 22 + 1, nonce: "x" }), false]
  ]
  it.effect.each(sample(strangers, 2))("handles the lock of %s", ([, ownerOf, isTakenOver]) =>
    Effect.gen(function* () {
      const night = yield* setUp
      const fs = yield* FileSystem.FileSystem
      yield* fs.writeFileString(`${night.ledger}.lock`, JSON.stringify(ownerOf({ host: hostname() })))
      const exit = yield* Effect.either(run(night))
      assert.strictEqual(exit._tag, isTakenOver ? "Right" : "Left")
      assert.strictEqual(yield* fs.exists(`${night.ledger}.lock`), !isTakenOver)
      assert.strictEqual(yield* paid, isTakenOver ? jobs : 0)
    }).pipe(Effect.scoped, Effect.provide(Night))
  )
})
