/** The journal's record of the end of a request: its kind, its time, and the bytes of the answer. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { longTransports } from "../../../vitest.size.js"
import type { FixtureSet } from "../../src/core/Fixture.js"
import { Journal } from "../../src/core/Journal.js"
import * as Fault from "../../src/Fault.js"
import { MockServer } from "../../src/MockServer.js"
import { fixtures } from "./fixtures.js"

const done = "/v0/workflows/wf-crop/jobs/job-done"

/** Sends a request with a timeout of a minute; the journal has the result. */
const ask = (path: string, init: RequestInit = {}) =>
  Effect.gen(function* () {
    const { baseUrl, fetch, token } = yield* MockServer
    const headers = path.startsWith("http") ? {} : { authorization: Redacted.value(token) }
    return yield* Effect.promise((signal) =>
      fetch(path.startsWith("http") ? path : baseUrl + path, { headers, ...init, signal })
        .then((response) => response.text())
        .catch(String)
    ).pipe(Effect.timeoutTo({ duration: "1 minute", onSuccess: (text) => text, onTimeout: () => "" }))
  })

const last = Effect.gen(function* () {
  const entry = (yield* (yield* MockServer).requests).at(-1)
  assert.isDefined(entry)
  return entry
})

const signedUrl = Effect.gen(function* () {
  yield* ask(`${done}/download`, { method: "PUT" })
  yield* Effect.sleep("10 seconds")
  return String(JSON.parse(yield* ask(`${done}/download`, { method: "PUT" })).signed_url)
})

/** The same jobs, with packages larger than a connection's buffers. */
const large: FixtureSet = {
  ...fixtures,
  jobs: new Map([...fixtures.jobs].map(([name, story]) => [name, { ...story, download: { size: "100MB" } }]))
}

for (const transport of longTransports) {
  const world = Effect.provide(MockServer.layer({ transport, fixtures }))

  describe(`an entry, ${transport},`, () => {
    const ends = [
      ["all of it was passed on", Fault.latency("2s"), { end: "whole", bytes: 1981, status: 200, took: 2 }],
      ["different bytes were passed on", Fault.truncate(10), { end: "whole", bytes: 10, status: 200, took: 0 }],
      ["a fault cut it", Fault.cutBody(9, "reset"), { end: "cut", bytes: 9, status: 200, took: 0 }],
      ["its length was wrong", Fault.contentLengthOff(7), { end: "cut", bytes: 1981, status: 200, took: 0 }],
      ["nothing left", Fault.loseAnswer("close"), { end: "cut", bytes: undefined, status: undefined, took: 0 }],
      ["the client gave up on a stall", Fault.cutBody(9, "hang"), { end: "gone", bytes: 9, status: 200, took: 60 }],
      ["and on a drip", Fault.drip(10, "1s"), { end: "gone", bytes: 590, status: 200, took: 60 }],
      ["and on silence", Fault.refuse("hang"), { end: "gone", bytes: undefined, status: undefined, took: 60 }]
    ] as const
    it.effect.each(ends)("has the end of the answer: %s", ([, effect, expected]) =>
      Effect.gen(function* () {
        const { faults, time } = yield* MockServer
        yield* faults.use(Fault.plan(Fault.on("getJobById", effect)))
        yield* ask(done)
        yield* Effect.sleep("1 second")
        const { bytes, end, ended = Number.NaN, status, time: arrived } = yield* last
        assert.deepStrictEqual({ end, bytes, status, took: (ended - arrived) / 1_000 }, expected)
        assert.isTrue(time.idle)
      }).pipe(world)
    )

    it.effect("of a download has no bytes when the client disconnects before its end", () =>
      Effect.gen(function* () {
        const { fetch } = yield* MockServer
        const url = yield* signedUrl
        yield* Effect.promise(() => fetch(url).then((response) => response.body?.cancel()))
        yield* Effect.sleep("1 second")
        const { bytes, end, operation } = yield* last
        assert.deepStrictEqual({ operation, end, bytes }, { operation: "getPackage", end: "gone", bytes: undefined })
      }).pipe(Effect.provide(MockServer.layer({ transport, fixtures: large })))
    )

    for (const as of ["seconds", "date"] as const) {
      it.effect(`has the Retry-After of the answer, in ${as}`, () =>
        Effect.gen(function* () {
          const { faults } = yield* MockServer
          yield* faults.use(
            Fault.plan(Fault.on("getJobById", Fault.answer(503, { retryAfter: "7s", retryAfterAs: as })))
          )
          yield* ask(done)
          assert.strictEqual((yield* last).retryAfter, 7_000)
        }).pipe(world)
      )
    }

    it.effect("has the status of the job in the answer", () =>
      Effect.gen(function* () {
        yield* ask("/v0/workflows/wf-crop/jobs?project_id=p", { method: "POST" })
        assert.strictEqual((yield* last).shown, "running")
        yield* ask(done)
        assert.strictEqual((yield* last).shown, "completed")
        yield* ask("/v0/workflows/wf-crop/jobs")
        assert.isUndefined((yield* last).shown)
      }).pipe(world)
    )

    it.effect("does not count the bytes of a signed URL's target", () =>
      Effect.gen(function* () {
        const { host } = new URL(yield* signedUrl)
        const { world } = yield* MockServer
        const { bytes } = yield* last
        const text = yield* ask(`${done}/download`, { method: "PUT" })
        assert.strictEqual(bytes, text.length - `http://${host}/w/${world}`.length)
      }).pipe(world)
    )

    it.effect("has all values of a repeated parameter", () =>
      Effect.gen(function* () {
        yield* ask("/v0/workflows?limit=1&limit=2&x=1&x=2")
        assert.deepStrictEqual((yield* last).query, { limit: ["1", "2"], x: "***" })
      }).pipe(world)
    )
  })
}

describe("a journal", () => {
  const arrival = {
    time: 0,
    origin: "api" as const,
    operation: "ping",
    subject: "",
    method: "GET",
    route: "/ping",
    path: "/ping",
    ids: {},
    headers: {},
    received: 0,
    world: "w",
    credential: { kind: "missing" } as const
  }

  it("is limited in the bytes of requests", () => {
    const journal = new Journal({ bytes: 100_000 })
    for (let n = 0; n < 1_000; n++) journal.arrived({ ...arrival, query: { status: "x".repeat(9_000) } })
    assert.deepStrictEqual([journal.count, journal.entries.length, journal.entries[0]?.seq], [1_000, 10, 991])
  })

  it("has the order of all happenings, until it drops some", () => {
    const journal = new Journal({ entries: 2 })
    const first = journal.arrived({ ...arrival, query: {} })
    journal.did({ do: "signal", job: "j", name: "go" }, 5)
    journal.arrived({ ...arrival, query: {} }).over(7, true)
    first.over(9, false)
    assert.deepStrictEqual(journal.happenings, [
      { arrived: 1 },
      { at: 5, action: { do: "signal", job: "j", name: "go" } },
      { arrived: 2 },
      { over: 2 },
      { over: 1 }
    ])
    journal.arrived({ ...arrival, query: {} })
    assert.isUndefined(journal.happenings)
  })
})
