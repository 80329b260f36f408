/** Validates what client and mock server really say to each other over TCP. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { JobsApi, Pixxel } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import { MockServer } from "@effect-pixxel/mock-server"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { isLong, sample } from "../../../vitest.size.js"
import { folder } from "../../client/test/integration/downloads.js"
import { operations } from "../../client/test/integration/faultOperations.js"
import { fixtures, projectId, workflowOf } from "../../client/test/integration/world.js"
import { unseen } from "../src/unseen.js"
import { complaints, described, type Exchange, routeOf } from "../src/validation.js"
import expected from "../unseen.json" with { type: "json" }

/** Records the exchanges of a `fetch`. */
const recording =
  (fetch: typeof globalThis.fetch, record: (exchange: Exchange) => void, prefix: string): typeof globalThis.fetch =>
  async (input, init) => {
    const response = await fetch(input, init)
    const url = new URL(String(input))
    if (!url.pathname.startsWith(prefix)) return response
    const text = await response.clone().text()
    record({
      method: init?.method ?? "GET",
      path: url.pathname.slice(prefix.length),
      query: [...url.searchParams.keys()],
      body: init?.body == null ? "" : await new Response(init.body).text(),
      status: response.status,
      answer: text
    })
    return response
  }

/** A client in a new world over TCP, with a record of its exchanges. */
const recorded = (exchanges: Array<Exchange>) =>
  Layer.unwrapEffect(
    Effect.map(MockServer, ({ baseUrl, fetch, token }) =>
      Pixxel.layer({ baseUrl, token }).pipe(
        Layer.provide(FetchHttpClient.layer),
        Layer.provide(
          Layer.succeed(
            FetchHttpClient.Fetch,
            recording(fetch, (exchange) => exchanges.push(exchange), new URL(baseUrl).pathname.replace(/\/$/, ""))
          )
        )
      )
    )
  ).pipe(
    Layer.provideMerge(
      MockServer.layer({ transport: "socket", leftovers: false, capsules: false, conduct: { pollAfterEnd: false } })
    ),
    Layer.merge(Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, NodeHashing.layer))
  )

const workflowId = workflowOf("crop-classification")

/** Stories that deviate on purpose from all that is documented. */
const deviations = ["other-numbers", "other-words", "soil-moisture-recorded"]

/** All operations, those that remove something last. */
const inOneWorld = Object.entries(operations).sort(
  ([one], [other]) => Number(/delete|remove/i.test(one)) - Number(/delete|remove/i.test(other))
)

describe("all that client and mock server exchange", () => {
  it.live(
    "is described by openapi.json, without an unknown property",
    () =>
      Effect.gen(function* () {
        const exchanges: Array<Exchange> = []
        const dir = yield* folder
        yield* Effect.gen(function* () {
          const jobs = yield* JobsApi
          const { id: jobId } = yield* jobs.create({ workflowId, projectId })
          const { tasks } = yield* jobs.wait({ workflowId, jobId })
          const taskId = tasks[0]?.id ?? assert.fail("no task")
          for (const [name, variants] of inOneWorld) {
            for (const { run } of variants) {
              const path = `${dir}/${name}-${exchanges.length}`
              yield* Effect.exit(run({ workflowId, projectId, jobId, taskId, path }))
            }
          }
        }).pipe(Effect.provide(recorded(exchanges)))
        for (const story of sample([...fixtures.jobs.keys()], 16)) {
          if (deviations.includes(story)) continue
          yield* Effect.gen(function* () {
            const { enqueue } = yield* MockServer
            const jobs = yield* JobsApi
            yield* enqueue(story)
            const { id } = yield* jobs.create({ workflowId: workflowOf(story), projectId })
            yield* Effect.exit(jobs.wait({ workflowId: workflowOf(story), jobId: id, timeout: "3 hours" }))
            yield* jobs.list({ workflowId: workflowOf(story) })
          }).pipe(Effect.provide(recorded(exchanges)))
        }
        const answers = new Map<string, Array<unknown>>()
        const found = new Set<string>()
        for (const exchange of exchanges) {
          const route = routeOf(exchange)
          if (route === undefined) continue
          for (const complaint of complaints(route, exchange)) found.add(complaint)
          const { answer, status } = exchange
          if (status >= 300) continue
          const values: ReadonlyArray<unknown> =
            answer === "" ? [] : [/^[{["]/.test(answer) ? JSON.parse(answer) : answer]
          answers.set(route.id, [...(answers.get(route.id) ?? []), ...values])
        }
        assert.deepStrictEqual([...found], [])
        assert.deepStrictEqual(
          described.filter((id) => !answers.has(id)),
          []
        )
        // a part of the stories shows less
        if (isLong) assert.deepStrictEqual(unseen(answers), expected)
      }).pipe(Effect.provide(NodeFileSystem.layer), Effect.scoped),
    180_000
  )
})
