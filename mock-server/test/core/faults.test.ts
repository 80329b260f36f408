/** Fault plans: the rules that apply to a request, and the messages about invalid plans. */
import * as fc from "effect/FastCheck"
import { assert, describe, it } from "vitest"
import { checkPlan, FaultPlanError } from "../../src/core/faults/Check.js"
import { Faults } from "../../src/core/faults/Faults.js"
import type { Asked } from "../../src/core/faults/kinds/Kind.js"
import { delay, type Latency } from "../../src/core/faults/kinds/latency.js"
import type { FaultPlan } from "../../src/core/faults/Plan.js"
import { random } from "../../src/core/Ids.js"
import { faultableOperations, operations } from "../../src/core/Operations.js"
import * as Fault from "../../src/Fault.js"

const unavailable = Fault.answer(503)

const use = (plan: FaultPlan, seed = "seed"): Faults => {
  const faults = new Faults(seed)
  faults.use(plan, 0)
  return faults
}

const poll = (subject = "job-1"): Asked => ({ operation: "getJobById", subject, age: 0 })

/** Returns the kinds of the faults of consecutive polls, `every` ms apart. */
const polls = (faults: Faults, count: number, { every = 0, subject = "job-1" } = {}) =>
  Array.from({ length: count }, (_, n) => faults.decide(poll(subject), n * every).fault?.kind)

describe("a rule", () => {
  it("counts the attempts of each subject separately", () => {
    const faults = use(Fault.plan(Fault.on("getJobById", unavailable, { attempts: [2] })))
    assert.deepStrictEqual(polls(faults, 3), [undefined, "answer", undefined])
    assert.deepStrictEqual(polls(faults, 3, { subject: "job-2" }), [undefined, "answer", undefined])
    assert.deepStrictEqual(faults.fired, [2])
  })

  it("applies only to its operations and its subject", () => {
    const faults = use(Fault.plan(Fault.on(["getJobById", "listJobs"], unavailable, { subject: "job-2" })))
    assert.deepStrictEqual(polls(faults, 1), [undefined])
    assert.deepStrictEqual(polls(faults, 1, { subject: "job-2" }), ["answer"])
    assert.isUndefined(faults.decide({ ...poll("job-2"), operation: "createJob" }, 0).fault)
  })

  it("applies from the beginning of its window to before its end", () => {
    const faults = use(Fault.plan(Fault.on("*", unavailable, { between: { from: "2s", to: "4s" } })))
    assert.deepStrictEqual(polls(faults, 5, { every: 1_000 }), [undefined, undefined, "answer", "answer", undefined])
  })

  it("takes precedence over later rules, which are not used up; delays add up", () => {
    const faults = use(
      Fault.plan(
        Fault.on("*", Fault.latency("1s")),
        Fault.on("*", unavailable, { attempts: [1] }),
        Fault.on("*", Fault.body("empty")),
        Fault.on("*", { ...Fault.latency("2s") })
      )
    )
    const { fault, fired, latency } = faults.decide(poll(), 0)
    assert.deepStrictEqual([fault?.kind, latency], ["answer", 3_000])
    assert.deepStrictEqual(fired, ["rules[0] latency", "rules[1] answer", "rules[3] latency"])
    assert.strictEqual(faults.decide(poll(), 0).fault?.kind, "body")
  })

  it("is left over when it never took effect, unless it is optional", () => {
    const faults = use(
      Fault.plan(
        Fault.on("ping", unavailable),
        Fault.on("ping", unavailable, { optional: true }),
        Fault.on("getJobById", Fault.body("empty"))
      )
    )
    polls(faults, 1)
    assert.deepStrictEqual(faults.leftovers, ["rules[0] answer"])
  })

  it("of stale reads applies to younger jobs", () => {
    const faults = use(Fault.plan(Fault.on("getJobById", Fault.stale("5s"))))
    const kindAt = (age: number | undefined) => faults.decide({ ...poll(), age }, 0).fault?.kind
    assert.deepStrictEqual([4_999, 5_000, undefined].map(kindAt), ["stale", undefined, undefined])
  })
})

describe("chance", () => {
  const plan = Fault.plan(Fault.on("*", unavailable, { chance: 0.2 }))

  it("is drawn only from the seed and the request's operation, subject and attempt", () => {
    const alone = polls(use(plan), 200)
    const crowded = use(plan)
    const among = Array.from({ length: 200 }, (_, n) => {
      if (n % 3 === 0) polls(crowded, 2, { subject: "job-2" })
      return crowded.decide(poll(), n).fault?.kind
    })
    assert.deepStrictEqual(among, alone)
    assert.notDeepEqual(polls(use(plan, "another"), 200), alone)
  })

  it("has about the given frequency", () => {
    const faults = use(plan)
    polls(faults, 5_000)
    assert.approximately((faults.fired[0] ?? 0) / 5_000, 0.2, 0.02)
  })
})

describe("a limit", () => {
  it("admits as many requests as it has tokens, and returns the time of the next token", () => {
    const faults = use(Fault.plan(Fault.on("*", Fault.limit(2, "3s"))))
    const waitAt = (now: number) => faults.decide(poll(), now).fault?.wait
    assert.deepStrictEqual([0, 0, 0, 1_000, 2_999, 3_000, 3_000].map(waitAt), [
      undefined,
      undefined,
      3_000,
      2_000,
      1,
      undefined,
      3_000
    ])
  })

  it("never admits more requests than its tokens, including refills", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 60 }),
        (tokens, per, gaps) => {
          const faults = use(Fault.plan(Fault.on("*", Fault.limit(tokens, `${per}ms`))))
          let now = 0
          let through = 0
          for (const gap of gaps) {
            now += gap
            if (faults.decide(poll(), now).fault === undefined) through++
          }
          assert.isAtMost(through, tokens + Math.floor(now / per))
        }
      )
    )
  })
})

describe("a delay", () => {
  const sample = (latency: Latency) =>
    Array.from({ length: 4_000 }, (_, n) => delay(latency, (name) => random("seed", name, n))).sort((a, b) => a - b)

  it("between two durations is in either half equally often", () => {
    const millis = sample({ from: "100ms", to: "300ms" })
    assert.isAtLeast(millis[0] ?? 0, 100)
    assert.isAtMost(millis.at(-1) ?? 0, 300)
    assert.approximately(millis[2_000] ?? 0, 200, 5)
  })

  it("has the given mean", () => {
    const millis = sample({ mean: "500ms" })
    assert.approximately(millis.reduce((sum, one) => sum + one, 0) / millis.length, 500, 25)
  })

  it("has the given median and spread", () => {
    const millis = sample({ median: "500ms", sigma: 0.5 })
    assert.approximately(millis[2_000] ?? 0, 500, 25)
    // one standard deviation above the median
    assert.approximately(millis[3_365] ?? 0, 500 * Math.exp(0.5), 50)
  })
})

describe("an invalid plan is refused", () => {
  const problemsOf = (...rules: ReadonlyArray<unknown>) => {
    try {
      checkPlan({ rules })
    } catch (error) {
      if (error instanceof FaultPlanError) return error.message.split("\n").slice(1)
      throw error
    }
    return []
  }
  const on = "getJobById"
  const hang = { cut: { at: "request", by: "hang" } }

  it.each<[what: string, rule: unknown, ...problems: Array<string>]>([
    [
      "a misspelt operation",
      { on: "getJobsById", do: hang },
      `rules[0].on: found "getJobsById", expected an operation, a list of them, or "*": "getJobById", "GetAoiById", "ping", "listWorkflows", "getWorkflowsById", "getWorkflowCostEstimate", "listJobs", "createJob", "downloadJob", "downloadTask", "ListProjects", "GetProjectById" and ${faultableOperations.length - 12} more (did you mean "getJobById"?)`
    ],
    [
      "a misspelt fault",
      { on, do: { dripp: {} } },
      'rules[0].do.dripp: found the key "dripp", expected one of "drip", "latency", "body", "answer", "limit", "redirect", "cut", "flip", "truncate", "oversize", "contentType", "contentLengthOff" and 5 more (did you mean "drip"?)'
    ],
    [
      "an unknown word",
      { on, do: { cut: { at: "request", by: "rest" } } },
      'rules[0].do.cut.by: found "rest", expected one of "reset", "close", "hang" (did you mean "reset"?)'
    ],
    ["no effect", { on, do: {} }, "rules[0].do: found nothing, expected an effect"],
    ["no effect at all", { on }, 'rules[0]: found no "do", expected an object with an effect'],
    [
      "two effects",
      { on, do: { ...hang, truncate: 1 } },
      'rules[0].do: found "cut", "truncate", expected one of them: each rule has one effect'
    ],
    [
      "an effect on an operation that cannot have it",
      { on: [on, "ping"], do: { expired: true } },
      'rules[0].on: found "getJobById", "ping", expected for expired one of "getPackage"'
    ],
    ["a chance above 1", { on, chance: 1.5, do: hang }, "rules[0].chance: found 1.5, expected a number from 0 to 1"],
    [
      "a window that ends before it begins",
      { on, between: { from: "2s", to: "1s" }, do: hang },
      'rules[0].between.to: found "1s", expected more than 2s'
    ],
    [
      "a header that breaks the line",
      { on, do: { answer: { status: 200, headers: { "x-a": "b\r\nset-cookie: c" } } } },
      'rules[0].do.answer.headers["x-a"]: found "b\\r\\nset-cookie: c", expected a text of one line, in ASCII'
    ],
    [
      "a header of the transport",
      { on, do: { answer: { status: 200, headers: { "Content-Length": "1" } } } },
      'rules[0].do.answer.headers["Content-Length"]: found the key "Content-Length", expected another header: the fault contentLengthOff is for this one'
    ],
    [
      "a header that needs chunks",
      { on, do: { answer: { status: 200, headers: { Trailer: "x-a" } } } },
      'rules[0].do.answer.headers.Trailer: found the key "Trailer", expected another header: no answer has trailers'
    ],
    [
      "a correct length",
      { on, do: { contentLengthOff: 0 } },
      "rules[0].do.contentLengthOff: found 0, expected a whole number of bytes other than 0"
    ],
    [
      "a bucket that is refilled without pause",
      { on, do: { limit: { tokens: 1, per: "0s" } } },
      'rules[0].do.limit.per: found "0s", expected more than 0s'
    ],
    [
      "several problems",
      { on, attempts: [0], optional: false, do: { latency: "soon" } },
      "rules[0].attempts[0]: found 0, expected a whole number from 1",
      "rules[0].optional: found false, expected true",
      'rules[0].do.latency: found "soon", expected a duration such as "90ms", or an object of from and to, of mean, or of median and sigma (0 to 5)'
    ]
  ])("%s", (_, rule, ...problems) => assert.deepStrictEqual(problemsOf(rule), problems))

  it("but plans of the builders are accepted", () => {
    const rules = [
      Fault.on("*", Fault.answer(429, { retryAfter: "7s", retryAfterAs: "date", headers: { "x-a": "b" }, body: {} })),
      Fault.on("*", Fault.redirect("loop")),
      Fault.on("*", Fault.redirect("https://elsewhere.test/", 307)),
      Fault.on("*", Fault.latency({ median: "90ms", sigma: 0.4 })),
      Fault.on("*", Fault.gatewayPage, { between: { from: "60s", to: "75s" } }),
      Fault.on("createJob", Fault.loseAnswer("reset"), { attempts: [1, 3], chance: 0.5, subject: "wf", optional: true })
    ]
    assert.deepStrictEqual(problemsOf(...rules), [])
  })
})

describe("the operations of a plan", () => {
  it("are the operations of the mock", () => {
    assert.sameMembers([...faultableOperations], [...Object.keys(operations), "getPackage"])
  })
})
