/** A program waits in `busyWhile` for an answer of its own world over an untracked transport. */
import * as http from "node:http"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as VirtualClock from "../../src/clock/VirtualClock.js"
import * as Fault from "../../src/Fault.js"
import { MockServer } from "../../src/MockServer.js"
import { assertIdle, endWorld, get, makeWorld, origins, provide, transports } from "./harness.js"

/** Sends a request by Node's `http`, the base of all untracked clients. */
const foreign = (url: string, headers: Record<string, string>) =>
  Effect.promise(
    () =>
      new Promise<string>((resolve, reject) => {
        const request = http.get(url, { headers, agent: false }, (response) => {
          let text = ""
          response.on("data", (piece) => (text += piece))
          response.on("end", () => resolve(`${response.statusCode} ${text}`))
        })
        request.on("error", reject)
      })
  )

for (const transport of transports) {
  describe(`busyWhile around a request of another transport, beside ${transport}`, () => {
    const ask = (path: string, name: string) => foreign(`${origins.socket}${path}`, { authorization: name })

    it("is answered while it holds the world", async () => {
      const world = makeWorld()
      const program = Effect.gen(function* () {
        const busy = VirtualClock.busyWhile(world.time)
        const first = yield* busy(ask("/order/1", world.name))
        yield* Effect.flatMap(get("/order/2"), (response) => response.text)
        return [first, yield* busy(ask("/order/3", world.name))]
      }).pipe(Effect.timeout("1 hour"), Effect.provide(provide(world, transport)))
      assert.deepStrictEqual(await Effect.runPromise(program), ["200 1", "200 3"])
      assert.deepStrictEqual([world.journal, world.time.elapsed], [["1", "2", "3"], 0])
      assertIdle(world)
      endWorld(world)
    })

    it("skips latencies that begin before or within it, since time stands still", async () => {
      const world = makeWorld()
      const program = Effect.gen(function* () {
        const busy = VirtualClock.busyWhile(world.time)
        const late = yield* busy(ask("/late", world.name))
        const asked = Effect.runPromise(ask("/late", world.name))
        yield* Effect.sleep("1 second") // it is parked by now, or comes later
        return [late, yield* busy(Effect.promise(() => asked))]
      }).pipe(Effect.timeout("1 hour"), Effect.provide(provide(world, transport)))
      assert.deepStrictEqual(await Effect.runPromise(program), ["200 late", "200 late"])
      assertIdle(world)
      endWorld(world)
    })

    it("takes its turn when the world is quiet, without busyWhile", async () => {
      const world = makeWorld()
      const asked = Effect.runPromise(ask("/late", world.name))
      await Effect.runPromise(Effect.provide(Effect.sleep("1 minute"), provide(world, transport)))
      assert.strictEqual(await asked, "200 late")
      endWorld(world)
    })
  })
}

describe("busyWhile around a request of another transport", () => {
  for (const clock of ["auto", "manual", "followTestClock"] as const) {
    it.effect(`is answered by the mock: clock ${clock}`, () =>
      Effect.gen(function* () {
        const { baseUrl, busyWhile, faults, token } = yield* MockServer
        yield* faults.use(Fault.plan(Fault.on("listWorkflows", Fault.latency("5s"))))
        const headers = { authorization: `Bearer ${Redacted.value(token)}` }
        const answer = yield* busyWhile(foreign(`${baseUrl}/v0/workflows`, headers))
        assert.include(answer, "200 ")
      }).pipe(Effect.provide(MockServer.layer({ transport: "socket", clock, conduct: false })))
    )
  }
})
