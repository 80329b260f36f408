/** Requests and answers on the wire, on both transports: time waits for the machine, never for a sleeping server. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { assertIdle, endWorld, get, makeWorld, megabytes, provide, scale, transports, type World } from "./harness.js"

for (const transport of transports) {
  /** Runs a program in its own world, which must be idle at the end. */
  const inWorld = async <A, E>(program: (world: World) => Effect.Effect<A, E, HttpClient.HttpClient>) => {
    const world = makeWorld()
    const exit = await Effect.runPromiseExit(
      program(world).pipe(
        Effect.ensuring(Effect.sleep("1 second")), // the server has seen the end
        Effect.provide(provide(world, transport))
      )
    )
    assertIdle(world)
    endWorld(world)
    return exit
  }
  const arrivals = (world: World, route: string) =>
    Effect.flatMap(get(route), (response) =>
      Stream.runFold(response.stream, new Map<number, number>(), (at, { length }) =>
        at.set(world.time.elapsed, (at.get(world.time.elapsed) ?? 0) + length)
      )
    )

  describe(`an answer, ${transport}`, () => {
    it("delivers the bytes sent before the server parked before time advances", async () => {
      const exit = await inWorld((world) => arrivals(world, "/burst"))
      assert.deepStrictEqual(
        exit,
        Exit.succeed(
          new Map([
            [0, megabytes(8)],
            [10_000, 1]
          ])
        )
      )
    })

    it("delivers a head that is sent without a body", async () => {
      const exit = await inWorld((world) =>
        Effect.gen(function* () {
          const response = yield* get("/head-first")
          const head = world.time.elapsed
          yield* response.text
          return { head, body: world.time.elapsed }
        })
      )
      assert.deepStrictEqual(exit, Exit.succeed({ head: 0, body: 10_000 }))
    })

    it("drips in virtual time, each chunk at its own time", async () => {
      const exit = await inWorld((world) =>
        Effect.map(arrivals(world, "/drip"), (at) => [[...at.keys()], world.time.elapsed])
      )
      assert.deepStrictEqual(exit, Exit.succeed([Array.from({ length: 10 }, (_, i) => i * 10_000), 100_000]))
    })

    it("loses a race against an earlier timeout, and wins against a later one", async () => {
      const late = (timeout: Duration.DurationInput) =>
        inWorld((world) =>
          Effect.flatMap(get("/late"), (response) => response.text).pipe(
            Effect.timeoutOption(timeout),
            Effect.map((text) => [Option.isSome(text), world.time.elapsed])
          )
        )
      assert.deepStrictEqual(await late("29999 millis"), Exit.succeed([false, 29_999]))
      assert.deepStrictEqual(await late("30001 millis"), Exit.succeed([true, 30_000]))
    })

    it("does not hold time while it is unread", async () => {
      const world = makeWorld()
      const exit = await Effect.runPromiseExit(
        Effect.zipRight(get("/big"), Effect.sleep("1 day")).pipe(
          Effect.map(() => world.time.elapsed),
          Effect.provide(provide(world, transport))
        )
      )
      assert.deepStrictEqual(exit, Exit.succeed(86_400_000))
      endWorld(world)
    })
  })

  describe(`a request, ${transport}`, () => {
    it("may have a body that sleeps on the clock", async () => {
      const pieces = Stream.make("a", "b", "c").pipe(Stream.schedule(Schedule.spaced("1 hour")), Stream.encodeText)
      const exit = await inWorld(() =>
        Effect.flatMap(HttpClient.HttpClient, (client) =>
          client.execute(HttpClientRequest.post("/upload").pipe(HttpClientRequest.bodyStream(pieces)))
        ).pipe(Effect.flatMap((response) => response.json))
      )
      assert.deepStrictEqual(exit, Exit.succeed([3_600_000, 7_200_000, 10_800_000]))
    })

    it("reaches its handler in the order of sending", async () => {
      const order = Array.from({ length: 50 }, (_, i) => String(i))
      const exit = await inWorld((world) =>
        Effect.forEach(order, (n) => Effect.flatMap(get(`/order/${n}`), (response) => response.text), {
          concurrency: "unbounded"
        }).pipe(Effect.map((answers) => [answers, [...world.journal]]))
      )
      assert.deepStrictEqual(exit, Exit.succeed([order, order]))
    })

    it("is answered in the order of sending", async () => {
      const order = Array.from({ length: 50 }, (_, i) => i)
      const exit = await inWorld(() =>
        Effect.suspend(() => {
          const answered: Array<number> = []
          return Effect.forEach(
            order,
            (n) =>
              Effect.flatMap(get(`/order/${n}`), (response) => response.text).pipe(
                Effect.tap(() => Effect.sync(() => answered.push(n)))
              ),
            { concurrency: "unbounded" }
          ).pipe(Effect.as(answered))
        })
      )
      assert.deepStrictEqual(exit, Exit.succeed(order))
    })

    it("is never delivered when it is aborted at the moment of sending", async () => {
      const exit = await inWorld((world) =>
        Effect.gen(function* () {
          const fiber = yield* Effect.fork(get("/order/1"))
          yield* Effect.yieldNow()
          yield* Fiber.interrupt(fiber)
          yield* Effect.sleep("1 minute")
          return [...world.journal]
        })
      )
      assert.deepStrictEqual(exit, Exit.succeed([]))
    })

    for (const route of ["/hang", "/drip", "/big"]) {
      it(`leaves nothing when it is aborted: ${route}`, { timeout: 600_000 }, async () => {
        for (let i = 0; i < scale("CLOCK_ABORTS", 25, 25); i++) {
          const world = makeWorld()
          const exit = await Effect.runPromiseExit(
            get(route).pipe(
              Effect.flatMap((response) => Stream.runForEach(response.stream, () => Effect.sleep("7 seconds"))),
              Effect.timeout("25 seconds"),
              Effect.ensuring(Effect.sleep("1 second")), // on the virtual clock, when the server has seen it
              Effect.provide(provide(world, transport))
            )
          )
          assert.isTrue(Exit.isFailure(exit))
          assert.strictEqual(world.time.elapsed, 26_000)
          assertIdle(world)
          endWorld(world)
        }
      })
    }
  })
}

describe("a stream of the two transports", () => {
  it("has the same chunks in the same order of time", async () => {
    const [one, other] = await Promise.all(
      transports.map((transport) => {
        const world = makeWorld()
        return Effect.runPromise(
          Stream.unwrap(Effect.map(get("/drip"), (response) => response.stream)).pipe(
            Stream.map(({ length }) => [world.time.elapsed, length] as const),
            Stream.groupAdjacentBy(([at]) => at),
            Stream.map(([at, chunks]) => [at, Chunk.reduce(chunks, 0, (n, [, length]) => n + length)]),
            Stream.runCollect,
            Effect.map(Chunk.toReadonlyArray),
            Effect.ensuring(Effect.sync(() => endWorld(world))),
            Effect.provide(provide(world, transport))
          )
        )
      })
    )
    assert.deepStrictEqual(one, other)
  })
})
