/** The Effect service: a world for every build of the layer, and its tools. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Scenario } from "../src/core/Scenario.js"
import { shippedFixtures } from "../src/fixtures/load.js"
import { LeftOver, MockServer } from "../src/MockServer.js"

const listWorkflows = Effect.gen(function* () {
  const { baseUrl, token } = yield* MockServer
  const client = yield* HttpClient.HttpClient
  const response = yield* client.execute(
    HttpClientRequest.get(`${baseUrl}/v0/workflows`).pipe(HttpClientRequest.bearerToken(token))
  )
  yield* response.json
  return response
})

const worldName = Effect.map(MockServer, ({ world }) => world)

for (const transport of ["inProcess", "socket"] as const) {
  describe(`a world, ${transport}`, () => {
    it.effect("answers its own token, and records the request", () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* listWorkflows).status, 200)
        const requests = yield* (yield* MockServer).requests
        assert.deepStrictEqual(
          requests.map(({ credential, operation, status }) => ({ credential, operation, status })),
          [{ operation: "listWorkflows", credential: "bearer owner", status: 200 }]
        )
      }).pipe(Effect.provide(MockServer.layer({ transport })))
    )

    it.effect("dates its answers by its own time, which is the program's", () =>
      Effect.gen(function* () {
        yield* Effect.sleep("90 minutes")
        assert.strictEqual((yield* listWorkflows).headers["date"], "Wed, 01 Jan 2025 01:30:00 GMT")
        assert.strictEqual(yield* Clock.currentTimeMillis, Date.UTC(2025, 0, 1, 1, 30))
      }).pipe(Effect.provide(MockServer.layer({ transport })))
    )

    it.effect("ends with its scope: its token is then unknown", () =>
      Effect.gen(function* () {
        const gone = yield* Effect.provide(MockServer, MockServer.layer({ transport }))
        const client = yield* HttpClient.HttpClient
        const { baseUrl } = yield* MockServer
        const response = yield* client.execute(
          HttpClientRequest.get(`${baseUrl.replace(/[^/]*$/, gone.world)}/v0/workflows`).pipe(
            HttpClientRequest.bearerToken(gone.token)
          )
        )
        yield* response.text
        assert.strictEqual(response.status, 401)
      }).pipe(Effect.provide(MockServer.layer({ transport })))
    )

    it.effect("can be reached by plain fetch, under the same clock", () =>
      Effect.gen(function* () {
        const { baseUrl, fetch } = yield* MockServer
        const pong = yield* Effect.promise(() => fetch(`${baseUrl}/ping`).then((response) => response.json()))
        assert.strictEqual(pong, "pong")
      }).pipe(Effect.provide(MockServer.layer({ transport })))
    )
  })
}

/** Creates a job of a workflow, or gets the one with this id. */
const jobOf = (workflow: string, id: string) =>
  Effect.gen(function* () {
    const { baseUrl, fetch, token } = yield* MockServer
    const headers = { authorization: Redacted.value(token) }
    const url = `${baseUrl}/v0/workflows/${workflow}/jobs`
    const init = id === "" ? { method: "POST", headers } : { headers }
    return yield* Effect.promise(() =>
      fetch(id === "" ? `${url}?project_id=p` : `${url}/${id}`, init).then((response) => response.json())
    ).pipe(Effect.map((body) => body as { readonly id: string; readonly status: string })) // the mock's encoding
  })

describe("a scenario", () => {
  const firstJob = jobOf("wf-crop-classification", "")
  const scenario: Scenario = {
    stories: [{ story: "instant", workflow: "wf-crop-classification" }],
    faults: { rules: [{ on: "listWorkflows", attempts: [1], do: { answer: { status: 503, body: {} } } }] },
    quirks: { everyStory: { jobStatus: { completed: "SUCCESS" } } }
  }

  it.effect("sets the initial state of the world", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* firstJob).status, "SUCCESS")
      assert.strictEqual((yield* firstJob).status, "queued")
      assert.strictEqual((yield* listWorkflows).status, 503)
    }).pipe(Effect.provide(MockServer.layer({ scenario })))
  )

  it.effect("has stories and faults that must be used, like those of a test", () =>
    Effect.gen(function* () {
      const cause = yield* Effect.flip(Effect.sandbox(Effect.provide(MockServer, MockServer.layer({ scenario }))))
      assert.instanceOf(Cause.squash(cause), LeftOver)
      assert.include(
        String(Cause.squash(cause)),
        "rules[0] answer never took effect; the story instant, queued for wf-crop-classification, was never used"
      )
    })
  )

  it.effect("that is invalid fails the layer with all problems", () =>
    Effect.gen(function* () {
      const layer = MockServer.layer({ scenario: { stories: ["instnat"], faults: "flaki" } })
      const error = yield* Effect.flip(Effect.provide(MockServer, layer))
      assert.strictEqual(error.name, "ScenarioError")
      assert.deepStrictEqual(
        error.problems.map(({ path }) => path),
        ["stories[0]", "faults"]
      )
    })
  )
})

describe("a story that waits for signals", () => {
  const statusOf = (id: string) => jobOf("wf-yield-forecast", id)

  it.effect("continues at a signal of the test", () =>
    Effect.gen(function* () {
      const { enqueue, signal } = yield* MockServer
      yield* enqueue("waits-for-go")
      const { id, status } = yield* statusOf("")
      yield* signal(id, "start")
      const started = yield* statusOf(id)
      yield* signal(id, "finish")
      yield* Effect.sleep("1 minute")
      const ended = yield* statusOf(id)
      assert.deepStrictEqual([status, started.status, ended.status], ["queued", "running", "completed"])
    }).pipe(Effect.provide(MockServer.layer()))
  )

  it.effect("dies of an unknown signal, job or story", () =>
    Effect.gen(function* () {
      const { enqueue, signal } = yield* MockServer
      const deathOf = (wrong: Effect.Effect<void>) =>
        Effect.map(Effect.sandbox(wrong).pipe(Effect.flip), (cause) => String(Cause.squash(cause)))
      yield* enqueue("waits-for-go")
      const { id } = yield* statusOf("")
      assert.deepStrictEqual(
        yield* Effect.all([
          deathOf(signal(id, "strat")),
          deathOf(signal("unknown", "start")),
          deathOf(enqueue("wait-for-go"))
        ]),
        [
          `RangeError: the job ${id} never waits for a signal "strat"; its signals: "start", "finish" (did you mean "start"?)`,
          `RangeError: there is no job unknown; jobs: "job-crop-done", "job-crop-running", "job-water-failed", "${id}"`,
          'RangeError: there is no story called wait-for-go; stories: "waits-for-go", "crop-classification", "documented-sample", "id-only", "instant", "missing-fields", "nulls", "other-numbers", "other-words", "queued-forever", "sixty-tasks", "steps-by-polls" and 4 more (did you mean "waits-for-go"?)'
        ]
      )
    }).pipe(Effect.provide(MockServer.layer()))
  )
})

describe("the layer", () => {
  it.effect("makes a new world in each build, with the same ids", () =>
    Effect.gen(function* () {
      const names = yield* Effect.all([1, 2, 3].map(() => Effect.provide(worldName, MockServer.layer())))
      assert.strictEqual(new Set(names).size, 3)
    })
  )

  it.effect("shares no state with the first world of the app", () =>
    Effect.gen(function* () {
      const fixtures = { ...shippedFixtures() } // of an unused app
      const requestId = Effect.map(listWorkflows, ({ headers }) => headers["x-request-id"])
      yield* Effect.provide(requestId, MockServer.layer({ fixtures, seed: "mine" }))
      const other = yield* Effect.provide(requestId, MockServer.layer({ fixtures }))
      assert.strictEqual(other, yield* Effect.provide(requestId, MockServer.layer()))
    })
  )

  it.effect("provides the settings that an application reads from its environment", () =>
    Effect.gen(function* () {
      const { baseUrl, token } = yield* MockServer
      assert.strictEqual(yield* Config.string("PIXXEL_BASE_URL"), baseUrl)
      assert.strictEqual(Redacted.value(yield* Config.redacted("PIXXEL_API_KEY")), Redacted.value(token))
    }).pipe(Effect.provide(MockServer.layerConfigProvider.pipe(Layer.provideMerge(MockServer.layer()))))
  )

  it.effect("verifies requests, and reports the ones found", () =>
    Effect.gen(function* () {
      const { verify } = yield* MockServer
      yield* listWorkflows
      yield* verify({ operation: "listWorkflows" })
      yield* verify({ operation: "createJob", times: 0 })
      const error = yield* Effect.flip(verify({ operation: "listWorkflows", status: 503, atMost: 2, atLeast: 1 }))
      assert.strictEqual(
        error.message,
        "expected 1 to 2 of listWorkflows answered 503, found 0, and 1 other listWorkflows; #1 was answered 200, expected 503"
      )
    }).pipe(Effect.provide(MockServer.layer()))
  )

  it.effect("reports the nearest request, and the position of its job", () =>
    Effect.gen(function* () {
      const { baseUrl, fetch, token, verify } = yield* MockServer
      const headers = { authorization: Redacted.value(token) }
      const jobs = `${baseUrl}/v0/workflows/wf-crop-classification/jobs`
      const ask = (url: string, method: string) =>
        Effect.promise(() => fetch(url, { method, headers }).then((response) => response.json()))
      const { id } = Object(yield* ask(`${jobs}?project_id=p`, "POST"))
      yield* Effect.sleep("61 seconds")
      yield* ask(`${jobs}/${id}/download`, "PUT")
      const miss = yield* Effect.flip(verify({ operation: "downloadJob", status: 200 }))
      assert.strictEqual(
        miss.message,
        "expected at least 1 of downloadJob answered 200, found 0, and 1 other downloadJob; " +
          '#2 was answered 400, expected 200 (asked at 61 s, "running"; would be "completed" at 240 s)'
      )
      const other = yield* Effect.flip(verify({ operation: "downloadJob", subject: "another" }))
      assert.deepInclude(other.nearest, { seq: 2, differs: `is about "${id}", expected "another"` })
      const typo = yield* Effect.flip(verify({ operation: "downloadJobs" }))
      assert.include(
        typo.message,
        'there is no operation of that name; operations: "downloadJob", "downloadTask", "ping"'
      )
    }).pipe(Effect.provide(MockServer.layer()))
  )

  it.effect("stands still in manual mode until it is advanced", () =>
    Effect.gen(function* () {
      const { advance } = yield* MockServer
      const sleeping = yield* Effect.fork(Effect.zipRight(Effect.sleep("1 hour"), Clock.currentTimeMillis))
      yield* advance("59 minutes")
      assert.isTrue((yield* Fiber.poll(sleeping))._tag === "None")
      yield* advance("2 minutes")
      assert.strictEqual(yield* Fiber.join(sleeping), Date.UTC(2025, 0, 1, 1))
    }).pipe(Effect.provide(MockServer.layer({ clock: "manual" })))
  )

  it.effect("fails with every problem of the given fixtures", () =>
    Effect.gen(function* () {
      const folder = mkdtempSync(path.join(os.tmpdir(), "fixtures-"))
      writeFileSync(path.join(folder, "jobs.json"), "{}")
      const error = yield* Effect.flip(Effect.provide(MockServer, MockServer.layer({ fixtures: folder })))
      rmSync(folder, { recursive: true })
      assert.strictEqual(error.name, "FixtureError")
      assert.isNotEmpty(error.problems)
    })
  )
})

layer(MockServer.layerApp())("a block of tests over one app of its own", (it) => {
  const names: Array<string> = []

  it.effect("has a world for the first test", () =>
    Effect.map(Effect.provide(worldName, MockServer.layerWorld()), (name) => {
      assert.strictEqual(names.push(name), 1)
    })
  )
  it.effect("has another world for the second", () =>
    Effect.map(Effect.provide(worldName, MockServer.layerWorld()), (name) => {
      assert.notInclude(names, name)
    })
  )
})
