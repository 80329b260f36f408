/** A thousand calls and waits, interrupted at different moments, leave nothing behind. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import { Download, JobId, type JobsApi as Jobs, Pixxel, type PixxelHttpClient } from "@effect-pixxel/client"
import { Fault, RealClock } from "@effect-pixxel/mock-server"
import { buildServer } from "@effect-pixxel/mock-server/server"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Supervisor from "effect/Supervisor"
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from "undici"
import { size } from "../../../../vitest.size.js"
import { fixtures, JobsApi, MockServer, projectId, workflowOf } from "./world.js"

const count = size(100, 1_000)
const atOnce = 50

// The jobs of this story never end.
const workflowId = workflowOf("queued-forever")
const stories = Array.from({ length: count }, () => "queued-forever")

type Services = Jobs | PixxelHttpClient

/** The interrupted operations, each more than a hundred times. */
const calls = (
  jobs: Jobs.Service,
  ids: ReadonlyArray<JobId>
): ReadonlyArray<Effect.Effect<unknown, unknown, Services>> => {
  const ref = { workflowId, jobId: ids[0] ?? JobId.make("none") }
  return [
    jobs.get(ref),
    jobs.list({ workflowId }),
    jobs.wait(ref),
    Effect.forEach(ids, (jobId) => jobs.wait({ workflowId, jobId }), { concurrency: "unbounded" }),
    jobs.wait({ ...ref, coalesce: false }),
    Stream.runDrain(jobs.watch(ref)),
    jobs.create({ workflowId, projectId }),
    jobs.run({ workflowId, projectId }),
    Download.signedUrl(ref)
  ]
}

/** Interrupts all of them, each after a `moment`, and counts their remaining fibers. */
const interruptAll = (moment: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const jobs = yield* JobsApi
    const { id: first } = yield* jobs.create({ workflowId, projectId })
    const { id: second } = yield* jobs.create({ workflowId, projectId })
    const all = calls(jobs, [first, second])
    const supervisor = yield* Supervisor.track
    const one = (at: number) =>
      Effect.gen(function* () {
        const fiber = yield* Effect.fork(Effect.either(all[at % all.length] ?? Effect.void))
        yield* moment
        return (yield* Fiber.interrupt(fiber))._tag
      })
    const ends = yield* Effect.forEach(
      Array.from({ length: count }, (_, at) => at),
      one,
      { concurrency: atOnce }
    ).pipe(Effect.supervised(supervisor))
    assert.isAbove(ends.filter((tag) => tag === "Failure").length, count / 2, "most were interrupted in flight")
    return { first, fibers: Effect.map(supervisor.value, (fibers) => fibers.length) }
  }).pipe(Effect.withRandom(Random.make("interrupted")), Effect.provide(Logger.remove(Logger.defaultLogger)))

const turn = Effect.async<void>((resume) => void setImmediate(() => resume(Effect.void)))

/** Waits for a condition, for some thousand turns of the event loop. */
const comesTo = <A>(look: Effect.Effect<A>, wanted: (found: A) => boolean) =>
  Effect.gen(function* () {
    for (let turns = 0; turns < 20_000; turns++) {
      if (wanted(yield* look)) break
      yield* turn
    }
    return yield* look
  })

describe("after a thousand calls and waits were interrupted in process", () => {
  const limit = 8

  const layer = Layer.unwrapEffect(
    Effect.map(MockServer, ({ baseUrl, token }) => Pixxel.layer({ baseUrl, token, concurrency: limit }))
  ).pipe(
    Layer.provideMerge(
      MockServer.layer({
        transport: "inProcess",
        fixtures,
        leftovers: false,
        capsules: false,
        // A thousand independent ones.
        conduct: false,
        scenario: { stories }
      })
    )
  )

  it.effect("no fiber, sleeper or exchange is left, and all permits are back", () =>
    Effect.gen(function* () {
      const mock = yield* MockServer
      const jobs = yield* JobsApi
      yield* mock.faults.use(
        Fault.plan(
          Fault.on("*", Fault.loseAnswer("hang"), { chance: 0.1 }),
          Fault.on("*", Fault.latency({ from: "0s", to: "2s" }))
        )
      )
      const moment = Effect.flatMap(Random.nextIntBetween(0, 5_000), (millis) => Effect.sleep(millis))
      const { fibers, first } = yield* interruptAll(moment)
      assert.strictEqual(yield* comesTo(fibers, (left) => left === 0), 0)
      // An abort reaches the server some turns after the end of its fiber.
      const idle = Effect.sync(() => mock.time.idle)
      assert.isTrue(yield* comesTo(idle, (isIdle) => isIdle), mock.time.describe())

      yield* mock.faults.use(Fault.plan(Fault.on("getJobById", Fault.latency("1s"))))
      const before = yield* Clock.currentTimeMillis
      yield* Effect.all(Effect.replicate(jobs.get({ workflowId, jobId: first }), 2 * limit), {
        concurrency: "unbounded"
      })
      assert.strictEqual((yield* Clock.currentTimeMillis) - before, 2_000)
    }).pipe(Effect.provide(layer))
  )
})

describe("after a thousand calls and waits were interrupted on real sockets", () => {
  /** Some answers never arrive; those of creates do, since creates are uninterruptible. */
  const faults = Fault.plan(Fault.on(["getJobById", "downloadJob"], Fault.loseAnswer("hang"), { chance: 0.2 }))

  const server = Effect.acquireRelease(
    Effect.promise(async () => {
      const app = buildServer({ fixtures, creation: "explicit" })
      app.mock.worlds.create("left", { scenario: { stories, faults }, clock: new RealClock() })
      const exchanges = { open: 0, all: 0 }
      app.server.on("request", (_, response) => {
        exchanges.open++
        exchanges.all++
        response.once("close", () => exchanges.open--)
      })
      return { app, exchanges, origin: await app.listen({ port: 0, host: "127.0.0.1" }) }
    }),
    ({ app }) => Effect.promise(() => app.close())
  )

  /** A separate pool for `fetch`, closed with the layer like that of undici, instead of the process's pool. */
  const pool = Layer.scopedDiscard(
    Effect.acquireRelease(
      Effect.sync(() => {
        const before = getGlobalDispatcher()
        const agent = new Agent()
        setGlobalDispatcher(agent)
        return { agent, before }
      }),
      ({ agent, before }) => {
        setGlobalDispatcher(before)
        return Effect.promise(() => agent.destroy())
      }
    )
  )

  const clients: Record<string, Layer.Layer<HttpClient.HttpClient>> = {
    fetch: Layer.merge(FetchHttpClient.layer, pool),
    undici: NodeHttpClient.layerUndici
  }

  /** The number of handles of this kind that keep the process alive. */
  const open = (kind: "TCPSocketWrap" | "Timeout") =>
    Effect.sync(() => process.getActiveResourcesInfo().filter((name) => name === kind).length)

  it.live.each(Object.entries(clients))("no fiber, exchange, socket or timer is left, %s", ([, client]) =>
    Effect.gen(function* () {
      const { exchanges, origin } = yield* server
      const layer = Pixxel.layer({ baseUrl: `${origin}/w/left`, token: Redacted.make("mock_left_owner") })
      const sockets = yield* open("TCPSocketWrap")
      const timers = yield* open("Timeout")
      yield* Effect.gen(function* () {
        const moment = Effect.flatMap(Random.nextIntBetween(0, 80), (turns) => Effect.repeatN(turn, turns))
        const { fibers, first } = yield* interruptAll(moment)
        assert.isAbove(exchanges.all, count / 2, "the requests were sent")
        assert.strictEqual(yield* comesTo(fibers, (left) => left === 0), 0)
        const underWay = Effect.sync(() => exchanges.open)
        assert.strictEqual(yield* comesTo(underWay, (left) => left === 0), 0)
        const jobs = yield* JobsApi
        assert.lengthOf(yield* jobs.list({ workflowId, id: first }), 1)
        assert.isAtMost(yield* comesTo(open("Timeout"), (left) => left <= timers), timers)
      }).pipe(Effect.provide(Layer.provide(layer, client)))
      // Until then the idle connections of the pool are open.
      assert.isAtMost(yield* comesTo(open("TCPSocketWrap"), (left) => left <= sockets), sockets)
    }).pipe(Effect.scoped)
  )
})
