/** Validates what client and mock server really say to each other over TCP. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { JobsApi, Pixxel } from "@effect-pixxel/client"
import { NodeHashing } from "@effect-pixxel/client-node"
import { MockServer } from "@effect-pixxel/mock-server"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { isLong, sample, size } from "../../../vitest.size.js"
import { endpoints } from "../../client/test/endpoints.js"
import { folder } from "../../client/test/integration/downloads.js"
import { operations } from "../../client/test/integration/faultOperations.js"
import { fixtures, projectId, workflowOf } from "../../client/test/integration/world.js"
import { survive } from "../src/mutations.js"
import { officialComplaints, requiredPaths, without } from "../src/requests.js"
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
      MockServer.layer({
        transport: "socket",
        leftovers: false,
        capsules: false,
        conduct: { pollAfterEnd: false, pollFloor: false }
      })
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

/** The exchanges of every operation of the client in one world, and of stories of jobs, each in a world of its own. */
const record = Effect.gen(function* () {
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
  return exchanges
}).pipe(Effect.provide(NodeFileSystem.layer), Effect.scoped)

/** The exchanges with a success, by their operations. */
const successes = (exchanges: ReadonlyArray<Exchange>): ReadonlyMap<string, ReadonlyArray<Exchange>> =>
  new Map(
    Object.entries(
      Arr.groupBy(
        exchanges.filter(({ status }) => status < 300),
        (exchange) => routeOf(exchange)?.id ?? ""
      )
    )
  )

describe("all that client and mock server exchange", () => {
  // recorded once, by the first test
  const exchanged = Effect.runSync(Effect.cached(record))

  it.live(
    "is described by openapi.json, without an unknown property",
    () =>
      Effect.gen(function* () {
        const exchanges = yield* exchanged
        const found = new Set<string>()
        for (const exchange of exchanges) {
          const route = routeOf(exchange)
          if (route !== undefined) for (const complaint of complaints(route, exchange)) found.add(complaint)
        }
        assert.deepStrictEqual([...found], [])
        const answers = successes(exchanges)
        assert.deepStrictEqual(
          described.filter((id) => !answers.has(id)),
          []
        )
        // a part of the stories shows less
        if (!isLong) return
        const values = new Map(
          [...answers].map(([id, all]) => [
            id,
            all.flatMap(
              ({ answer }): ReadonlyArray<unknown> =>
                answer === "" ? [] : [/^[{["]/.test(answer) ? JSON.parse(answer) : answer]
            )
          ])
        )
        assert.deepStrictEqual(unseen(values), expected)
      }),
    180_000
  )

  it.live(
    "survives in its answers that any optional field is missing, null, zero, or an unknown word",
    () =>
      Effect.gen(function* () {
        const answers = successes(yield* exchanged)
        const found = new Map<string, ReadonlyArray<string>>()
        let changes = 0
        for (const { operation, success } of endpoints) {
          if (success.kind !== "json" && success.kind !== "page") continue
          const texts = [...new Set(answers.get(operation)?.map(({ answer }) => answer))]
          // the longest answers have the most fields
          for (const text of texts.sort((one, other) => other.length - one.length).slice(0, size(1, 5))) {
            const outcome = survive(success, text)
            changes += outcome.changes
            if (outcome.complaints.length > 0) found.set(operation, outcome.complaints)
          }
        }
        assert.deepStrictEqual([...found], [])
        assert.isAbove(changes, 1_000)
      }),
    180_000
  )

  it.live(
    "has bodies of requests that the official description accepts, and that the mock server refuses without a required part",
    () =>
      Effect.gen(function* () {
        const requests = successes(yield* exchanged)
        const { baseUrl, fetch, token } = yield* MockServer
        const withBodies = endpoints.filter(({ body }) => body !== undefined)
        for (const row of withBodies) {
          const known = new Map((requests.get(row.operation) ?? []).map((exchange) => [exchange.body, exchange]))
          assert.isAbove(known.size, 0, row.operation)
          for (const { body, method, path } of known.values()) {
            const sent: unknown = JSON.parse(body)
            assert.deepStrictEqual(officialComplaints(row.operation, sent), [])
            for (const part of requiredPaths(row, sent)) {
              const response = yield* Effect.promise(() =>
                fetch(`${baseUrl}${path}`, {
                  method,
                  headers: { authorization: `Bearer ${Redacted.value(token)}`, "content-type": "application/json" },
                  body: JSON.stringify(without(sent, part))
                })
              )
              const answer = yield* Effect.promise(() => response.text())
              assert.strictEqual(response.status, 400, `${row.operation} without ${part.join(".")}`)
              assert.include(answer, part.at(-1) ?? "", row.operation)
            }
          }
        }
      }).pipe(Effect.provide(MockServer.layer({ leftovers: false }))),
    180_000
  )
})
