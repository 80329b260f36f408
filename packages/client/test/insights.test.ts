/** The insights of scripted servers: the traps of their operations. */
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import {
  AoiId,
  CreateIntent,
  CreateOutcomeUnknown,
  DataTypes,
  InsightId,
  InsightsApi,
  ProjectId
} from "../src/index.js"
import { insightIn } from "./field.js"
import { type Answer, fetchFailed, json, scripted, status } from "./scripted.js"

const aoiId = AoiId.make("aoi-1")
const insightId = InsightId.make("insight-1")
const ref = { aoiId, insightId }

const ours = { id: insightId, aoi_id: aoiId, name: "North field", status: "created", progress: 0 }

const list = (...insights: ReadonlyArray<object>) => json({ insights })

const at = (word: string, more: object = {}) => list({ ...ours, id: "insight-0" }, { ...ours, status: word, ...more })

/** Runs a call over a script for an hour; the outcome is its value or its error. */
const running = <A, E>(
  script: ReadonlyArray<() => Answer>,
  use: (insights: InsightsApi.Service) => Effect.Effect<A, E>
) => {
  const { layer, seen } = scripted(script)
  return Effect.gen(function* () {
    const fiber = yield* Effect.fork(Effect.either(Effect.flatMap(InsightsApi, use)))
    yield* TestClock.adjust("1 hour")
    const outcome = Either.merge(yield* Fiber.join(fiber))
    return { outcome, sent: seen.map(({ method }) => method).join(" "), seen }
  }).pipe(Effect.provide(layer))
}

describe("a listed insight", () => {
  it.effect("has its predicted minutes as a duration, and its data", () =>
    Effect.gen(function* () {
      const input = [{ name: "start_date", format: "date", value: "2025-06-01" }]
      const more = { estimated_time_in_min: 3, input, output: null, metadata: { season: "2025" }, deleted_at: null }
      const { outcome } = yield* running([() => list({ ...ours, ...more })], (it) => it.list({ aoiId }))
      const [insight] = outcome as ReadonlyArray<object>
      assert.deepInclude(insight, {
        estimatedDuration: Option.some(Duration.minutes(3)),
        inputs: DataTypes.decode(input),
        outputs: [],
        metadata: { season: "2025" },
        deletedAt: Option.none(),
        outcome: "pending"
      })
    })
  )

  it.effect("is not found in a list without its id, since no operation gets one", () =>
    Effect.gen(function* () {
      const { outcome, seen, sent } = yield* running([() => list({ ...ours, id: "insight-0" })], (it) => it.get(ref))
      assert.deepInclude(outcome, { _tag: "PixxelNotFound", operation: "listInsights", status: 200 })
      assert.strictEqual(sent, "GET")
      assert.match(seen[0]?.url ?? "", /\/v0\/aoi\/aoi-1\/insights\?id=insight-1$/)
    })
  )

  it.effect("that is missing is an error with all attempts, and the request id of the list", () =>
    Effect.gen(function* () {
      const script = [() => status(503), () => json({ insights: [] }, { headers: { "x-request-id": "req-7" } })]
      const { layer } = scripted(script, { retry: { baseDelay: 0 } })
      const error = yield* Effect.flip(
        Effect.provide(
          Effect.flatMap(InsightsApi, (it) => it.get(ref)),
          layer
        )
      )
      assert(error._tag === "PixxelNotFound")
      assert.deepStrictEqual(error.requestId, Option.some("req-7"))
      assert.deepStrictEqual(
        error.attempts.map((it) => Option.getOrNull(it.status)),
        [503, 200]
      )
    })
  )
})

describe("a wait for an insight", () => {
  const wait = (it: InsightsApi.Service) => it.wait(ref)

  it.effect("polls its list through known and unknown words until its end", () =>
    Effect.gen(function* () {
      const words = ["created", "inprogress", "polishing", "completed"]
      const { outcome, sent } = yield* running(
        words.map((word) => () => at(word)),
        wait
      )
      assert.deepInclude(outcome, { id: insightId, outcome: "succeeded" })
      assert.strictEqual(sent, "GET GET GET GET")
    })
  )

  it.effect("fails with the reason that the server gives", () =>
    Effect.gen(function* () {
      const { outcome } = yield* running([() => at("failed", { err_msg: "no water was found." })], wait)
      assert.deepInclude(outcome, {
        _tag: "InsightFailed",
        status: "failed",
        errMsg: Option.some("no water was found."),
        isRetryable: false,
        message: "Insight insight-1 ended as failed: no water was found."
      })
    })
  )

  it.effect("removes the query of a URL from that reason", () =>
    Effect.gen(function* () {
      const err_msg = "could not read https://store.test/a.tif?signature=c0ffee"
      const { outcome } = yield* running([() => at("failed", { err_msg })], wait)
      assert.notInclude(JSON.stringify(outcome), "c0ffee")
    })
  )

  it.effect("ends for a deleted insight, which a list may still show", () =>
    Effect.gen(function* () {
      const { outcome } = yield* running([() => at("inprogress", { deleted_at: "2025-06-14T00:00:00Z" })], wait)
      assert.deepInclude(outcome, { _tag: "InsightFailed" })
      assert.include(String(Object(outcome).message), "ended as inprogress: it was deleted.")
    })
  )

  it.effect("takes the zero time of Go for no deletion", () =>
    Effect.gen(function* () {
      const script = [() => at("inprogress", { deleted_at: "0001-01-01T00:00:00Z" }), () => at("completed")]
      assert.deepInclude((yield* running(script, wait)).outcome, { outcome: "succeeded" })
    })
  )

  it.effect("continues when two lists in a row lack the insight, however often", () =>
    Effect.gen(function* () {
      const none = () => list({ ...ours, id: "insight-0" })
      const script = [none, none, () => at("inprogress"), none, none, () => at("completed")]
      const { outcome, sent } = yield* running(script, wait)
      assert.deepInclude(outcome, { outcome: "succeeded" })
      assert.strictEqual(sent, "GET GET GET GET GET GET")
    })
  )

  it.effect("ends at the third list in a row that lacks the insight", () =>
    Effect.gen(function* () {
      const { outcome, sent } = yield* running([() => at("inprogress"), () => list()], wait)
      assert.deepInclude(outcome, { _tag: "PixxelNotFound" })
      assert.strictEqual(sent, "GET GET GET GET")
    })
  )

  it.effect("ends at once when the API refuses the list, or does not know the AOI", () =>
    Effect.gen(function* () {
      for (const [code, tag] of [
        [403, "PixxelForbidden"],
        [404, "PixxelNotFound"]
      ] as const) {
        const { outcome, sent } = yield* running([() => at("inprogress"), () => status(code)], wait)
        assert.deepInclude(outcome, { _tag: tag })
        assert.strictEqual(sent, "GET GET")
      }
    })
  )

  it.effect("survives a failed list", () =>
    Effect.gen(function* () {
      const script = [() => at("inprogress"), ...Array<() => Answer>(9).fill(() => status(503)), () => at("completed")]
      assert.deepInclude((yield* running(script, wait)).outcome, { outcome: "succeeded" })
    })
  )

  it.effect("shares one list with the other waits for insights of the AOI", () =>
    Effect.gen(function* () {
      const ids = ["a", "b", "c", "d"]
      let looks = 0
      const all = (word: string) => list(...ids.map((id) => ({ ...ours, id, status: word })))
      const script = [() => all(++looks > 4 ? "completed" : "inprogress")]
      const { outcome, seen } = yield* running(script, (it) =>
        Effect.forEach(ids, (id) => it.wait({ aoiId, insightId: InsightId.make(id) }), { concurrency: "unbounded" })
      )
      assert.deepStrictEqual(
        (outcome as ReadonlyArray<{ id: string }>).map(({ id }) => id),
        ids
      )
      const lists = seen.filter(({ url }) => !url.includes("?")).length
      assert.isAbove(lists, 1)
      // each ended insight is looked at once
      assert.strictEqual(seen.length - lists, ids.length)
    })
  )
})

describe("a watch of an insight", () => {
  it.effect("emits each change until the end", () =>
    Effect.gen(function* () {
      const script = [
        ...["created", "created", "inprogress"].map((word) => () => at(word)),
        () => at("inprogress", { progress: 50 }),
        () => at("failed")
      ]
      const { outcome } = yield* running(script, (it) => Stream.runCollect(it.watch(ref)))
      assert.deepStrictEqual(
        Chunk.toReadonlyArray(outcome as Chunk.Chunk<{ status: unknown; progress: unknown }>).map((it) => [
          Option.getOrNull(it.status as Option.Option<string>),
          Option.getOrNull(it.progress as Option.Option<number>)
        ]),
        [
          ["created", 0],
          ["inprogress", 0],
          ["inprogress", 50],
          ["failed", 0]
        ]
      )
    })
  )
})

const field = insightIn(ProjectId.make("project-1"), aoiId)

const input: InsightsApi.CreateInput = { ...field, block: { ...field.block, id: "block-1" } }

type Body = Readonly<Record<string, unknown>>

/** A server that lists the insights of its creates with what `keeps` leaves of a body, and answers creates by a script. */
const server = (answers: ReadonlyArray<(id: string) => Answer>, keeps = (body: Body): Body | undefined => body) => {
  const bodies: Array<Body> = []
  const insights: Array<Body> = []
  const sent: Array<string> = []
  const fetch: typeof globalThis.fetch = async (url, init) => {
    if (String(url).endsWith("/ping")) return json("pong")
    sent.push(init?.method ?? "GET")
    if (init?.method !== "POST") return list(...insights)
    const body = JSON.parse(await new Response(init.body).text())
    bodies.push(body)
    const id = `insight-${bodies.length}`
    const kept = keeps(body)
    if (kept !== undefined) insights.push({ id, created_at: "1970-01-01T00:00:00Z", ...kept })
    const answer = answers[Math.min(bodies.length, answers.length) - 1]!(id)
    if (answer instanceof Error) throw answer
    if (answer === "never") return new Promise(() => {})
    return answer
  }
  const { layer } = scripted([], undefined, fetch)
  const run = <A, E>(use: (insights: InsightsApi.Service) => Effect.Effect<A, E>) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(Effect.either(Effect.flatMap(InsightsApi, use)))
      yield* TestClock.adjust("2 hours")
      return Either.merge(yield* Fiber.join(fiber))
    }).pipe(Effect.provide(layer))
  return { bodies, insights, sent, run }
}

const created = (id: string) => json({ id, message: "queued" }, { status: 201 })
const estimated = (estimate: unknown) => () => json({ estimate })
const lost = () => fetchFailed("ECONNRESET")

/** A list without the metadata. */
const withoutMetadata = ({ metadata, ...body }: Body): Body => body

describe("a create of an insight", () => {
  it.effect("carries its mark in the metadata and the name, and the id of the block as string", () =>
    Effect.gen(function* () {
      const { bodies, run, sent } = server([created])
      const insight = yield* run((it) => it.create({ ...input, metadata: { season: "2025" } }))
      const [{ metadata, name, ...body } = {}] = bodies
      const mark = Object(metadata)["effect-pixxel"]
      assert.match(mark, /^[0-9a-f]{32}$/)
      assert.deepStrictEqual(metadata, { season: "2025", "effect-pixxel": mark })
      assert.strictEqual(name, `cropclassification ${mark}`)
      assert.deepStrictEqual(body, {
        block: { name: "cropclassification", version: "1.0.0", string: "block-1" },
        input: input.inputs.map(DataTypes.encode),
        project_id: "project-1"
      })
      assert.deepInclude(Object(insight), { id: "insight-1", aoiId: Option.some(aoiId), outcome: "pending" })
      assert.deepStrictEqual(sent, ["POST"])
    })
  )

  it.effect("has a new mark each time, and leaves a given name as it is", () =>
    Effect.gen(function* () {
      const { bodies, run } = server([created])
      yield* run((it) => it.create({ ...input, name: "North field" }))
      yield* run((it) => it.create({ ...input, name: "North field" }))
      assert.deepStrictEqual(
        bodies.map(({ name }) => name),
        ["North field", "North field"]
      )
      assert.strictEqual(new Set(bodies.map(({ metadata }) => JSON.stringify(metadata))).size, 2)
    })
  )

  const outcomes: ReadonlyArray<
    readonly [
      name: string,
      more: Partial<InsightsApi.CreateInput>,
      answers: ReadonlyArray<(id: string) => Answer>,
      keeps: ((body: Body) => Body | undefined) | undefined,
      outcome: string,
      creates: number
    ]
  > = [
    ["is found by its metadata after a lost answer", { name: "Mine" }, [lost], undefined, "insight-1", 1],
    ["is found by its name where a list shows no metadata", {}, [lost], withoutMetadata, "insight-1", 1],
    [
      "is unknown where a list shows no metadata and the caller chose the name",
      { name: "Mine" },
      [lost],
      withoutMetadata,
      "CreateOutcomeUnknown",
      1
    ],
    [
      "is found by its name where the block replaced the metadata",
      {},
      [lost],
      (body) => ({ ...body, metadata: { model: "v3", "effect-pixxel": "" } }),
      "insight-1",
      1
    ],
    ["is unknown after a lost answer without an insight", {}, [lost], () => undefined, "CreateOutcomeUnknown", 1],
    ["is unknown without a mark", { adopt: "never" }, [lost], undefined, "CreateOutcomeUnknown", 1],
    ["is searched for after a 201 without an id", {}, [() => json({}, { status: 201 })], undefined, "insight-1", 1],
    [
      "is searched for after a 201 with an estimate alone",
      {},
      [() => json({ estimate: 12 }, { status: 201 })],
      undefined,
      "insight-1",
      1
    ],
    ["is searched for after a 200 with other JSON", {}, [() => json({ ok: true })], undefined, "insight-1", 1],
    ["is made after a 200 with an id", {}, [(id) => json({ id, estimate: 12 })], undefined, "insight-1", 1],
    ["has not started after a 200 with an estimate", {}, [estimated(12)], () => undefined, "NotStarted", 1],
    ["is repeated after a 429", {}, [() => status(429), created], (body) => body, "insight-2", 2],
    ["fails with a refusal", {}, [() => status(403)], () => undefined, "PixxelForbidden", 1],
    ["is made below the limit of its cost", { maxCost: 12 }, [estimated(12), created], undefined, "insight-2", 2],
    ["is too expensive above the limit", { maxCost: 11 }, [estimated("12")], undefined, "CostLimitExceeded", 1],
    ["is too expensive without a readable cost", { maxCost: 11 }, [estimated("?")], undefined, "CostLimitExceeded", 1],
    ["is too expensive at a negative cost", { maxCost: 11 }, [estimated(-1)], undefined, "CostLimitExceeded", 1],
    ["is not sent after an estimate that ran", { maxCost: 99 }, [created], undefined, "EstimateCreated", 1],
    ["is not sent after a lost estimate", { maxCost: 99 }, [lost], undefined, "EstimateUnknown", 1],
    ["is not sent after a refused estimate", { maxCost: 99 }, [() => status(400)], undefined, "PixxelBadRequest", 1],
    ["is not sent with an empty name", { name: " " }, [created], undefined, "PixxelInvalidInput", 0],
    [
      "is not sent without the version of its block",
      { block: { name: "ndvi", version: "" } },
      [created],
      undefined,
      "PixxelInvalidInput",
      0
    ]
  ]
  for (const [name, more, answers, keeps, outcome, creates] of outcomes) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const { run, sent } = server(answers, keeps)
        const result = yield* run((it) => it.create({ ...input, ...more }))
        assert.strictEqual("_tag" in result ? result._tag : String(result.id), outcome)
        assert.strictEqual(sent.filter((it) => it === "POST").length, creates)
      })
    )
  }

  it.effect("takes no insight of another writer for its own, and names those that may be", () =>
    Effect.gen(function* () {
      const { insights, run } = server([lost], () => undefined)
      const other = { created_at: "1970-01-01T00:00:01Z", name: "Mine" }
      insights.push(
        { ...other, id: "theirs" },
        { ...other, id: "of another name", name: "Theirs" },
        { ...other, id: "of another mark", metadata: { "effect-pixxel": "0".repeat(32) } },
        { ...other, id: "of another day", created_at: "1971-01-01T00:00:00Z" }
      )
      const error = yield* run((it) => it.create({ ...input, name: "Mine" }))
      assert.deepInclude(error, { _tag: "CreateOutcomeUnknown", isRetryable: false })
      assert.deepStrictEqual(
        Object(error).candidates.map(({ id }: { id: string }) => id),
        ["theirs"]
      )
      assert.match(String(Object(error).message), /^An insight may have been created, and may be costing money: .* AOI/)
    })
  )

  it.effect("is unknown when two insights carry its mark", () =>
    Effect.gen(function* () {
      const { insights, run } = server([lost], (body) => {
        insights.push({ ...body, id: "copy" })
        return body
      })
      const error = yield* run((it) => it.create(input))
      assert.deepInclude(error, { _tag: "CreateOutcomeUnknown" })
      assert.lengthOf(Object(error).candidates, 2)
    })
  )

  it.effect("is found later by its record, in another client too", () =>
    Effect.gen(function* () {
      const first = server([lost], () => undefined)
      const error = yield* first.run((it) => Effect.flip(it.create(input)))
      assert.instanceOf(error, CreateOutcomeUnknown)
      const record = Schema.decodeUnknownSync(CreateIntent)(JSON.parse(JSON.stringify(error)).intent)
      const later = server([created])
      later.insights.push({ id: "late", ...first.bodies[0] })
      assert.deepInclude(Object(yield* later.run((it) => it.resolve(record))), { id: "late" })
      assert.notInclude(later.sent, "POST")
    })
  )
})

describe("an estimate of an insight", () => {
  const logged: Array<string> = []
  const logger = Logger.replace(
    Logger.defaultLogger,
    Logger.make(({ message }) => void logged.push(String(message)))
  )

  const estimate = (it: InsightsApi.Service) => it.estimate(input)

  it.effect("sets the flag, and returns the tokens", () =>
    Effect.gen(function* () {
      const { bodies, run } = server([estimated("12")])
      assert.deepStrictEqual(yield* run(estimate), Option.some(12))
      assert.deepInclude(bodies[0], { estimate: true })
    })
  )

  it.effect("has no cost without a readable one", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* server([estimated(null)]).run(estimate), Option.none())
    })
  )

  it.effect("that ran names its insight, and is not repeated", () =>
    Effect.gen(function* () {
      const { run, sent } = server([created])
      const error = yield* run(estimate)
      assert.deepInclude(Object(error), {
        _tag: "EstimateCreated",
        insightId: "insight-1",
        serverMessage: Option.some("queued"),
        isRetryable: false
      })
      assert.deepStrictEqual(sent, ["POST"])
    })
  )

  const ambiguous: ReadonlyArray<readonly [what: string, answer: () => Answer]> = [
    ["was cut", lost],
    ["was answered 500", () => status(500)],
    ["was answered 504", () => status(504)],
    ["was redirected", () => status(307, { location: "https://elsewhere.test" })],
    ["was unreadable", () => new Response("<html>")],
    ["was answered 201 without an id", () => json({ estimate: 12 }, { status: 201 })],
    ["never came", () => "never"]
  ]
  for (const [what, answer] of ambiguous) {
    it.effect(`whose answer ${what} is unknown, and is not repeated`, () =>
      Effect.gen(function* () {
        const { run, sent } = server([answer])
        const error = yield* run(estimate)
        assert.deepInclude(error, { _tag: "EstimateUnknown", isRetryable: false })
        assert.include(String(Object(error).message), "InsightsApi.estimate")
        assert.deepStrictEqual(sent, ["POST"])
      })
    )
  }

  it.effect("that is interrupted waits for its answer, and logs an insight that may exist", () =>
    Effect.gen(function* () {
      const { layer } = scripted([() => "never"])
      const fiber = yield* Effect.fork(Effect.flatMap(InsightsApi, estimate).pipe(Effect.provide(layer)))
      yield* TestClock.adjust("1 second")
      const interrupting = yield* Effect.fork(Fiber.interrupt(fiber))
      yield* TestClock.adjust("5 minutes")
      yield* Fiber.join(interrupting)
      assert.match(
        logged.join(),
        /^An estimate on AOI aoi-1 was interrupted after sending\. An insight of AOI aoi-1 may have been created/
      )
    }).pipe(Effect.provide(logger))
  )

  it.effect("that may have run is found by its record", () =>
    Effect.gen(function* () {
      const { run } = server([lost])
      const found = yield* run((it) =>
        Effect.catchTag(it.estimate(input), "EstimateUnknown", (e) => it.resolve(e.intent))
      )
      assert.deepInclude(Object(found), { id: "insight-1" })
    })
  )

  it.effect("is repeated after a refusal by the rate limit", () =>
    Effect.gen(function* () {
      const { run, sent } = server([() => status(429), estimated(12)])
      assert.deepStrictEqual(yield* run(estimate), Option.some(12))
      assert.deepStrictEqual(sent, ["POST", "POST"])
    })
  )
})

describe("the package of an insight", () => {
  const ready = () => json({ id: insightId, status: "ready", signed_url: "https://store.test/a.zip?signature=c0ffee" })

  /** Records the bodies of PUT requests. */
  const recording = () => {
    const bodies: Array<unknown> = []
    const { layer } = scripted([], undefined, async (_, init) => {
      bodies.push(JSON.parse(await new Response(init?.body).text()))
      return ready()
    })
    return { bodies, layer }
  }

  it.effect("is that of the selected data, or of all", () =>
    Effect.gen(function* () {
      const { bodies, layer } = recording()
      const { isReady } = yield* Effect.flatMap(InsightsApi, (it) =>
        Effect.zipLeft(it.download(ref), it.download({ ...ref, inputs: ["a"], outputs: ["b", "c"] }))
      ).pipe(Effect.provide(layer))
      assert.isTrue(isReady)
      assert.deepStrictEqual(bodies, [{}, { inputs: ["a"], outputs: ["b", "c"] }])
    })
  )

  it.effect("is not requested for no data", () =>
    Effect.gen(function* () {
      const { outcome, sent } = yield* running([ready], (it) => it.download({ ...ref, outputs: [] }))
      assert.deepInclude(Object(outcome), { _tag: "PixxelInvalidInput", path: "outputs" })
      assert.strictEqual(sent, "")
    })
  )

  it("has a subject with its selection, so that a part of one is not continued as another", () => {
    const subjects = [
      {},
      { outputs: ["b"] },
      { outputs: ["b", "c"] },
      { inputs: ["b"] },
      { inputs: ["b"], outputs: ["b"] }
    ].map((selection) => String(InsightsApi.source({ ...ref, ...selection }).subject))
    assert.strictEqual(new Set(subjects).size, subjects.length)
    assert.strictEqual(subjects[0], "Insight(aoiId: aoi-1, insightId: insight-1)")
  })
})

describe("a list of insights", () => {
  it.effect("is not requested with a text as the day, which JavaScript does not refuse", () =>
    Effect.gen(function* () {
      const { outcome, sent } = yield* running([], (it) => it.list(Object({ ...ref, createdOn: "2025-06-01" })))
      assert.deepInclude(Object(outcome), { _tag: "PixxelInvalidInput", path: "createdOn", expected: "a DateTime" })
      assert.strictEqual(sent, "")
    })
  )
})

describe("a delete of an insight", () => {
  const project = ProjectId.make("project-1")
  const remove = (it: InsightsApi.Service) => it.delete({ ...ref, projectId: project })

  const cases: ReadonlyArray<
    readonly [name: string, script: ReadonlyArray<() => Answer>, outcome: string, sent: string]
  > = [
    ["succeeds with an empty body", [() => status(200)], "done", "DELETE"],
    ["succeeds with a body of another media type", [() => new Response("<p>ok</p>")], "done", "DELETE"],
    ["is repeated after a lost answer, and none left is success", [lost, () => status(404)], "done", "DELETE DELETE"],
    [
      "is repeated after a 503, and a 400 then is success",
      [() => status(503), () => status(400)],
      "done",
      "DELETE DELETE"
    ],
    ["of an unknown insight fails", [() => status(404)], "PixxelNotFound", "DELETE"],
    ["of a running insight fails", [() => status(409)], "PixxelConflict", "DELETE"]
  ]
  for (const [name, script, expected, methods] of cases) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const { outcome, seen, sent } = yield* running(script, remove)
        assert.strictEqual(Object(outcome)._tag ?? "done", expected)
        assert.strictEqual(sent, methods)
        assert.match(seen[0]?.url ?? "", /\/v0\/aoi\/aoi-1\/insights\/insight-1\?project_id=project-1$/)
      })
    )
  }
})

describe("a run of an insight", () => {
  const ended = (word: string) => (): Answer =>
    list({ ...ours, status: word, created_at: "1970-01-01T00:00:00Z", err_msg: word === "failed" ? "no band" : "" })
  const pending = () => json({ id: insightId, status: "pending", signed_url: "" })
  const ready = () => json({ id: insightId, status: "ready", signed_url: "https://store.test/a.zip" })
  const run = (it: InsightsApi.Service) => it.run(input)

  const cases: ReadonlyArray<
    readonly [name: string, script: ReadonlyArray<() => Answer>, outcome: object, sent: string]
  > = [
    [
      "creates, waits, and requests the package until it is ready",
      [() => created(insightId), ended("inprogress"), ended("completed"), pending, ready],
      {},
      "POST GET GET PUT PUT"
    ],
    [
      "continues when a list lacks the new insight",
      [() => created(insightId), () => list(), ended("completed"), ready],
      {},
      "POST GET GET PUT"
    ],
    [
      "fails with the reason of its insight",
      [() => created(insightId), ended("failed")],
      { _tag: "InsightFailed", errMsg: Option.some("no band") },
      "POST GET"
    ],
    [
      "names the insight when it can no longer be followed",
      [() => created(insightId), () => status(403)],
      { _tag: "RunIncomplete", phase: "wait", isRetryable: false },
      "POST GET"
    ],
    [
      "names the insight when its package is refused",
      [() => created(insightId), ended("completed"), () => status(403)],
      { _tag: "RunIncomplete", phase: "download", isRetryable: false },
      "POST GET PUT"
    ],
    ["is not waited for if nothing was started", [estimated(12)], { _tag: "NotStarted" }, "POST"]
  ]
  for (const [name, script, expected, methods] of cases) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const { outcome, sent } = yield* running(script, run)
        assert.deepInclude(Object(outcome), expected)
        assert.strictEqual(sent, methods)
      })
    )
  }
})
