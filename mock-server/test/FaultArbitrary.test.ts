/** Arbitrary fault plans: all are valid, and a plan that breaks a client shrinks to its essential parts. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import { assert, describe, it } from "vitest"
import { sample, size } from "../../vitest.size.js"
import { parseDuration } from "../src/core/Duration.js"
import type { FixtureSet } from "../src/core/Fixture.js"
import { checkPlan, faultsOf, operationsOf as possible } from "../src/core/faults/Check.js"
import { kindNames as everyEffect } from "../src/core/faults/kinds/index.js"
import type { FaultEffect, FaultPlan, FaultRule } from "../src/core/faults/Plan.js"
import { random } from "../src/core/Ids.js"
import { type FaultableOperation, faultableOperations } from "../src/core/Operations.js"
import * as Fault from "../src/Fault.js"
import { type FaultPlanOptions, faultPlan, print, seed } from "../src/FaultArbitrary.js"
import { loadFixtures, shippedFixtures } from "../src/fixtures/load.js"
import { MockServer } from "../src/MockServer.js"

type Client = (world: MockServer.Service) => Effect.Effect<unknown>

const kindOf = (effect: FaultEffect): keyof FaultEffect => faultsOf(effect)[0] ?? "latency"
const operationsOf = ({ on }: FaultRule): ReadonlyArray<string> => (typeof on === "string" ? [on] : on)

/** Returns the plans that fast-check would try next, in order. */
const shrinks = (plan: FaultPlan, options?: FaultPlanOptions): ReadonlyArray<FaultPlan> =>
  Array.from(faultPlan(options).shrink(plan, undefined), ({ value }) => value)

/** Shrinks a plan that breaks the property. */
const smallest = (holds: (plan: FaultPlan) => boolean, options?: FaultPlanOptions): FaultPlan | undefined =>
  FastCheck.check(FastCheck.property(faultPlan(options), holds), { numRuns: 10_000, seed: 1 }).counterexample?.[0]

const within = (plan: FaultPlan, { effects = everyEffect, hang, operations }: FaultPlanOptions) => {
  checkPlan(plan)
  for (const rule of plan.rules) {
    assert.isTrue(rule.optional)
    for (const kind of Object.keys(rule.do)) assert.include(effects, kind)
    if (operations !== undefined) for (const on of operationsOf(rule)) assert.include(operations, on)
    if (hang !== true) assert.notStrictEqual(rule.do.cut?.by, "hang")
  }
}

describe("an arbitrary plan", () => {
  const options: ReadonlyArray<FaultPlanOptions> = [
    {},
    { hang: true, maxRules: 5, longest: "7h" },
    { operations: ["getJobById", "getPackage"], longest: "500ms" },
    { effects: ["cut", "noRange", "stale"] },
    { effects: ["expired"], maxRules: 1 }
  ]

  it.each(sample(options, 3))("is valid, and shrinks to simpler valid plans: %j", (options) => {
    const property = FastCheck.property(faultPlan(options), FastCheck.string(), (plan, seed) => {
      within(plan, options)
      // a random path of shrinking, which ends
      let now = plan
      for (let step = 0; now.rules.length > 0; step++) {
        const next = shrinks(now, options)
        for (const simpler of next) within(simpler, options)
        now = next[Math.floor(random(seed, step) * next.length)]!
        assert.isBelow(step, 1_000)
      }
    })
    FastCheck.assert(property, { numRuns: size(2, 8), seed: 1, endOnFailure: true })
  })

  it.each(everyEffect)("has the effect %s, on every operation that can have it", (kind) => {
    const plans = FastCheck.sample(faultPlan({ effects: [kind] }), { numRuns: size(200, 500), seed: 1 })
    const seen = new Set(plans.flatMap(({ rules }) => rules.flatMap(operationsOf)))
    const all = possible(kind).length === faultableOperations.length ? ["*"] : []
    assert.sameMembers([...seen], [...possible(kind), ...all])
  })

  const written = [
    ...shippedFixtures().faults,
    ["of hours", Fault.plan(Fault.on("*", Fault.latency("2h"), { between: { from: "1h", to: "3h" }, chance: 0.9 }))],
    ["of fractions", Fault.plan(Fault.on(["createJob", "ping"], Fault.latency("1.25s"), { attempts: [7, 9] }))]
  ] as const
  // frozen, and with values that no draw gives
  it.each(written)("that was written shrinks like a generated one: %s", (_, plan) => {
    for (const rule of plan.rules) {
      const kind = kindOf(rule.do)
      const holds = ({ rules }: FaultPlan) => rules.every((rule) => kindOf(rule.do) !== kind)
      const property = FastCheck.property(faultPlan(), holds)
      const { counterexample } = FastCheck.check(property, { examples: [[plan]], numRuns: 1 })
      assert.deepStrictEqual(counterexample, [smallest(holds)])
    }
  })

  it("has no time above the longest, except in the tail of a distribution", () => {
    for (const { rules } of FastCheck.sample(faultPlan({ longest: "3s" }), { numRuns: 1_000, seed: 1 })) {
      for (const [, time] of JSON.stringify(rules).matchAll(/"([0-9]+m?s)"/g)) {
        assert.isAtMost(parseDuration(time!), 3_000)
      }
    }
  })

  it("is refused when it can have no effect, or its time is invalid", () => {
    const refused = (options: FaultPlanOptions, message: string) =>
      assert.throws(() => faultPlan(options), RangeError, message)
    refused(
      { effects: ["expired", "noRange"], operations: ["createJob"] },
      'found the effects "expired", "noRange" on the operations "createJob", expected an effect that applies to one of the operations'
    )
    refused({ longest: "0s" }, 'longest: found "0s", expected a duration such as "30s"')
    refused({ longest: "5 minutes" }, 'longest: found "5 minutes", expected a duration such as "30s"')
  })
})

/** The smallest effect of each kind. */
const minimal: ReadonlyArray<FaultEffect> = [
  { latency: "1s" },
  { body: "empty" },
  { answer: { status: 500 } },
  { cut: { at: "request", by: "reset" } },
  { flip: 0 },
  { truncate: 0 },
  { limit: { tokens: 1, per: "1s" } },
  { redirect: { to: "loop" } },
  { contentType: "text/html" },
  { contentLengthOff: 1 },
  { badChunk: true },
  { corruptGzip: true },
  { oversize: 1 },
  { drip: { bytes: 1_000, every: "1s" } },
  { stale: "1s" },
  { expired: true },
  { noRange: true }
]

describe("a plan that breaks a client shrinks", () => {
  it.each(sample(minimal, 2))("to one rule with one attempt and the smallest effect: %j", (effect) => {
    const kind = kindOf(effect)
    const found = smallest(({ rules }) => rules.every((rule) => kindOf(rule.do) !== kind))
    const on: FaultableOperation =
      kind === "stale" ? "listJobs" : ["expired", "noRange"].includes(kind) ? "getPackage" : "ping"
    assert.deepStrictEqual(found, { rules: [{ on, attempts: [1], optional: true, do: effect }] })
  })

  const broken: ReadonlyArray<[name: string, isBroken: (rule: FaultRule) => boolean, rule: FaultRule]> = [
    [
      "the necessary attempt",
      ({ attempts, do: effect }) => effect.answer !== undefined && (attempts?.includes(3) ?? true),
      { on: "ping", attempts: [3], optional: true, do: { answer: { status: 500 } } }
    ],
    [
      "the necessary number of attempts",
      ({ attempts, do: effect }) => effect.body !== undefined && (attempts?.length ?? 9) >= 2,
      { on: "ping", attempts: [1, 2], optional: true, do: { body: "empty" } }
    ],
    [
      "the necessary window",
      ({ between }) => between !== undefined && parseDuration(between.to) > 7_000,
      { on: "ping", attempts: [1], between: { from: "0s", to: "8s" }, optional: true, do: { latency: "1s" } }
    ],
    [
      "a probability, when only a probability breaks the client",
      ({ chance = 1 }) => chance > 0.5 && chance < 1,
      { on: "ping", attempts: [1], chance: 0.75, optional: true, do: { latency: "1s" } }
    ],
    [
      "the necessary operation",
      (rule) => operationsOf(rule).some((on) => on === "createJob" || on === "*") && rule.do.cut?.at === "answer",
      { on: "createJob", attempts: [1], optional: true, do: { cut: { at: "answer", by: "reset" } } }
    ],
    [
      "the necessary time",
      ({ do: { latency } }) => typeof latency === "string" && parseDuration(latency) > 12_345,
      { on: "ping", attempts: [1], optional: true, do: { latency: "13s" } }
    ],
    [
      "the necessary bytes and end",
      ({ do: { cut } }) => cut?.by === "hang" && typeof cut.at === "number" && cut.at >= 123,
      { on: "ping", attempts: [1], optional: true, do: { cut: { at: 123, by: "hang" } } }
    ],
    [
      "the necessary parts of an answer",
      ({ do: { answer } }) => answer?.retryAfterAs === "date" && parseDuration(answer.retryAfter ?? "0s") > 4_000,
      {
        on: "ping",
        attempts: [1],
        optional: true,
        do: { answer: { status: 500, retryAfter: "5s", retryAfterAs: "date" } }
      }
    ],
    [
      "the necessary body of an answer",
      ({ do: { answer } }) => answer?.body === null,
      { on: "ping", attempts: [1], optional: true, do: { answer: { status: 500, body: null } } }
    ]
  ]

  it.each(broken)("to %s", (_, isBroken, rule) => {
    const found = smallest(({ rules }) => !rules.some(isBroken), { hang: true })
    assert.deepStrictEqual(found, { rules: [rule] })
  })
})

const projectId = "project-monsoon-2024"
const workflow = "/v0/workflows/wf-yield-forecast"

/** Sends a request; returns `undefined` when it or its answer was lost. */
const ask = ({ baseUrl, fetch, token }: MockServer.Service, path: string, method = "GET") =>
  Effect.promise(async () => {
    try {
      const response = await fetch(baseUrl + path, { method, headers: { authorization: Redacted.value(token) } })
      return { status: response.status, headers: response.headers, text: await response.text() }
    } catch {
      return undefined
    }
  })

const listJobs = (world: MockServer.Service) => ask(world, `${workflow}/jobs`)
const createJob = (world: MockServer.Service) => ask(world, `${workflow}/jobs?project_id=${projectId}`, "POST")

/** Clients with one mistake each, and the plan that reveals it. */
const clients: ReadonlyArray<[name: string, client: Client, rule: FaultRule]> = [
  [
    "expects a body in every success",
    (world) =>
      Effect.map(listJobs(world), (answer) => {
        if (answer === undefined || answer.status !== 200) return "no jobs"
        return answer.text.charCodeAt(0) === 0x7b || answer.text[0]!.length === 1 // no first character, no length
      }),
    { on: "listJobs", attempts: [1], optional: true, do: { body: "empty" } }
  ],
  [
    "does not survive a 503",
    (world) =>
      Effect.tap(listJobs(world), (answer) =>
        answer?.status === 503 ? Effect.dieMessage("unavailable") : Effect.void
      ),
    { on: "listJobs", attempts: [1], optional: true, do: { answer: { status: 503 } } }
  ],
  [
    "creates again when the answer of a create is lost",
    (world) =>
      Effect.gen(function* () {
        const created = yield* createJob(world)
        if (created === undefined) yield* createJob(world)
        yield* Effect.orDie(world.faults.use({ rules: [] }))
        const jobs = JSON.parse((yield* listJobs(world))?.text ?? "").jobs
        assert.isAtMost(jobs.length, 1)
      }),
    { on: "createJob", attempts: [1], optional: true, do: { cut: { at: "answer", by: "reset" } } }
  ],
  [
    "reads Retry-After only as a number",
    (world) =>
      Effect.gen(function* () {
        for (let attempt = 1; attempt <= 5; attempt++) {
          const answer = yield* listJobs(world)
          if (answer?.status !== 503) return
          const before = world.time.elapsed
          yield* Effect.sleep(Number(answer.headers.get("retry-after") ?? 1) * 1_000)
          assert.notStrictEqual(world.time.elapsed, before, "retries without a pause")
        }
      }),
    {
      on: "listJobs",
      attempts: [1],
      optional: true,
      do: { answer: { status: 503, retryAfter: "1s", retryAfterAs: "date" } }
    }
  ]
]

/** Runs the client in a new world with these faults. */
const play = (client: Client, plan: FaultPlan | string, fixtures: FixtureSet = shippedFixtures()) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const world = yield* MockServer
      yield* world.faults.use(plan)
      yield* client(world)
      // the property itself reports the failure
    }).pipe(Effect.provide(MockServer.layer({ fixtures, conduct: false, capsules: false })))
  )

/** Runs fast-check on a client. */
const find = (client: Client, seed: number) =>
  FastCheck.check(
    FastCheck.asyncProperty(faultPlan({ operations: ["listJobs", "createJob"] }), (plan) => play(client, plan)),
    { numRuns: 1_000, seed }
  )

describe("a client that", () => {
  for (const [name, client, rule] of sample(clients, 2)) {
    it.each(size([1], [1, 2]))(`${name} is detected from any start: seed %i`, async (seed) => {
      assert.deepStrictEqual((await find(client, seed)).counterexample, [{ rules: [rule] }])
    })
  }

  it("breaks without any fault is detected too", async () => {
    assert.deepStrictEqual((await find(() => Effect.dieMessage("broken"), 1)).counterexample, [{ rules: [] }])
  })

  it("is broken by a plan from examples, which shrinks to the smallest one", async () => {
    const [, client, rule] = clients[2]!
    const written = Fault.plan(
      Fault.on("*", Fault.latency("3s")),
      Fault.on("createJob", Fault.loseAnswer("close"), { chance: 0.9 })
    )
    const property = FastCheck.asyncProperty(faultPlan(), (plan) => play(client, plan))
    const { counterexample } = await FastCheck.check(property, { examples: [[written]], numRuns: 1 })
    assert.deepStrictEqual(counterexample, [{ rules: [rule] }])
  })
})

describe("the report of a plan", () => {
  it("equals the one in the documentation: a fixture that breaks the client again, by name", async () => {
    const [, client, rule] = clients[2]!
    const report = FastCheck.defaultReportMessage(await find(client, 1)) ?? ""
    const [, text = ""] = /^Counterexample: \[\n([\s\S]*?\n)\]$/m.exec(report) ?? []
    assert.include(
      readFileSync(new URL("../../docs/testing.md", import.meta.url), "utf8"),
      `Counterexample: [\n${text}]\n`
    )

    const folder = mkdtempSync(path.join(os.tmpdir(), "faults-"))
    mkdirSync(path.join(folder, "faults"))
    writeFileSync(path.join(folder, "faults", "lost-answer.json"), text)
    const { faults } = loadFixtures(folder)
    rmSync(folder, { recursive: true })
    assert.deepStrictEqual(faults.get("lost-answer")?.rules, [rule])
    const again = play(client, "lost-answer", { ...shippedFixtures(), faults })
    assert.include(await again.catch(String), "expected 2 to be at most 1")
  })

  it("has the purpose of the plan when it is printed by hand", () => {
    const plan = Fault.plan(Fault.on("*", Fault.badChunk))
    assert.deepStrictEqual(JSON.parse(print(plan, "Of a proxy.")), {
      $schema: "../schema/faults.schema.json",
      kind: "faults",
      about: "Of a proxy.",
      rules: [{ on: "*", do: { badChunk: true } }]
    })
  })
})

describe("an arbitrary seed", () => {
  it("is a seed of a world, and shrinks to the first one", () => {
    assert.deepStrictEqual(FastCheck.check(FastCheck.property(seed(), () => false)).counterexample, ["seed-0"])
    assert.isAbove(new Set(FastCheck.sample(seed(), { numRuns: 100, seed: 1 })).size, 50)
  })
})
