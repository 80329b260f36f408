/** Each duration that a user gives has a bound, which is said before anything waits for it. */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { VirtualTime, VirtualTimeExceeded } from "../src/clock/VirtualTime.js"
import * as Fault from "../src/Fault.js"
import { faultPlan } from "../src/FaultArbitrary.js"
import { MockServer } from "../src/MockServer.js"
import { workflowProblems } from "../src/resources/workflows/fixture.js"
import { buildServer } from "../src/server.js"
import { transports } from "./clock/harness.js"
import { start } from "./http/harness.js"

type Effects = Parameters<typeof Fault.on>[1]

const wait = "at most 168h: virtual time goes no further"
const span = "at most 876000h: a date has a year of four digits"

const tooLong: ReadonlyArray<readonly [path: string, effect: Effects, found: string, expected: string]> = [
  ["latency", { latency: "10000h" }, "10000h", wait],
  ["latency", { latency: "168h1ms" }, "168h1ms", wait],
  ["latency.to", { latency: { from: "1s", to: "999999999h" } }, "999999999h", wait],
  ["latency.mean", { latency: { mean: "169h" } }, "169h", wait],
  ["latency.median", { latency: { median: "10081m", sigma: 1 } }, "10081m", wait],
  ["drip.every", { drip: { bytes: 1, every: "10000h" } }, "10000h", wait],
  ["answer.retryAfter", { answer: { status: 503, retryAfter: "876001h" } }, "876001h", span],
  ["limit.per", { limit: { tokens: 1, per: "999999999h" } }, "999999999h", span]
]

const longest: ReadonlyArray<Effects> = [
  { latency: "168h" },
  { latency: { from: "0s", to: "168h" } },
  { latency: { median: "168h", sigma: 5 } },
  { drip: { bytes: 1, every: "168h" } },
  { answer: { status: 503, retryAfter: "876000h", retryAfterAs: "date" } }
]

const layer = (options: MockServer.WorldOptions = {}) =>
  MockServer.layer({ conduct: false, leftovers: false, capsules: false, ...options })

/** The defect of a program. */
const defectOf = (exit: Exit.Exit<unknown, unknown>): unknown =>
  Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined

describe("a fault plan", () => {
  it.each(tooLong)(
    "with a %s that is too long is refused, wherever it comes from",
    async (path, effect, found, expected) => {
      const plan = Fault.plan(Fault.on("ping", effect))
      const message = `rules[0].do.${path}: found "${found}", expected ${expected}`
      assert.throws(() => buildServer({ faults: plan }), message)
      assert.throws(() => buildServer({ scenario: { faults: plan } }), `faults.${message}`)

      const server = await start({ admin: { token: "t" } })
      const { ask, world } = server.site()
      const headers = { "content-type": "application/json" }
      const put = await ask(`/__mock/v1/worlds/${world.name}/faults`, {
        method: "PUT",
        token: "Bearer t",
        headers,
        body: JSON.stringify(plan)
      })
      assert.deepStrictEqual([put.status, put.json.error.message], [400, message])
      await server.close()

      const used = await Effect.runPromise(
        Effect.flatMap(MockServer, ({ faults }) => Effect.flip(faults.use(plan))).pipe(Effect.provide(layer()))
      )
      assert.include(used.message, message)
    }
  )

  it("may have the longest times", () => {
    for (const effect of longest) buildServer({ faults: Fault.plan(Fault.on("ping", effect)) })
  })

  it("of chance has none that is too long", () => {
    assert.throws(() => faultPlan({ longest: "169h" }), RangeError, 'found "169h", expected at most 168h')
  })
})

describe("other durations that are too long, or none:", () => {
  it("the age of a job", () => {
    const jobs = [{ id: "j", story: "s", age: "999999999h" }]
    const problems = workflowProblems({ kind: "workflow", source: "made up", id: "w", jobs })
    assert.deepStrictEqual(
      problems.map(({ message }) => message),
      [`found "999999999h", expected ${span}`]
    )
  })

  it.each([Number.NaN, 0, -1])("a cap of %s", (cap) => {
    assert.throws(() => new VirtualTime({ cap }), RangeError, `the cap of virtual time is ${cap}, expected a number`)
  })

  it.effect.each(["soon", "1.2.3s", "5 s", ""])("a floor of polls that is %j", (pollFloor) =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(
        Effect.flatMap(MockServer, ({ conduct }) => conduct({ pollFloor })).pipe(Effect.provide(layer()))
      )
      assert.include(
        String(defectOf(exit)),
        `pollFloor is ${JSON.stringify(pollFloor)}, expected a duration such as "5s"`
      )
    })
  )

  it.effect.each(["auto", "manual"] as const)("an advance without an end, %s", (clock) =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(
        Effect.flatMap(MockServer, ({ advance }) => advance(Number.POSITIVE_INFINITY)).pipe(
          Effect.provide(layer({ clock }))
        )
      )
      assert.instanceOf(defectOf(exit), RangeError)
    })
  )

  it.effect.each(["auto", "manual"] as const)("an advance beyond the year 9999, %s", (clock) =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(
        Effect.flatMap(MockServer, ({ advance }) => advance("9999999 days")).pipe(Effect.provide(layer({ clock })))
      )
      assert.include(String(defectOf(exit)), "expected no further than the year 9999")
    })
  )

  it.effect("an advance beyond the cap: it ends, and says so", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(
        Effect.flatMap(MockServer, ({ advance }) => advance("169 hours")).pipe(Effect.provide(layer()))
      )
      assert.instanceOf(defectOf(exit), VirtualTimeExceeded)
    })
  )
})

for (const transport of transports) {
  describe(`a latency that ends beyond the cap of time, ${transport},`, () => {
    const late = [
      ["before the answer", Fault.latency("2h")],
      ["in the middle of its body", Fault.drip(1, "30m")]
    ] as const

    it.effect.each(late)("fails the request with what exceeds it, %s", ([, effect]) =>
      Effect.gen(function* () {
        const { advance, baseUrl, faults, fetch, time } = yield* MockServer
        yield* faults.use(Fault.plan(Fault.on("ping", effect)))
        const asked = Effect.tryPromise({
          try: async (signal) => (await fetch(`${baseUrl}/ping`, { signal })).text(),
          catch: (error) => error
        })
        assert.instanceOf(yield* Effect.flip(asked), VirtualTimeExceeded)
        yield* advance(0)
        assert.isTrue(time.idle, time.describe())
      }).pipe(Effect.provide(layer({ transport, cap: 3_600_000 })))
    )
  })
}

describe("a latency that ends beyond the cap of time", () => {
  it.effect("is told to a client of another transport as a mistake of the test, and not of the mock", () =>
    Effect.gen(function* () {
      const { baseUrl, faults } = yield* MockServer
      yield* faults.use(Fault.plan(Fault.on("ping", Fault.latency("2h"))))
      const response = yield* Effect.promise(() => fetch(`${baseUrl}/ping`))
      const { error } = yield* Effect.promise(() => response.json())
      assert.deepStrictEqual([response.status, error.code], [400, "time_exceeded"])
      assert.include(error.message, "virtual time is capped at 3600000 ms")
    }).pipe(Effect.provide(layer({ transport: "socket", cap: 3_600_000 })))
  )

  it("is none in a world of the admin routes, whose time has no cap", async () => {
    const server = await start({ admin: { token: "t" } })
    const post = (path: string, body: object) =>
      server.site().ask(`/__mock/v1/worlds${path}`, {
        method: "POST",
        token: "Bearer t",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body)
      })
    const faults = Fault.plan(Fault.on("ping", Fault.latency("1s")))
    await post("", { name: "old", clock: "manual", faults })
    assert.strictEqual((await post("/old/clock", { advance: "10000h" })).status, 200)
    const asked = server.site().ask("/ping", { token: "mock_old_owner" })
    const world = server.app.mock.worlds.get("old")
    while ((world?.clock.sleepers ?? 0) === 0) await new Promise(setImmediate)
    assert.strictEqual((await post("/old/clock", { advance: "1s" })).status, 200)
    assert.strictEqual((await asked).status, 200)
    await server.close()
  })
})
