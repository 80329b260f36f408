/** Every rule of conduct: a client that breaks only this rule is reported, on both transports, a correct one is not. */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import { longTransports, sample } from "../../../vitest.size.js"
import { type ConductRule, conductRules } from "../../src/core/Conduct.js"
import type { FaultRule } from "../../src/core/faults/Plan.js"
import * as Fault from "../../src/Fault.js"
import { ConductBroken, LeftOver, MockServer } from "../../src/MockServer.js"
import { fixtures } from "./fixtures.js"

const workflow = "/v0/workflows/wf-crop"
const done = `${workflow}/jobs/job-done`

/** The `Authorization` header of a client, made of the world's tokens. */
type Client = (tokenOf: (role: string) => string) => string | undefined

interface Init extends RequestInit {
  readonly read?: boolean
  /** Default: the owner. */
  readonly as?: Client
}

/** Sends one request without following any rule; returns the text of the answer, or "" without one. */
const ask = (path: string, { as = (tokenOf) => tokenOf("owner"), read = true, ...init }: Init = {}) =>
  Effect.gen(function* () {
    const { baseUrl, fetch, tokenOf } = yield* MockServer
    const isSigned = path.startsWith("http")
    const header = isSigned ? undefined : as((role) => Redacted.value(tokenOf(role)))
    const authorization = header === undefined ? {} : { authorization: header }
    return yield* Effect.promise((signal) =>
      fetch(isSigned ? path : baseUrl + path, { ...init, signal, headers: { ...authorization, ...init.headers } })
        .then((response) => (read ? response.text() : ""))
        .catch(() => "")
    ).pipe(Effect.timeoutTo({ duration: "30 seconds", onSuccess: (text) => text, onTimeout: () => "" }))
  })

const create = ask(`${workflow}/jobs?project_id=p`, { method: "POST" })
const list = ask(`${workflow}/jobs`)
const newJob = Effect.map(create, (text) => `${workflow}/jobs/${JSON.parse(text).id}`)
const download = ask(`${done}/download`, { method: "PUT" })
const signed = Effect.gen(function* () {
  yield* download
  yield* Effect.sleep("10 seconds")
  return String(JSON.parse(yield* download).signed_url)
})

interface Row {
  readonly rule: ConductRule
  readonly client: string
  readonly faults?: ReadonlyArray<FaultRule>
  /** A client that keeps the rule. */
  readonly keeps: Effect.Effect<unknown, never, MockServer>
  readonly breaks: Effect.Effect<unknown, never, MockServer>
  /** The message about it. */
  readonly message: string | RegExp
}

const twice = (first: Effect.Effect<unknown, never, MockServer>, wait: string, second = first) =>
  Effect.gen(function* () {
    const { advance } = yield* MockServer
    yield* first
    yield* advance(wait as "1 seconds") // the table has durations only
    yield* second
  })

/** The second arrives after the end of the first, but was sent before it. */
const atOnce = (one: Effect.Effect<unknown, never, MockServer>) =>
  Effect.all([one, one], { concurrency: "unbounded", discard: true })

const unavailable = Fault.on("getJobById", Fault.answer(503, { retryAfter: "7s" }), { attempts: [1] })
const limited = Fault.on("listJobs", Fault.limit(1, "10s", "date"))
const lost = (effect: Parameters<typeof Fault.on>[1]) => [Fault.on("createJob", effect, { attempts: [1] })]
const cut = [Fault.on("getPackage", Fault.cutBody(100, "reset"), { attempts: [1] })]
const stalled = [Fault.on("getPackage", Fault.cutBody(100, "hang"), { attempts: [1] })]

const rest = (url: string, headers: Record<string, string>) => ask(url, { headers })
const packageThen = (headers: Record<string, string>) =>
  Effect.flatMap(signed, (url) => Effect.zipRight(ask(url), rest(url, headers)))

/** Faults that leave the outcome of a create unknown. */
const ambiguous: ReadonlyArray<readonly [how: string, effect: Parameters<typeof Fault.on>[1], said: string]> = [
  ["an answer that was lost", Fault.loseAnswer("reset"), "no answer"],
  ["a timeout", Fault.loseAnswer("hang"), "no answer"],
  ["a 500", Fault.answer(500), "answered 500"],
  ["a 409", Fault.answer(409), "answered 409"],
  ["a 499 of a gateway", Fault.answer(499), "answered 499"],
  ["a redirect", Fault.redirect("http://elsewhere.test/", 307), "answered 307"],
  ["an unreadable success", Fault.body("malformed"), "answered 200"]
]

const rows: ReadonlyArray<Row> = [
  {
    rule: "retryAfter",
    client: "comes 0.1 s before the time that a 503 named",
    faults: [unavailable],
    keeps: twice(ask(done), "7 seconds"),
    breaks: twice(ask(done), "6.9 seconds"),
    message: '#2 getJobById of "job-done" came 6.9 s after #1, which was answered 503 with the wish to wait for 7 s'
  },
  {
    rule: "retryAfter",
    client: "comes before the date that a 429 named",
    faults: [limited],
    keeps: Effect.zipRight(list, twice(atOnce(list), "10 seconds", list)),
    breaks: Effect.zipRight(list, twice(list, "9 seconds")),
    message: '#3 listJobs of "wf-crop" came 9 s after #2, which was answered 429 with the wish to wait for 10 s'
  },
  {
    rule: "pollFloor",
    client: "polls a job twice within a second",
    keeps: Effect.flatMap(newJob, (job) => twice(ask(job), "1 seconds")),
    breaks: Effect.flatMap(newJob, (job) => twice(ask(job), "0.9 seconds")),
    message:
      /^#3 getJobById of "\S+" came 0.9 s after #2, which showed it "running": the floor between two polls is 1 s$/
  },
  {
    rule: "pollFloor",
    client: "asks for a package that is being made twice within a second",
    keeps: twice(download, "1 seconds"),
    breaks: twice(download, "0.5 seconds"),
    message: /^#2 downloadJob of "job-done" came 0.5 s after #1, which showed it "pending": the floor .* 1 s$/
  },
  {
    rule: "pollAfterEnd",
    client: "continues to poll a job that has ended",
    keeps: twice(ask(done), "5 seconds"),
    breaks: Effect.zipRight(ask(done), twice(ask(done), "5 seconds")),
    message: '#3 getJobById of "job-done" is the second after #1 had shown it "completed": it will not change'
  },
  ...ambiguous.map(
    ([how, effect, said]): Row => ({
      rule: "secondCreate",
      client: `creates again after ${how}`,
      faults: lost(effect),
      keeps: Effect.zipRight(Effect.zipRight(atOnce(create), list), create),
      breaks: Effect.zipRight(create, create),
      message:
        '#2 createJob of "wf-crop" came after #1, which may have made a job ' +
        `(${said}), and the jobs were not listed since: it may pay twice`
    })
  ),
  {
    rule: "resume",
    client: "restarts a cut download from the beginning",
    faults: cut,
    keeps: packageThen({ range: "bytes=100-", "if-range": '"x"' }),
    breaks: packageThen({}),
    message:
      /^#4 getPackage of "job-done" has no Range, and fetches again the 100 bytes that #3 brought before it was cut$/
  },
  {
    rule: "resume",
    client: "joins the rest of a stalled download to it without If-Range",
    faults: stalled,
    keeps: packageThen({ range: "bytes=100-", "if-range": '"x"' }),
    breaks: packageThen({ range: "bytes=100-" }),
    message: /^#4 getPackage of "job-done" has no If-Range, and may join two different packages after #3 brought/
  },
  {
    rule: "tokenToStorage",
    client: "takes the API's token to the signed URL",
    keeps: Effect.flatMap(signed, (url) => ask(url)),
    breaks: Effect.flatMap(signed, (url) => ask(url, { headers: { authorization: "Bearer a-token" } })),
    message: '#3 getPackage of "job-done" sent a token: a signed URL leads to the host of a third party'
  },
  {
    rule: "unreadBody",
    client: "looks at the status alone, and leaves the body",
    keeps: ask(done),
    breaks: ask(done, { read: false }),
    message: /^the body of the answer to GET http:\S+job-done was neither read nor cancelled/
  }
]

for (const transport of longTransports) {
  const run = (
    program: Effect.Effect<unknown, never, MockServer>,
    { conduct, faults }: { conduct?: MockServer.WorldOptions["conduct"]; faults?: ReadonlyArray<FaultRule> | undefined }
  ) =>
    Effect.gen(function* () {
      const mock = yield* MockServer
      if (faults !== undefined) yield* mock.faults.use(Fault.plan(...faults))
      yield* program
      return yield* mock.conduct()
    }).pipe(Effect.provide(MockServer.layer({ transport, fixtures, conduct, capsules: false })), Effect.exit)

  describe(`conduct, ${transport}:`, () => {
    it.effect.each(rows.map((row) => [`${row.rule}: reports a client that ${row.client}`, row] as const))(
      "%s",
      ([, { breaks, faults, message, rule }]) =>
        Effect.gen(function* () {
          const caught = yield* run(breaks, { faults })
          const broken = Exit.isFailure(caught) ? Cause.squash(caught.cause) : undefined
          assert.instanceOf(broken, ConductBroken)
          assert.deepStrictEqual(
            broken.violations.map((violation) => violation.rule),
            [rule]
          )
          const said = broken.violations[0]?.message ?? ""
          if (typeof message === "string") assert.strictEqual(said, message)
          else assert.match(said, message)
        })
    )

    it.effect.each(
      rows.map((row) => [`${row.rule}: does not report a correct client (not: ${row.client})`, row] as const)
    )("%s", ([, { faults, keeps }]) =>
      Effect.map(run(keeps, { faults }), (kept) => {
        assert.deepStrictEqual(kept, Exit.succeed([]))
      })
    )

    it.effect.each(sample(rows, 3).map((row) => [`${row.rule} can be switched off (${row.client})`, row] as const))(
      "%s",
      ([, { breaks, faults, rule }]) =>
        Effect.gen(function* () {
          const [one, all] = yield* Effect.all([
            run(breaks, { faults, conduct: { [rule]: false } }),
            run(breaks, { faults, conduct: false })
          ])
          assert.isTrue(Exit.isSuccess(one) && Exit.isSuccess(all))
        })
    )
  })
}

const owner: Client = (tokenOf) => tokenOf("owner")
const ownerAsBearer: Client = (tokenOf) => `Bearer ${tokenOf("owner")}`
const viewer: Client = (tokenOf) => tokenOf("viewer")
const colleague: Client = (tokenOf) => tokenOf("colleague")
/** A role whose name is that of no credential. */
const missing: Client = (tokenOf) => tokenOf("missing")
const anonymous: Client = () => undefined

/** Two requests that break the rule if one client sends them. */
interface Pair {
  readonly rule: ConductRule
  readonly what: string
  readonly faults: ReadonlyArray<FaultRule>
  readonly requests: (first: Client, second: Client) => Effect.Effect<unknown, never, MockServer>
}

const pairs: ReadonlyArray<Pair> = [
  {
    rule: "retryAfter",
    what: "a list before the time that a 429 named",
    faults: [Fault.on("listJobs", Fault.answer(429, { retryAfter: "10s" }), { attempts: [1] })],
    requests: (first, second) =>
      twice(ask(`${workflow}/jobs`, { as: first }), "1 seconds", ask(`${workflow}/jobs`, { as: second }))
  },
  {
    rule: "retryAfter",
    what: "a poll before the time that a 503 named",
    faults: [unavailable],
    requests: (first, second) => twice(ask(done, { as: first }), "1 seconds", ask(done, { as: second }))
  },
  {
    rule: "pollFloor",
    what: "a poll too early",
    faults: [],
    requests: (first, second) =>
      Effect.flatMap(newJob, (job) => twice(ask(job, { as: first }), "0.5 seconds", ask(job, { as: second })))
  },
  {
    rule: "pollFloor",
    what: "a second wish for a package too early",
    faults: [],
    requests: (first, second) =>
      twice(
        ask(`${done}/download`, { method: "PUT", as: first }),
        "0.5 seconds",
        ask(`${done}/download`, { method: "PUT", as: second })
      )
  },
  {
    rule: "pollAfterEnd",
    what: "a third poll of a job that has ended",
    faults: [],
    requests: (first, second) =>
      twice(twice(ask(done, { as: first }), "5 seconds"), "5 seconds", ask(done, { as: second }))
  },
  {
    rule: "secondCreate",
    what: "a create after one whose outcome is not known",
    faults: lost(Fault.answer(500)),
    requests: (first, second) =>
      Effect.forEach([first, second], (as) => ask(`${workflow}/jobs?project_id=p`, { method: "POST", as }))
  }
]

/** Rules that a request without an answer of the API itself can break. */
const beforeAuthorization = ["retryAfter", "secondCreate"]

for (const transport of longTransports) {
  const rulesBroken = ({ faults, requests }: Pair, first: Client, second: Client) =>
    Effect.gen(function* () {
      const mock = yield* MockServer
      if (faults.length > 0) yield* mock.faults.use(Fault.plan(...faults))
      yield* requests(first, second)
      return (yield* mock.conduct()).map(({ rule }) => rule)
    }).pipe(
      Effect.provide(
        MockServer.layer({
          transport,
          fixtures,
          conduct: false,
          tokens: { colleague: { "*": "owner" }, missing: { "*": "owner" } }
        })
      )
    )

  describe(`two clients of one world, ${transport},`, () => {
    it.effect.each(pairs.map((pair) => [pair.rule, pair.what, pair] as const))(
      "are judged by themselves: %s, %s",
      ([, , pair]) =>
        Effect.gen(function* () {
          const others: ReadonlyArray<readonly [Client, Client]> = [
            [owner, viewer],
            [viewer, owner],
            [ownerAsBearer, colleague],
            [colleague, missing],
            [viewer, missing],
            [owner, anonymous],
            [anonymous, owner],
            [missing, anonymous]
          ]
          for (const [first, second] of others) assert.deepStrictEqual(yield* rulesBroken(pair, first, second), [])
        })
    )

    it.effect.each(pairs.map((pair) => [pair.rule, pair.what, pair] as const))(
      "are one when they have one token: %s, %s",
      ([, , pair]) =>
        Effect.gen(function* () {
          const same: Array<readonly [Client, Client]> = [
            [owner, owner],
            [owner, ownerAsBearer],
            [colleague, colleague]
          ]
          if (pair.rule !== "secondCreate") same.push([viewer, viewer])
          if (beforeAuthorization.includes(pair.rule)) same.push([anonymous, anonymous])
          for (const [first, second] of same)
            assert.deepStrictEqual(yield* rulesBroken(pair, first, second), [pair.rule])
        })
    )

    it.effect("do not know what the other has listed", () =>
      Effect.gen(function* () {
        const pair = pairs.find(({ rule }) => rule === "secondCreate")
        assert(pair)
        const listedBy = (as: Client) =>
          rulesBroken(
            {
              ...pair,
              requests: () => create.pipe(Effect.zipRight(ask(`${workflow}/jobs`, { as })), Effect.zipRight(create))
            },
            owner,
            owner
          )
        assert.deepStrictEqual(
          [yield* listedBy(owner), yield* listedBy(ownerAsBearer), yield* listedBy(colleague)],
          [[], [], ["secondCreate"]]
        )
      })
    )
  })
}

describe("the rules of conduct", () => {
  it("have a row each", () => {
    assert.sameMembers([...new Set(rows.map(({ rule }) => rule))], Object.keys(conductRules))
  })

  it.effect("accept another floor between polls", () =>
    Effect.gen(function* () {
      const { conduct } = yield* MockServer
      yield* Effect.flatMap(newJob, (job) => twice(ask(job), "4 seconds"))
      const rulesOf = (pollFloor: string) =>
        Effect.map(conduct({ pollFloor }), (violations) => violations.map(({ rule }) => rule))
      assert.deepStrictEqual([yield* rulesOf("4s"), yield* rulesOf("5s")], [[], ["pollFloor"]])
    }).pipe(Effect.provide(MockServer.layer({ fixtures })))
  )

  it.effect("accept a repeated create after an answer that was only unusual", () =>
    Effect.gen(function* () {
      const { faults } = yield* MockServer
      yield* faults.use(
        Fault.plan(
          Fault.on("createJob", Fault.contentType("text/html"), { attempts: [1] }),
          Fault.on("createJob", Fault.oversize(5_000), { attempts: [2] }),
          Fault.on("createJob", Fault.drip(500, "1s"), { attempts: [3] })
        )
      )
      yield* Effect.replicateEffect(create, 4)
    }).pipe(Effect.provide(MockServer.layer({ fixtures })))
  )

  it.effect("accept a repeated poll after a lost answer", () =>
    Effect.gen(function* () {
      const { faults } = yield* MockServer
      yield* faults.use(Fault.plan(Fault.on("getJobById", Fault.answer(503), { attempts: [2] })))
      yield* twice(ask(done), "1 seconds", twice(ask(done), "1 seconds"))
    }).pipe(Effect.provide(MockServer.layer({ fixtures })))
  )

  it.effect("exclude values that fetch does not show", () =>
    Effect.gen(function* () {
      const proxy = Fault.on("listJobs", Fault.answer(407, { retryAfter: "9s" }), { attempts: [1] })
      yield* (yield* MockServer).faults.use(Fault.plan(proxy))
      yield* Effect.exit(list)
      yield* list
    }).pipe(Effect.provide(MockServer.layer({ fixtures })))
  )

  it.effect("accept two concurrent creates", () =>
    Effect.all([create, create], { concurrency: "unbounded" }).pipe(
      Effect.provide(MockServer.layer({ fixtures })),
      Effect.asVoid
    )
  )

  it.effect("keep the failure of a program that failed", () =>
    Effect.gen(function* () {
      const failed = Effect.zipRight(twice(ask(done), "1 seconds", twice(ask(done), "1 seconds")), Effect.fail("own"))
      const exit = yield* Effect.exit(Effect.provide(failed, MockServer.layer({ fixtures, capsules: false })))
      assert.deepStrictEqual(exit, Exit.fail("own"))
    })
  )
})

describe("a leftover", () => {
  const left = [
    [
      "a fault that never happened",
      [Fault.on("listJobs", Fault.badChunk)],
      Effect.void,
      "rules[0] badChunk never took"
    ],
    [
      "a story that no job took",
      [],
      Effect.flatMap(MockServer, ({ enqueue }) => enqueue("instant")),
      "the story instant, queued for wf-crop, was never used"
    ],
    ["a request that matches no operation", [], ask("/v0/workflow"), "#1 GET /v0/workflow matches no operation"]
  ] as const
  it.effect.each(left)("fails a program that otherwise succeeded: %s", ([, faults, program, message]) =>
    Effect.gen(function* () {
      const run = (leftovers: boolean) =>
        Effect.gen(function* () {
          const mock = yield* MockServer
          yield* mock.faults.use(Fault.plan(...faults))
          yield* program
        }).pipe(Effect.provide(MockServer.layer({ fixtures, leftovers, capsules: false })), Effect.exit)
      const exit = yield* run(true)
      const defect = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
      assert.instanceOf(defect, LeftOver)
      assert.include(defect.message, message)
      assert.isTrue(Exit.isSuccess(yield* run(false)))
    })
  )
})
