/** Tests that fake the timers of their process: the clock keeps Node's own. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { afterEach, assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { longTransports } from "../../../vitest.size.js"
import * as Fault from "../../src/Fault.js"
import { MockServer } from "../../src/MockServer.js"
import { endWorld, makeWorld } from "./harness.js"

afterEach(() => void vi.useRealTimers())

/** The timers that a Vitest worker can fake: not `nextTick` in a child process. */
const isProcess = typeof process.send === "function"
const everything: NonNullable<Parameters<typeof vi.useFakeTimers>[0]>["toFake"] = [
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
  "setImmediate",
  "clearImmediate",
  "Date",
  "performance",
  "hrtime",
  "queueMicrotask",
  ...(isProcess ? [] : (["nextTick"] as const))
]

const fakes: Record<string, () => void> = {
  "the defaults": () => void vi.useFakeTimers(),
  "all that can be faked": () => void vi.useFakeTimers({ toFake: everything })
}

/** Runs a job from its creation to its package, beside some other jobs. */
const program = Effect.gen(function* () {
  const { baseUrl, token } = yield* MockServer
  const client = yield* HttpClient.HttpClient
  const jobs = `${baseUrl}/v0/workflows/wf-crop-classification/jobs`
  const ask = (request: HttpClientRequest.HttpClientRequest) =>
    client.execute(HttpClientRequest.bearerToken(request, token)).pipe(
      Effect.flatMap((response) => response.json),
      Effect.timeout("1 minute"),
      Effect.map((json): Record<string, unknown> => Object(json))
    )
  const { id } = yield* ask(HttpClientRequest.post(`${jobs}?project_id=p`))
  const get = ask(HttpClientRequest.get(`${jobs}/${id}`))
  yield* Effect.all([get, get, get], { concurrency: "unbounded" })
  const poll: Effect.Effect<unknown, unknown> = Effect.flatMap(get, ({ status }) =>
    status === undefined
      ? Effect.die("no job")
      : status === "completed"
        ? Effect.void
        : Effect.zipRight(Effect.sleep("20 seconds"), poll)
  )
  yield* poll
  yield* Effect.forEach(Array.from({ length: 5_000 }), () => Effect.yieldNow(), { discard: true })
}).pipe(Effect.timeout("2 hours"))

for (const transport of longTransports) {
  describe(`faked timers, ${transport}`, () => {
    for (const [name, fake] of Object.entries(fakes)) {
      it(`do not stop a job or the next one: ${name}`, async () => {
        const run = () =>
          Effect.runPromise(
            Effect.zipRight(
              program,
              Effect.map(MockServer, ({ time }) => time.elapsed)
            ).pipe(Effect.provide(MockServer.layer({ transport, conduct: false })))
          )
        const expected = await run()
        fake()
        const set = globalThis.setTimeout
        assert.deepStrictEqual([await run(), await run()], [expected, expected])
        assert.isTrue(vi.isFakeTimers())
        let fired = false
        set(() => (fired = true), 1_000)
        globalThis.setTimeout(() => {}, 1_000)
        assert.strictEqual(vi.getTimerCount(), 2)
        vi.advanceTimersByTime(1_000)
        assert.isTrue(fired)
        vi.useRealTimers()
        assert.strictEqual(await run(), expected)
      })

      it(`may begin in the middle of a job: ${name}`, async () => {
        const half = Effect.gen(function* () {
          yield* program
          yield* Effect.sync(fake)
          yield* program
        })
        await Effect.runPromise(Effect.provide(half, MockServer.layer({ transport, conduct: false })))
      })
    }

    it("stay faked for the program that makes the body of a request", async () => {
      vi.useFakeTimers()
      const pull = vi.fn()
      const body = new ReadableStream<Uint8Array>(
        {
          pull: (controller) => {
            pull(setTimeout(() => {}, 1).hasRef === undefined || vi.getTimerCount() > 0)
            controller.close()
          }
        },
        { highWaterMark: 0 }
      )
      const ask = Effect.gen(function* () {
        const { baseUrl, fetch } = yield* MockServer
        yield* Effect.promise(() => fetch(`${baseUrl}/ping`, { method: "POST", body, duplex: "half" } as RequestInit))
      })
      await Effect.runPromise(Effect.provide(ask, MockServer.layer({ transport, leftovers: false, conduct: false })))
      assert.deepStrictEqual(pull.mock.calls, [[true]])
    })

    it("do not suppress the report of a stall", async () => {
      vi.useFakeTimers()
      const report = await new Promise<string>((resolve) => {
        const world = makeWorld({
          stallAfter: 50,
          onStall: (text) => {
            endWorld(world)
            resolve(text)
          }
        })
        world.time.after(Number.POSITIVE_INFINITY, () => {})
        world.time.changed()
      })
      assert.include(report, "nothing has happened in this world for 0.05 s of real time")
    })
  })
}

describe("a fault of a world", () => {
  it("takes its virtual time while timers are faked", async () => {
    vi.useFakeTimers()
    const slow = Effect.gen(function* () {
      const { baseUrl, faults, fetch, time } = yield* MockServer
      yield* faults.use(Fault.plan(Fault.on("*", Fault.latency("5s"))))
      yield* Effect.promise(() => fetch(`${baseUrl}/v0/workflows`).then((response) => response.text()))
      return time.elapsed
    })
    const elapsed = await Effect.runPromise(Effect.provide(slow, MockServer.layer({ conduct: false })))
    assert.strictEqual(elapsed, 5_000)
  })
})
