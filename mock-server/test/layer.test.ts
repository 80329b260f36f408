/** The layer's other parts: random numbers of its seed, and an app that all layers share. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { JobsApi, Pixxel, ProjectId, WorkflowId } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import { longTransports, size } from "../../vitest.size.js"
import { shippedFixtures } from "../src/fixtures/load.js"
import { MockApp, MockServer } from "../src/MockServer.js"

const numbers = Effect.all([Random.next, Random.next, Random.nextIntBetween(0, 1_000_000)])

/** The program of the README, with retries after random pauses. */
const journal = (options: MockServer.Options) =>
  Effect.gen(function* () {
    const mock = yield* MockServer
    const jobs = yield* JobsApi
    yield* Effect.either(
      jobs.run({
        workflowId: WorkflowId.make("wf-crop-classification"),
        projectId: ProjectId.make("project-monsoon-2024")
      })
    )
    return JSON.stringify(yield* mock.requests)
  }).pipe(
    Effect.provide(
      Layer.unwrapEffect(Effect.map(MockServer, ({ baseUrl, token }) => Pixxel.layer({ baseUrl, token }))).pipe(
        Layer.provideMerge(MockServer.layer({ ...options, leftovers: false, conduct: false, capsules: false }))
      )
    )
  )

for (const transport of longTransports) {
  describe(`the random numbers of a world, ${transport}`, () => {
    it.effect("derive from its seed", () =>
      Effect.gen(function* () {
        const of = (options: MockServer.Options) => Effect.provide(numbers, MockServer.layer({ transport, ...options }))
        assert.deepStrictEqual(yield* of({ seed: "a" }), yield* of({ seed: "a" }))
        assert.deepStrictEqual(yield* of({ seed: "a" }), yield* of({ seed: "a", clock: "followTestClock" }))
        assert.notDeepEqual(yield* of({ seed: "a" }), yield* of({ seed: "b" }))
        assert.deepStrictEqual(yield* of({}), yield* of({}))
      })
    )

    for (const scenario of [undefined, "flaky"] as const) {
      it.effect(`give a program the same journal in each run: ${scenario ?? "no faults"}`, () =>
        Effect.gen(function* () {
          const journals = yield* Effect.forEach(Array.from({ length: size(3, 30) }), () =>
            journal({ transport, scenario })
          )
          assert.strictEqual(new Set(journals).size, 1)
        })
      )
    }
  })

  describe(`the app that layers share, ${transport}`, () => {
    /** Makes fixtures that no layer has used. */
    const fresh = () => ({ ...shippedFixtures() })

    it.effect("is built once by concurrent layers", () =>
      Effect.gen(function* () {
        const fixtures = fresh()
        const ways = yield* Effect.all(
          Array.from({ length: 5 }, () =>
            Effect.provide(
              Effect.map(MockServer, ({ baseUrl }) => new URL(baseUrl).origin),
              MockServer.layer({ fixtures, transport: "socket" })
            )
          ),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(new Set(ways).size, 1)
      })
    )

    it.effect("survives the interruption of the first layer", () =>
      Effect.gen(function* () {
        const fixtures = fresh()
        const world = Effect.provide(MockServer, MockServer.layer({ fixtures, transport }))
        const [first, second] = yield* Effect.all([Effect.fork(world), Effect.fork(world)])
        yield* Effect.yieldNow()
        yield* Effect.forkDaemon(first.interruptAsFork(first.id()))
        assert.isString((yield* second).world)
      })
    )

    it.effect("is built again after a failed build", () =>
      Effect.gen(function* () {
        const layer = MockServer.layer({ fixtures: "/nowhere", transport })
        const both = yield* Effect.all([1, 2].map(() => Effect.either(Effect.provide(MockServer, layer))))
        assert.deepStrictEqual(
          both.map((either) => Either.isLeft(either) && either.left.name),
          ["FixtureError", "FixtureError"]
        )
      })
    )

    it.scoped("gives each world the fixtures of a folder as they are then", () =>
      Effect.gen(function* () {
        const folder = mkdtempSync(join(tmpdir(), "changing-"))
        yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(folder, { recursive: true })))
        const layer = MockServer.layer({ fixtures: folder, transport, capsules: false })
        const write = (name: string, text: string) => {
          mkdirSync(join(folder, "workflows"), { recursive: true })
          writeFileSync(join(folder, "workflows", `${name}.json`), text)
        }
        const workflow = (id: string) => JSON.stringify({ kind: "workflow", source: "made up", id })
        const listed = Effect.gen(function* () {
          const { baseUrl, fetch, token } = yield* MockServer
          const headers = { authorization: Redacted.value(token) }
          const response = yield* Effect.promise(() => fetch(`${baseUrl}/v0/workflows`, { headers }))
          const { workflows } = yield* Effect.promise(() => response.json())
          return workflows.map(({ id }: { readonly id: string }) => id)
        })
        const inNewWorld = Effect.provide(listed, layer)

        write("a", workflow("wf-1"))
        yield* Effect.gen(function* () {
          assert.deepStrictEqual(yield* listed, ["wf-1"])
          write("a", workflow("wf-2")) // as long as it was, and at once
          assert.deepStrictEqual(yield* inNewWorld, ["wf-2"])
          assert.deepStrictEqual(yield* listed, ["wf-1"]) // of the world that was there before
        }).pipe(Effect.provide(layer))
        write("b", workflow("wf-3"))
        assert.deepStrictEqual(yield* inNewWorld, ["wf-2", "wf-3"])
        write("b", "{")
        const broken = yield* Effect.flip(inNewWorld)
        assert.strictEqual(broken.name, "FixtureError")
        rmSync(join(folder, "workflows", "b.json"))
        assert.deepStrictEqual(yield* inNewWorld, ["wf-2"])
      })
    )

    it.effect("is a different one for each layerApp", () =>
      Effect.gen(function* () {
        const app = Effect.provide(MockApp, MockServer.layerApp())
        assert.notStrictEqual((yield* app).app, (yield* app).app)
      })
    )
  })
}
