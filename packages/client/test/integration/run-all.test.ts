/** Batches as streams of events, and resuming a batch. */
import { assert, describe, it } from "@effect/vitest"
import { CreateIntent, type JobId, type JobsApi as Jobs, JobTarget, Pixxel, RunAll } from "@effect-pixxel/client"
import { Fault } from "@effect-pixxel/mock-server"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { longTransports } from "../../../../vitest.size.js"
import { JobsApi, MockServer, projectId, workflowOf, world } from "./world.js"

const workflowId = workflowOf("instant")
const failing = workflowOf("water-quality-failed")

const inputOf = (key: string, more: Partial<RunAll.Input> = {}): RunAll.Input => ({
  key,
  workflowId,
  projectId,
  ...more
})
const inputsOf = (count: number) => Array.from({ length: count }, (_, index) => inputOf(`field-${index + 1}`))

const runAll = <E = never>(inputs: ReadonlyArray<RunAll.Input>, options: Partial<Jobs.RunAllOptions<E>> = {}) =>
  Stream.unwrap(
    Effect.map(JobsApi, (jobs) => jobs.runAll(Stream.fromIterable(inputs), { concurrency: 10, ...options }))
  )
const eventsOf = <E = never>(inputs: ReadonlyArray<RunAll.Input>, options: Partial<Jobs.RunAllOptions<E>> = {}) =>
  Effect.map(Stream.runCollect(runAll(inputs, options)), Chunk.toReadonlyArray)

const use = (...rules: ReadonlyArray<ReturnType<typeof Fault.on>>) =>
  Effect.flatMap(MockServer, (mock) => mock.faults.use(Fault.plan(...rules)))
const count = (operation: string) =>
  Effect.flatMap(MockServer, ({ requests }) =>
    Effect.map(requests, (seen) => seen.filter((it) => it.operation === operation).length)
  )

const tagsOf = (events: ReadonlyArray<RunAll.Event>, key: string) =>
  events.filter(({ input }) => input.key === key).map(({ _tag }) => _tag)
const idsOf = (events: ReadonlyArray<RunAll.Event>) =>
  events.flatMap((event) => (event._tag === "Created" ? [event.jobId] : []))

const Stored = Schema.parseJson(RunAll.Event)

for (const transport of longTransports) {
  describe(`a batch, ${transport},`, () => {
    it.effect("emits the create and then the end of each input", () =>
      Effect.gen(function* () {
        const inputs = inputsOf(5)
        const events = yield* eventsOf(inputs)
        for (const { key } of inputs) assert.deepStrictEqual(tagsOf(events, key), ["Created", "Succeeded"])
        assert.lengthOf(events, 10)
        assert.lengthOf(new Set(idsOf(events)), 5)
        for (const event of events) {
          if (event._tag !== "Succeeded") continue
          assert.strictEqual(event.result.job.id, event.jobId)
          assert.isTrue(event.result.download.isReady)
        }
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("emits a job before waiting for it", () =>
      Effect.gen(function* () {
        const first = yield* Stream.runHead(runAll(inputsOf(1)))
        assert.strictEqual(Option.getOrThrow(first)._tag, "Created")
        assert.strictEqual(yield* count("getJobById"), 0)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("continues after a failed input", () =>
      Effect.gen(function* () {
        yield* use(Fault.on("createJob", Fault.answer(400), { attempts: [2], subject: workflowId }))
        const events = yield* eventsOf([...inputsOf(3), inputOf("water", { workflowId: failing })], { concurrency: 1 })
        assert.deepStrictEqual(
          events.map((it) => [it.input.key, it._tag, it._tag === "Failed" ? it.error._tag : ""]),
          [
            ["field-1", "Created", ""],
            ["field-1", "Succeeded", ""],
            ["field-2", "Failed", "PixxelBadRequest"],
            ["field-3", "Created", ""],
            ["field-3", "Succeeded", ""],
            ["water", "Created", ""],
            ["water", "Failed", "JobFailed"]
          ]
        )
        const [, , refused, , , water, failed] = events
        assert(refused?._tag === "Failed" && water?._tag === "Created" && failed?._tag === "Failed")
        assert.deepStrictEqual([refused.jobId, failed.jobId], [Option.none(), Option.some(water.jobId)])
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("respects the concurrency, and pulls an input when there is room", () =>
      Effect.gen(function* () {
        let taken = 0
        let underWay = 0
        let most = 0
        const jobs = yield* JobsApi
        const inputs = Stream.fromIterable(inputsOf(12)).pipe(
          Stream.rechunk(1),
          Stream.tap(() =>
            Effect.sync(() => {
              taken++
              underWay++
              most = Math.max(most, underWay)
            })
          )
        )
        yield* jobs.runAll(inputs, { concurrency: 3 }).pipe(
          Stream.runForEach(({ _tag }) =>
            Effect.sync(() => {
              if (_tag !== "Created") underWay--
            })
          )
        )
        assert.strictEqual(taken, 12)
        assert.strictEqual(most, 3)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("does nothing while its events are not taken", () =>
      Effect.gen(function* () {
        const go = yield* Deferred.make<void>()
        const fiber = yield* Effect.fork(
          Stream.runForEach(runAll(inputsOf(9), { concurrency: 2 }), () => Deferred.await(go))
        )
        yield* Effect.sleep("1 hour")
        assert.strictEqual(yield* count("createJob"), 2)
        yield* Deferred.succeed(go, undefined)
        yield* Fiber.join(fiber)
        assert.strictEqual(yield* count("createJob"), 9)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("only waits for an input with a job, and polls its package", () =>
      Effect.gen(function* () {
        const { id: jobId } = yield* (yield* JobsApi).create({ workflowId, projectId })
        const events = yield* eventsOf([inputOf("known", { jobId })])
        assert.deepStrictEqual(tagsOf(events, "known"), ["Succeeded"])
        assert.strictEqual(yield* count("createJob"), 1)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("never repeats a create with an unknown outcome", () =>
      Effect.gen(function* () {
        yield* use(Fault.on("createJob", Fault.answer(500), { attempts: [2] }))
        const inputs = inputsOf(3)
        const events = yield* eventsOf(inputs, { concurrency: 1 })
        const failed = events.find(({ _tag }) => _tag === "Failed")
        assert(failed?._tag === "Failed" && failed.error._tag === "CreateOutcomeUnknown")
        assert.deepStrictEqual(yield* eventsOf(inputs, { seen: events }), [])
        assert.strictEqual(yield* count("createJob"), 3)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("that was stopped resumes from its stored events, and pays nothing twice", () =>
      Effect.gen(function* () {
        yield* use(Fault.on("createJob", Fault.loseAnswer("reset"), { attempts: [2] }))
        const inputs = inputsOf(6)
        const stored: Array<string> = []
        const store = (event: RunAll.Event) =>
          Effect.map(Schema.encode(Stored)(event), (json) => void stored.push(json))
        const onOrphan = (event: RunAll.Event) => Effect.orDie(store(event))
        // Stopped after its fifth event: two inputs have ended, and others are in progress.
        yield* runAll(inputs, { concurrency: 3, onOrphan }).pipe(
          Stream.mapEffect(store),
          Stream.take(5),
          Stream.runDrain
        )
        assert.isAtLeast(stored.length, 5)
        const seen = yield* Effect.forEach(stored, (json) => Schema.decode(Stored)(json))
        yield* runAll(inputs, { concurrency: 3, seen }).pipe(Stream.runForEach(store))

        const events = yield* Effect.forEach(stored, (json) => Schema.decode(Stored)(json))
        // The last event before the stop may have been emitted twice.
        for (const { key } of inputs)
          assert.deepStrictEqual([...new Set(tagsOf(events, key))], ["Created", "Succeeded"])
        assert.lengthOf(new Set(idsOf(events)), 6)
        assert.strictEqual(yield* count("createJob"), 6)
        assert.notInclude(stored.join(), "X-Mock-Signature")
        assert.notMatch(stored.join(), /[?&]\w*(sig|expires)\w*=/i)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("that is stopped waits for the sent creates, and reports their jobs", () =>
      Effect.gen(function* () {
        yield* use(Fault.on("createJob", Fault.latency("10s")))
        const orphans: Array<JobId> = []
        const events: Array<RunAll.Event> = []
        const onOrphan: Jobs.RunAllOptions["onOrphan"] = (event) =>
          Effect.sync(() => void orphans.push(...idsOf([event])))
        const fiber = yield* runAll(inputsOf(6), { concurrency: 3, onOrphan }).pipe(
          Stream.runForEach((event) => Effect.sync(() => void events.push(event))),
          Effect.fork
        )
        yield* Effect.sleep("3 seconds")
        yield* Fiber.interrupt(fiber)
        assert.deepStrictEqual(events, [])
        assert.lengthOf(new Set(orphans), 3)
        assert.strictEqual(yield* count("createJob"), 3)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("without a consumer reports the jobs whose events were not taken", () =>
      Effect.gen(function* () {
        const orphans: Array<JobId> = []
        const onOrphan: Jobs.RunAllOptions["onOrphan"] = (event) =>
          Effect.sync(() => void orphans.push(...idsOf([event])))
        const taken = yield* runAll(inputsOf(5), { concurrency: 5, onOrphan }).pipe(
          Stream.tap(() => Effect.sleep("1 minute")),
          Stream.take(1),
          Stream.runCollect
        )
        assert.lengthOf(taken, 1)
        assert.lengthOf(new Set([...idsOf(Chunk.toReadonlyArray(taken)), ...orphans]), 5)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("that is stopped while an event is being stored reports it again", () =>
      Effect.gen(function* () {
        const kept: Array<RunAll.Event> = []
        const keep = (event: RunAll.Event) =>
          Effect.delay(
            Effect.sync(() => void kept.push(event)),
            "1 minute"
          )
        const orphans: Array<JobId> = []
        const onOrphan: Jobs.RunAllOptions["onOrphan"] = (event) =>
          Effect.sync(() => void orphans.push(...idsOf([event])))
        const fiber = yield* runAll(inputsOf(1), { onOrphan }).pipe(Stream.runForEach(keep), Effect.fork)
        yield* Effect.sleep("30 seconds")
        yield* Fiber.interrupt(fiber)
        assert.deepStrictEqual(kept, [])
        assert.lengthOf(orphans, 1)
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("with failing inputs fails after the runs in progress", () =>
      Effect.gen(function* () {
        const events: Array<RunAll.Event> = []
        const jobs = yield* JobsApi
        const inputs = Stream.concat(Stream.fromIterable(inputsOf(2)), Stream.fail("no more fields" as const))
        const error = yield* jobs.runAll(inputs, { concurrency: 5 }).pipe(
          Stream.runForEach((event) => Effect.sync(() => void events.push(event))),
          Effect.flip
        )
        assert.strictEqual(error, "no more fields")
        assert.deepStrictEqual(
          events.map(({ _tag }) => _tag),
          ["Created", "Created", "Succeeded", "Succeeded"]
        )
      }).pipe(Effect.provide(world(transport)))
    )

    it.effect("starts nothing above the cost limit", () =>
      Effect.gen(function* () {
        const events = yield* eventsOf(inputsOf(2), { maxCost: 0.5 })
        assert.deepStrictEqual(
          events.map((it) => it._tag === "Failed" && it.error._tag),
          ["CostLimitExceeded", "CostLimitExceeded"]
        )
        assert.strictEqual(yield* count("createJob"), 0)
      }).pipe(Effect.provide(world(transport)))
    )
  })
}

/** A job of a lost request, whose process is gone. */
const makeJob = Effect.gen(function* () {
  const { baseUrl, fetch, token } = yield* MockServer
  const url = `${baseUrl}/v0/workflows/${workflowId}/jobs?project_id=${projectId}`
  const headers = { authorization: `Bearer ${Redacted.value(token)}` }
  const json = yield* Effect.promise(async () => (await fetch(url, { method: "POST", headers })).json())
  return (yield* Schema.decodeUnknown(Schema.Struct({ id: Schema.NonEmptyString }))(json)).id
}).pipe(Effect.orDie)

describe("a batch with a ledger", () => {
  const here = world("inProcess", { conduct: { secondCreate: false } })
  const stored = (event: RunAll.Event) =>
    Effect.orDie(Effect.flatMap(Schema.encode(Stored)(event), Schema.decode(Stored)))

  /** The ledger of a process that was killed after storing the creates of these inputs. */
  const killed = (inputs: ReadonlyArray<RunAll.Input>) =>
    Effect.gen(function* () {
      const kept: Array<RunAll.Intended> = []
      const keep = (event: RunAll.Intended) =>
        Effect.zipRight(
          Effect.sync(() => void kept.push(event)),
          Effect.fail("killed")
        )
      const error = yield* Effect.flip(eventsOf(inputs, { keep, concurrency: inputs.length }))
      assert.strictEqual(error, "killed")
      assert.strictEqual(yield* count("createJob"), 0)
      return yield* Effect.forEach(kept, stored)
    })

  /** Runs the batch like another process. */
  const resumed = (inputs: ReadonlyArray<RunAll.Input>, options: Partial<Jobs.RunAllOptions>) =>
    Effect.flatMap(MockServer, ({ baseUrl, token }) =>
      Effect.provide(eventsOf(inputs, options), Layer.fresh(Pixxel.layer({ baseUrl, token })))
    )

  const summary = (updates: ReadonlyArray<RunAll.Update>) =>
    updates.map((it) => {
      const what = it._tag === "Failed" ? it.error._tag : it._tag
      return `${it.input.key} ${what}`
    })

  it.effect("lists, stores and sends, in this order", () =>
    Effect.gen(function* () {
      const order: Array<string> = []
      const requests = Effect.flatMap(MockServer, (mock) => mock.requests)
      const mock = yield* MockServer
      const keep = ({ input, intent }: RunAll.Intended) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(intent.key, Option.some(input.key))
          assert.deepStrictEqual(intent.target, JobTarget.make({ workflowId, projectId }))
          order.push(...(yield* mock.requests).map((it) => String(it.operation)), "keep")
          yield* Effect.sleep("5 seconds")
          assert.strictEqual(yield* count("createJob").pipe(Effect.provideService(MockServer, mock)), 0)
        })
      const updates = yield* eventsOf(inputsOf(1), { keep })
      assert.deepStrictEqual(order, ["listJobs", "keep"])
      assert.strictEqual((yield* requests)[1]?.operation, "createJob")
      assert.deepStrictEqual(summary(updates), ["field-1 Created", "field-1 Succeeded"])
    }).pipe(Effect.provide(here))
  )

  it.effect("sends no create that could not be stored, and fails after the runs in progress", () =>
    Effect.gen(function* () {
      const updates: Array<RunAll.Update> = []
      const keep = ({ input }: RunAll.Intended) => (input.key === "field-3" ? Effect.fail("disk full") : Effect.void)
      const error = yield* runAll(inputsOf(9), { keep, concurrency: 2 }).pipe(
        Stream.runForEach((it) => Effect.sync(() => void updates.push(it))),
        Effect.flip
      )
      assert.strictEqual(error, "disk full")
      const created = updates.filter(({ _tag }) => _tag === "Created").length
      assert.isAtMost(created, 3)
      assert.strictEqual(yield* count("createJob"), created)
      assert.lengthOf(updates, 2 * created)
    }).pipe(Effect.provide(here))
  )

  const late: ReadonlyArray<readonly [string, Effect.Effect<void>]> = [
    ["too late", Effect.sleep("4 minutes")],
    ["never", Effect.never],
    ["never, and cannot be stopped", Effect.uninterruptible(Effect.sleep("1 hour"))]
  ]
  it.effect.each(late)("sends no create that is stored %s", ([, kept]) =>
    Effect.gen(function* () {
      const updates = yield* eventsOf(inputsOf(1), { keep: () => kept })
      assert.deepStrictEqual(summary(updates), ["field-1 CreateNotSent"])
      assert.strictEqual(yield* count("createJob"), 0)
    }).pipe(Effect.provide(here))
  )

  it.effect("adopts the job of a create without an outcome, and pays nothing twice", () =>
    Effect.gen(function* () {
      const seen = yield* killed(inputsOf(1))
      const id = yield* makeJob
      const updates = yield* resumed(inputsOf(3), { seen, concurrency: 3 })
      assert.deepStrictEqual(summary(updates).slice(0, 1), ["field-1 Created"])
      assert.strictEqual(idsOf(updates)[0], id)
      assert.lengthOf(updates, 6)
      assert.strictEqual(yield* count("createJob"), 3)
    }).pipe(Effect.provide(here))
  )

  it.effect("adopts the jobs of several creates, each once", () =>
    Effect.gen(function* () {
      const seen = yield* killed(inputsOf(4))
      const ids = yield* Effect.all(Effect.replicate(makeJob, 4))
      const updates = yield* resumed(inputsOf(4), { seen })
      assert.deepStrictEqual([...idsOf(updates)].map(String).sort(), [...ids].sort())
      assert.strictEqual(yield* count("createJob"), 4)
    }).pipe(Effect.provide(here))
  )

  const unclear: ReadonlyArray<readonly [string, number, number, number]> = [
    ["a create that was never sent", 1, 0, 0],
    ["two creates, one of them sent", 2, 1, 1],
    ["one, when a stranger creates one too", 1, 2, 2]
  ]
  it.effect.each(unclear)("reports %s as unknown, and creates nothing", ([, open, made, candidates]) =>
    Effect.gen(function* () {
      const inputs = inputsOf(open)
      const seen = yield* killed(inputs)
      yield* Effect.all(Effect.replicate(makeJob, made))
      const updates = yield* resumed(inputs, { seen })
      assert.deepStrictEqual(
        summary(updates).sort(),
        inputs.map(({ key }) => `${key} CreateOutcomeUnknown`)
      )
      for (const it of updates) {
        assert(it._tag === "Failed" && it.error._tag === "CreateOutcomeUnknown")
        assert.lengthOf(it.error.candidates, candidates)
      }
      assert.strictEqual(yield* count("createJob"), made)

      // The outcome stays unknown without `forget`.
      const ledger = yield* Effect.forEach([...seen, ...updates], stored)
      assert.deepStrictEqual(yield* resumed(inputs, { seen: ledger }), [])
      const again = yield* resumed(inputs, { seen: RunAll.forget(ledger, ["field-1"]) })
      assert.deepStrictEqual(summary(again), ["field-1 Created", "field-1 Succeeded"])
      assert.strictEqual(yield* count("createJob"), made + 1)
    }).pipe(Effect.provide(here))
  )

  it.effect("searches again for a create if only its failure is removed", () =>
    Effect.gen(function* () {
      const seen = yield* killed(inputsOf(1))
      const first = yield* resumed(inputsOf(1), { seen })
      assert.deepStrictEqual(summary(first), ["field-1 CreateOutcomeUnknown"])
      const again = yield* resumed(inputsOf(1), { seen })
      assert.deepStrictEqual(summary(again), ["field-1 CreateOutcomeUnknown"])
      assert.strictEqual(yield* count("createJob"), 0)
    }).pipe(Effect.provide(here))
  )

  it.effect("adopts no job from the ledger, and none from before", () =>
    Effect.gen(function* () {
      const stranger = yield* makeJob
      yield* Effect.sleep("1 minute")
      const updates = yield* eventsOf([inputOf("first")], {})
      const known = idsOf(updates)
      const before = yield* count("createJob")
      const kept: Array<RunAll.Intended> = []
      const keep = (event: RunAll.Intended) =>
        Effect.zipRight(
          Effect.sync(() => void kept.push(event)),
          Effect.fail("killed")
        )
      yield* Effect.flip(eventsOf(inputsOf(1), { keep }))
      // The list before contained neither.
      const [intended] = kept
      assert(intended !== undefined)
      const blind = new RunAll.Intended({
        input: intended.input,
        intent: new CreateIntent({
          ...intended.intent,
          before: Option.some({ ids: [], unreadable: 0, newest: Option.none() })
        })
      })
      const after = yield* resumed(inputsOf(1), { seen: [...updates, blind] })
      assert.deepStrictEqual(summary(after), ["field-1 CreateOutcomeUnknown"])
      const [failed] = after
      assert(failed?._tag === "Failed" && failed.error._tag === "CreateOutcomeUnknown")
      const candidates = failed.error.candidates.map(({ id }) => id)
      assert.notInclude(candidates, stranger)
      assert.notInclude(candidates, String(known[0]))
      assert.strictEqual(yield* count("createJob"), before)
    }).pipe(Effect.provide(here))
  )

  it.effect("reports a create whose input no longer exists", () =>
    Effect.gen(function* () {
      const seen = yield* killed(inputsOf(1))
      const id = yield* makeJob
      const updates = yield* resumed([], { seen })
      assert.deepStrictEqual(summary(updates), ["field-1 Created", "field-1 Succeeded"])
      assert.deepStrictEqual(idsOf(updates).map(String), [id])
    }).pipe(Effect.provide(here))
  )

  it.effect("creates nothing on a workflow before its open creates are resolved, and assigns none of their jobs", () =>
    Effect.gen(function* () {
      const seen = yield* killed(inputsOf(1))
      yield* use(Fault.on("createJob", Fault.answer(500), { attempts: [2] }))
      const fiber = yield* Effect.fork(resumed([inputOf("new")], { seen }))
      yield* Effect.sleep("2 minutes")
      assert.strictEqual(yield* count("createJob"), 0)
      const id = yield* makeJob
      const updates = yield* Fiber.join(fiber)
      assert.deepStrictEqual(idsOf(updates).map(String), [id])
      assert.include(summary(updates), "new CreateOutcomeUnknown")
    }).pipe(Effect.provide(here))
  )

  it.effect("tolerates odd answers on resume", () =>
    Effect.gen(function* () {
      const seen = yield* killed(inputsOf(1))
      const id = yield* makeJob
      yield* use(Fault.on("listJobs", Fault.answer(200, { body: "<html>" }), { attempts: [2, 3, 5] }))
      const updates = yield* resumed(inputsOf(1), { seen })
      assert.deepStrictEqual(idsOf(updates).map(String), [id])
      assert.strictEqual(yield* count("createJob"), 1)
    }).pipe(Effect.provide(here))
  )
})

describe("the rest of a batch", () => {
  it.effect("is every input without an end, with its job if created", () =>
    Effect.gen(function* () {
      const [one, two, three] = inputsOf(3)
      assert(one !== undefined && two !== undefined && three !== undefined)
      const events = yield* eventsOf([one])
      const created = events[0]
      assert(created?._tag === "Created")
      const after = (seen: ReadonlyArray<RunAll.Event>) =>
        Effect.gen(function* () {
          const before = yield* count("createJob")
          const updates = yield* eventsOf([one, two, three], { seen })
          const keys = (tag: RunAll.Update["_tag"]) =>
            updates.flatMap((it) => (it._tag === tag ? [it.input.key] : [])).sort()
          return [keys("Created"), keys("Succeeded"), (yield* count("createJob")) - before]
        })
      const [first, second, third] = [one.key, two.key, three.key]
      assert.deepStrictEqual(yield* after([]), [[first, second, third], [first, second, third], 3])
      assert.deepStrictEqual(yield* after([created]), [[second, third], [first, second, third], 2])
      assert.deepStrictEqual(yield* after(events), [[second, third], [second, third], 2])
    }).pipe(Effect.provide(world("inProcess")))
  )
})
