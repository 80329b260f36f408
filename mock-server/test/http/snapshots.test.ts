/** Worlds that are saved and restored: in the same world, in another one, in another server. */
import { assert, describe, it, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import { size } from "../../../vitest.size.js"
import { hashId } from "../../src/core/Ids.js"
import type { Snapshot } from "../../src/core/Snapshot.js"
import * as Fault from "../../src/Fault.js"
import { MockServer } from "../../src/MockServer.js"
import { fixtures } from "./fixtures.js"

const transports = ["inProcess", "socket"] as const

const crop = "/v0/workflows/wf-crop"
const create = `${crop}/jobs?project_id=project-1`
const jobId = (ordinal: number) => hashId("pixxel", "job", "wf-crop", ordinal)

/** Returns an answer without the parts of signed URLs that depend on the world or the port. */
const seen = async (response: Response) => {
  const { "content-length": _, ...headers } = Object.fromEntries(response.headers)
  const text = await response.text()
  const anywhere = text.replaceAll(/https?:\/\/[^/"]+\/w\/[a-z0-9-]+|signature=\w+/g, "…")
  return { status: response.status, headers, text: anywhere, signed: /"signed_url":"(http[^"]+)"/.exec(text)?.[1] }
}

/** Sends a request with a timeout of a minute. */
const ask = (path: string, init: RequestInit = {}) =>
  Effect.gen(function* () {
    const { baseUrl, fetch, token } = yield* MockServer
    const own = path.startsWith("http") ? {} : { authorization: Redacted.value(token) }
    const url = path.startsWith("http") ? path : baseUrl + path
    return yield* Effect.promise((signal) =>
      fetch(url, { ...init, signal, headers: { ...own, ...init.headers } })
        .then(seen)
        .catch((error: Error) => ({ error: `${error}, ${Object(error.cause).code}`, signed: undefined }))
    ).pipe(Effect.timeoutTo({ duration: "1 minute", onSuccess: (answer) => answer, onTimeout: () => undefined }))
  })

const plans = [
  Fault.plan(),
  Fault.plan(
    Fault.on("*", Fault.latency({ from: "10ms", to: "20s" }), { chance: 0.4, optional: true }),
    Fault.on(["getJobById", "listJobs"], Fault.answer(503, { retryAfter: "7s" }), { chance: 0.3, optional: true }),
    Fault.on("createJob", Fault.loseAnswer("close"), { attempts: [2], optional: true }),
    Fault.on("*", Fault.refuse("hang"), { attempts: [4], optional: true })
  ),
  Fault.plan(
    Fault.on(["getJobById", "listJobs", "downloadJob"], Fault.limit(2, "9s"), { optional: true }),
    Fault.on("listJobs", Fault.limit(3, "40s", "date"), { optional: true }),
    Fault.on("*", Fault.cutBody(9, "close"), { between: { from: "10s", to: "30s" }, optional: true }),
    Fault.on(["getJobById", "listJobs"], Fault.stale("12s"), { optional: true }),
    Fault.on("getPackage", Fault.noRange, { chance: 0.5, optional: true })
  )
]

const enqueue = fc.record({ do: fc.constant("enqueue" as const), story: fc.constantFrom("instant", "polled") })
const useFaults = fc.record({ do: fc.constant("faults" as const), plan: fc.constantFrom(...plans) })

/** Steps of a program and its test, in order. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("create" as const) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("poll" as const), job: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("list" as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("sleep" as const), millis: fc.nat(40_000) }) },
  { weight: 2, arbitrary: enqueue },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("signal" as const), job: fc.nat(1) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("download" as const),
      job: fc.nat(2),
      task: fc.option(fc.nat(1)),
      from: fc.nat(900)
    })
  },
  { weight: 1, arbitrary: useFaults },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("stray" as const) }) }
)
type Step = typeof step extends fc.Arbitrary<infer A> ? A : never

const download = (job: string, task: number | null, from: number) =>
  Effect.gen(function* () {
    const of = task === null ? "" : `/tasks/${hashId("pixxel", "task", job, task)}`
    const answer = yield* ask(`${crop}/jobs/${job}${of}/download`, { method: "PUT" })
    if (answer?.signed === undefined) return answer
    return yield* ask(answer.signed, { headers: { range: `bytes=${from}-` } })
  })

const take = (step: Step) =>
  Effect.gen(function* () {
    const { enqueue, faults, signal } = yield* MockServer
    switch (step.do) {
      case "create":
        return yield* ask(create, { method: "POST" })
      case "poll":
        return yield* ask(`${crop}/jobs/${jobId(step.job)}`)
      case "list":
        return yield* ask(`${crop}/jobs`)
      case "sleep":
        return yield* Effect.sleep(step.millis)
      case "enqueue":
        return yield* enqueue(step.story)
      case "signal":
        return yield* Effect.ignore(Effect.sandbox(signal(jobId(step.job), "go"))) // the job may not exist
      case "download":
        return yield* download(step.job === 2 ? "job-done" : jobId(step.job), step.task, step.from)
      case "faults":
        return yield* faults.use(step.plan)
      case "stray":
        return yield* ask(`/v0/nothing?__proto__=1&x=1&x=2`)
    }
  })

/** Runs these steps; returns their results, and the world after them. */
const run = (steps: ReadonlyArray<Step>) =>
  Effect.gen(function* () {
    const answers = yield* Effect.forEach(steps, take)
    const { save } = yield* MockServer
    return { answers: answers.map((answer) => ({ ...answer, signed: undefined })), world: yield* save }
  })

/** Restores a snapshot, and runs these steps. */
const goOn = (snapshot: Snapshot, steps: ReadonlyArray<Step>) =>
  Effect.gen(function* () {
    const { restore, save } = yield* MockServer
    yield* restore(snapshot)
    assert.deepStrictEqual(yield* save, snapshot)
    return yield* run(steps)
  })

/** `SNAPSHOT_RUNS=1000` runs that many cases, different ones each time. */
const { SNAPSHOT_RUNS } = process.env
const runs =
  SNAPSHOT_RUNS === undefined
    ? { fastCheck: { numRuns: size(4, 12), seed: 1 } }
    : { fastCheck: { numRuns: Number(SNAPSHOT_RUNS) }, timeout: 3_600_000 }

/** The scripts send random requests. */
const atRandom = { leftovers: false, conduct: false } as const
const options = { fixtures, ...atRandom } as const
const other = { inProcess: "socket", socket: "inProcess" } as const

describe("a snapshot", () => {
  const snapshotOf = (seed: string) =>
    Effect.flatMap(MockServer, ({ save }) => save).pipe(Effect.provide(MockServer.layer({ ...options, seed })))

  it.effect("of another seed is refused with an explanation", () =>
    Effect.gen(function* () {
      const { restore } = yield* MockServer
      const error = yield* Effect.flip(restore(yield* snapshotOf("other")))
      assert.strictEqual(
        error.message,
        'the snapshot cannot be used\nseed: found "other", expected "pixxel", the seed of this world'
      )
    }).pipe(Effect.provide(MockServer.layer(options)))
  )
})

layer(MockServer.layerApp(options))("a world restored from a snapshot", (it) => {
  for (const transport of transports) {
    it.effect.prop(
      `gives the same answers, and has the same journal, as the saved one, ${transport}`,
      [useFaults, enqueue, fc.array(step, { maxLength: 16 }), fc.array(step, { minLength: 4, maxLength: 16 })],
      ([faults, story, before, after]) =>
        Effect.gen(function* () {
          const { first, snapshot } = yield* Effect.gen(function* () {
            yield* run([faults, story, ...before])
            const { save } = yield* MockServer
            const snapshot = yield* save
            const first = yield* run(after)
            assert.deepStrictEqual(yield* goOn(snapshot, after), first)
            const read: Snapshot = JSON.parse(JSON.stringify(snapshot))
            assert.deepStrictEqual(yield* goOn(read, after), first)
            return { first, snapshot }
          }).pipe(Effect.provide(MockServer.layer({ ...options, transport })))

          const inAnotherWorld = goOn(snapshot, after).pipe(
            Effect.provide(MockServer.layer({ ...options, transport: other[transport] }))
          )
          assert.deepStrictEqual(yield* inAnotherWorld, first)
          const inAnotherServer = goOn(snapshot, after).pipe(
            Effect.provide(MockServer.layerWorld({ transport, ...atRandom }))
          )
          assert.deepStrictEqual(yield* inAnotherServer, first)
        }),
      runs
    )
  }
})

for (const transport of transports) {
  const world = Effect.provide(MockServer.layer({ ...options, transport }))
  const slow = Fault.plan(Fault.on("ping", Fault.latency("10s"), { optional: true }))

  describe(`a world, ${transport},`, () => {
    it.effect("sets the program's clock back with it", () =>
      Effect.gen(function* () {
        const { restore, save } = yield* MockServer
        yield* Effect.sleep("1 minute")
        const minute = yield* save
        yield* Effect.sleep("1 hour")
        yield* restore(minute)
        assert.strictEqual(yield* Clock.currentTimeMillis, Date.UTC(2025, 0, 1, 0, 1))
        yield* Effect.sleep("1 second")
        assert.strictEqual(yield* Clock.currentTimeMillis, Date.UTC(2025, 0, 1, 0, 1, 1))
      }).pipe(world)
    )

    const held = [
      ["is delayed", Fault.latency("10s"), 1, ", and 1 sleeper waits on its clock"],
      ["is never answered", Fault.refuse("hang"), 0, ""]
    ] as const
    it.effect.each(held)("is not restored while a request %s", ([, effect, sleepers, also]) =>
      Effect.gen(function* () {
        const { baseUrl, faults, fetch, restore, save } = yield* MockServer
        yield* faults.use(Fault.plan(Fault.on("ping", effect, { optional: true })))
        const before = yield* save
        const asking = yield* Effect.fork(Effect.promise((signal) => fetch(`${baseUrl}/ping`, { signal })))
        yield* Effect.yieldNow()
        const busy = yield* Effect.flip(restore(before))
        assert.deepInclude(busy, { _tag: "WorldBusy", requests: 1, sleepers })
        assert.strictEqual(
          busy.message,
          `the world is busy: 1 request is in progress${also}. Try again after all of them have ended`
        )
        yield* Fiber.interrupt(asking)
        yield* restore(before)
      }).pipe(world)
    )

    it.effect("is not restored while a fiber sleeps, or is under a timeout", () =>
      Effect.gen(function* () {
        const { restore, save } = yield* MockServer
        const before = yield* save
        const sleeping = yield* Effect.fork(Effect.sleep("1 second"))
        yield* Effect.yieldNow()
        const busy = yield* Effect.flip(restore(before))
        assert.deepInclude(busy, { _tag: "WorldBusy", requests: 0, sleepers: 1 })
        yield* Fiber.interrupt(sleeping)
        const under = yield* Effect.flip(Effect.timeout(restore(before), "1 minute"))
        assert.deepInclude(under, { _tag: "WorldBusy", requests: 0, sleepers: 1 })
        yield* restore(before)
      }).pipe(world)
    )

    it.effect("that refuses a snapshot stays unchanged", () =>
      Effect.gen(function* () {
        const { restore, save } = yield* MockServer
        const before = yield* save
        yield* ask(create, { method: "POST" })
        const now = yield* save
        const sleeping = yield* Effect.fork(Effect.sleep("1 second"))
        yield* Effect.yieldNow()
        yield* Effect.flip(restore(before))
        yield* Effect.flip(restore({ ...before, seed: "other" }))
        assert.deepStrictEqual(yield* save, now)
        yield* Fiber.join(sleeping)
      }).pipe(world)
    )

    it.effect("is saved only after all requests are answered", () =>
      Effect.gen(function* () {
        const { fetch, baseUrl, save } = yield* MockServer
        yield* Effect.promise(() => fetch(`${baseUrl}/ping`))
        const { journal } = yield* save
        assert.deepStrictEqual(
          journal.entries.map(({ end, ended }) => ({ end, ended })),
          [{ end: "whole", ended: Date.UTC(2025, 0, 1) }]
        )
      }).pipe(world)
    )

    it.effect("saves an open request without an end", () =>
      Effect.gen(function* () {
        const { faults, requests, restore, save } = yield* MockServer
        yield* faults.use(slow)
        const asking = yield* Effect.fork(ask("/ping"))
        yield* Effect.sleep("1 second")
        const parked = yield* save
        yield* Fiber.join(asking)
        assert.strictEqual((yield* requests)[0]?.end, "whole")
        yield* restore(parked)
        yield* ask("/ping")
        assert.deepStrictEqual(
          (yield* requests).map(({ attempt, end, fault }) => [attempt, end, fault]),
          [
            [1, undefined, "rules[0] latency"],
            [2, "whole", "rules[0] latency"]
          ]
        )
      }).pipe(world)
    )

    it.effect("advances only by the test after a restore, in manual mode", () =>
      Effect.gen(function* () {
        const { advance, restore, save, time } = yield* MockServer
        yield* advance("1 minute")
        const minute = yield* save
        yield* advance("1 hour")
        yield* restore(minute)
        const sleeping = yield* Effect.fork(Effect.sleep("10 seconds"))
        yield* advance("9 seconds")
        assert.isTrue((yield* Fiber.poll(sleeping))._tag === "None")
        yield* advance("1 second")
        yield* Fiber.join(sleeping)
        assert.strictEqual(time.elapsed, 70_000)
      }).pipe(Effect.provide(MockServer.layer({ ...options, transport, clock: "manual" })))
    )
  })
}
