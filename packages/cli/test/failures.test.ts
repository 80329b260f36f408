import { execFileSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import * as Client from "@effect-pixxel/client"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import { sample } from "../../../vitest.size.js"
import { Environment } from "../src/Environment.js"
import type { ExitCode } from "../src/ExitCode.js"
import { line } from "../src/failure/suggest.js"
import { rowOf } from "../src/failure/things.js"
import { TunnelError } from "../src/Proxy.js"
import { type Answer, broken, json, pixxel, refused, scripted, token } from "./harness.js"

const get = "jobs get --workflow wf-1 --job job-1"
const create = "jobs create --workflow wf-1 --project p-1 --yes"
const wait = "jobs wait --workflow wf-1 --job job-1"
const run = "jobs run --workflow wf-1 --project p-1 --yes"

const job = (status: string, more?: object) => () => json({ id: "job-1", status, ...more })
const cut = () => broken("UND_ERR_SOCKET")
/** The lists before and after a create, empty. */
const none = () => json({ jobs: [] })

interface Case {
  readonly line: string
  readonly script: ReadonlyArray<() => Answer>
  readonly code: ExitCode
  readonly tag: string
  /** The suggested next step. */
  readonly next: string
}

/** The answers to an estimate, for a cost limit. */
const estimates = (
  [
    [() => json({ estimated_cost: 7 }), 10, "CostLimitExceeded", "Nothing was started"],
    [() => json({}), 10, "CostLimitExceeded", "Nothing was started"],
    [() => refused(401), 4, "PixxelUnauthorized", "PIXXEL_API_KEY"],
    [() => refused(403), 4, "PixxelForbidden", "PIXXEL_API_KEY"],
    [() => refused(404), 5, "PixxelNotFound", "Check the ids"],
    [() => refused(429), 8, "PixxelRateLimited", "Try again later"],
    [() => refused(503), 8, "CreateNotSent", "a repeat is safe"],
    [() => new Response("<html></html>"), 8, "CreateNotSent", "a repeat is safe"],
    [cut, 8, "CreateNotSent", "a repeat is safe"]
  ] as const
).map(([answer, code, tag, next]): Case => ({ line: `${create} --max-cost 5`, script: [answer], code, tag, next }))

/** Every error, with the script that causes it. */
const cases: ReadonlyArray<Case> = [
  { line: get, script: [() => refused(400)], code: 3, tag: "PixxelBadRequest", next: "Check the ids" },
  { line: get, script: [() => refused(409)], code: 3, tag: "PixxelConflict", next: "current state" },
  { line: get, script: [() => refused(401)], code: 4, tag: "PixxelUnauthorized", next: "PIXXEL_AUTH_SCHEME" },
  { line: get, script: [() => refused(403)], code: 4, tag: "PixxelForbidden", next: "expired or revoked" },
  { line: get, script: [() => refused(404)], code: 5, tag: "PixxelNotFound", next: "pixxel workflows list" },
  { line: get, script: [() => refused(429)], code: 8, tag: "PixxelRateLimited", next: "Try again later" },
  {
    line: get,
    script: [() => json({}, { status: 503, headers: { "retry-after": "90" } })],
    code: 8,
    tag: "PixxelServerError",
    next: "Try again in 1m 30s"
  },
  { line: get, script: [() => refused(302)], code: 8, tag: "PixxelUnexpectedStatus", next: "PIXXEL_BASE_URL" },
  { line: get, script: [cut], code: 8, tag: "PixxelTransportError", next: "PIXXEL_BASE_URL" },
  { line: get, script: [() => json([])], code: 8, tag: "PixxelDecodeError", next: "PIXXEL_BASE_URL" },
  { line: get, script: [() => "never"], code: 7, tag: "PixxelRequestTimeout", next: "Try again later" },
  { line: create, script: [() => refused(403)], code: 4, tag: "PixxelForbidden", next: "PIXXEL_API_KEY" },
  {
    line: create,
    script: [() => broken("ECONNREFUSED")],
    code: 8,
    tag: "PixxelTransportError",
    next: "PIXXEL_BASE_URL"
  },
  { line: create, script: [none, () => refused(403)], code: 4, tag: "PixxelForbidden", next: "PIXXEL_API_KEY" },
  {
    line: create,
    script: [() => refused(500)],
    code: 8,
    tag: "CreateNotSent",
    next: "a repeat is safe"
  },
  ...estimates,
  ...[cut, () => refused(500), () => refused(307), () => json({}), () => "never" as const].map((answer) => ({
    line: create,
    script: [none, answer, none],
    code: 9 as const,
    tag: "CreateOutcomeUnknown",
    next: "pixxel jobs list --workflow wf-1"
  })),
  {
    line: wait,
    script: [job("running"), job("failed")],
    code: 6,
    tag: "JobFailed",
    next: "pixxel jobs get --workflow wf-1 --job job-1"
  },
  {
    line: `${wait} --timeout 12s`,
    script: [job("running")],
    code: 7,
    tag: "WaitTimeout",
    next: "pixxel jobs wait --workflow wf-1 --job job-1"
  },
  {
    line: run,
    script: [none, job("running"), () => refused(404)],
    code: 5,
    tag: "RunIncomplete",
    next: "pixxel jobs wait --workflow wf-1 --job job-1"
  },
  {
    line: run,
    script: [none, job("running"), cut],
    code: 8,
    tag: "RunIncomplete",
    next: "pixxel jobs wait --workflow wf-1 --job job-1"
  },
  {
    line: run,
    script: [none, job("created"), job("completed"), () => json({ status: "failed" })],
    code: 11,
    tag: "DownloadError",
    next: "pixxel jobs get --workflow wf-1 --job job-1"
  },
  {
    line: `${run} --timeout 12s`,
    script: [none, job("created"), job("completed"), () => json({ status: "pending" })],
    code: 7,
    tag: "WaitTimeout",
    next: "pixxel jobs get --workflow wf-1 --job job-1"
  },
  {
    line: "visualizations create --aoi aoi-1 --index index-1 --wait --timeout 12s",
    script: [
      () => json({ visualization: [] }),
      () => json({ id: "v-1", status: "creating" }),
      () => json({ visualization: [{ id: "v-1", status: "creating" }] })
    ],
    code: 7,
    tag: "WaitTimeout",
    next: "pixxel visualizations wait --aoi aoi-1 --visualization v-1"
  }
]

/** Runs a command to its end while the clock advances. */
const ended = (line: string, script: Case["script"]) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(pixxel(line, { environment: scripted(...script) }))
    // the modules of a command load between two steps of the clock
    yield* TestClock.adjust("6 seconds").pipe(
      Effect.zipRight(Effect.promise(() => new Promise(setImmediate))),
      Effect.zipRight(Fiber.poll(fiber)),
      Effect.repeat({ until: Option.isSome })
    )
    return yield* Fiber.join(fiber)
  })

describe("a command that fails", () => {
  describe.each(sample(cases, 2))("$line: $tag", ({ code, line, next, script, tag }) => {
    it.effect(`exits with ${code} and prints the next step, on stderr only`, () =>
      Effect.gen(function* () {
        const outcome = yield* ended(line, script)
        assert.strictEqual(outcome.code, code)
        assert.strictEqual(outcome.stdout, "")
        assert.include(outcome.stderr, next)
        assert.notInclude(outcome.stderr, token)
      })
    )

    it.effect("is one JSON object on stderr with --json", () =>
      Effect.gen(function* () {
        const outcome = yield* ended(`${line} --json`, script)
        assert.strictEqual(outcome.code, code)
        assert.strictEqual(outcome.stdout, "")
        const { error } = JSON.parse(outcome.stderr)
        assert.strictEqual(error.tag, tag)
        assert.include(error.next, next)
        assert.isNotEmpty(error.message)
      })
    )
  })

  it.effect("gives the advice about an unknown outcome once, as a command", () =>
    Effect.gen(function* () {
      const { stderr } = yield* ended(create, [none, cut, none])
      assert.match(
        stderr,
        /^pixxel: A job may have been created, and may be costing money: .*\n {2}List the jobs before /
      )
      assert.strictEqual(stderr.split("List the").length, 2, stderr)
    })
  )

  it.effect("gives the advice about a timeout once, as a command", () =>
    Effect.gen(function* () {
      const { stderr } = yield* ended(`${wait} --timeout 12s`, [job("running")])
      assert.include(stderr, "  The job continues. To wait again: pixxel jobs wait --workflow wf-1 --job job-1")
      assert.strictEqual(stderr.split("continues").length, 2, stderr)
    })
  )

  it.effect("gives the advice about an unconfirmed create once, with the list", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* ended(
        "indices create --name i --description d --satellite s-1 --expression B1 --image index --colormap viridis --rescale=-1,1",
        [() => json({ indices: [] }), cut, () => refused(500)]
      )
      assert.strictEqual(code, 9, stderr)
      assert.strictEqual(stderr.split("Look for it").length, 2, stderr)
    })
  )

  it.effect("says that a request is too large", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* ended(get, [() => refused(413)])
      assert.strictEqual(code, 8)
      assert.include(stderr, "  The request is too large. Simplify its area, or split it.")
      assert.strictEqual(stderr.split("too large").length, 2, stderr)
    })
  )

  it.effect("shows the facts of the error in its JSON", () =>
    Effect.gen(function* () {
      const { stderr } = yield* ended(`${get} --json`, [() => refused(403)])
      const { error } = JSON.parse(stderr)
      assert.strictEqual(error.status, 403)
      assert.strictEqual(error.code, "some_code")
      assert.deepStrictEqual(error.details, { field: "x" })
      assert.strictEqual(error.isRetryable, false)
    })
  )

  it.effect("reports the number of attempts, and shows each in its JSON", () =>
    Effect.gen(function* () {
      const script = [() => refused(503), cut]
      assert.include((yield* ended(get, script)).stderr, "Attempts: 5.")
      const { error } = JSON.parse((yield* ended(`${get} --json`, script)).stderr)
      assert.lengthOf(error.attempts, 5)
      assert.deepStrictEqual(error.attempts[0], { status: 503, delay: 0 })
      assert.strictEqual(error.attempts[4].reason, "UND_ERR_SOCKET")
    })
  )

  it.effect("removes the server's control characters", () =>
    Effect.gen(function* () {
      const { stderr } = yield* ended(get, [() => json({ error: { message: "a\u001b[2Jb\nc" } }, { status: 400 })])
      assert.include(stderr, "a\ufffd[2Jb c")
    })
  )

  it("quotes all ids in suggested commands for a shell", () => {
    const ids = fc.sample(fc.string({ unit: fc.constantFrom(..."a1-._=$`'\"\\ (;&|<*~#!{"), minLength: 1 }), 200)
    const words = ids.map((id) => line("jobs get", [{ name: "job", value: id }]).slice("pixxel jobs get --job ".length))
    const seen = execFileSync("sh", ["-c", `printf '%s\\n' ${words.join(" ")}`], { encoding: "utf8" })
    assert.deepStrictEqual(seen.split("\n").slice(0, -1), ids)
  })

  it.effect.each([get, create, run, wait])("names the failed proxy: %s", (line) =>
    Effect.gen(function* () {
      const refusal = "The proxy http://proxy:3128 (HTTPS_PROXY) answered 407 to CONNECT api.pixxel.space:443."
      for (const form of ["", " --json"]) {
        const script = [() => new TypeError("fetch failed", { cause: new TunnelError(refusal) })]
        const { code, stderr, stdout } = yield* ended(`${line}${form}`, script)
        assert.deepStrictEqual([code, stdout], [8, ""])
        assert.include(stderr, refusal)
        assert.include(stderr, "NO_PROXY")
      }
    })
  )

  it.effect("exits with 1 for a bug in the program", () =>
    Effect.gen(function* () {
      const faulty = Layer.succeed(Environment, { services: () => Layer.die({ token }) })
      const outcome = yield* pixxel(`${get} --json`, { environment: faulty })
      assert.deepStrictEqual([outcome.code, outcome.stdout], [1, ""])
      assert.strictEqual(JSON.parse(outcome.stderr).error.tag, "Unexpected")
      assert.notInclude(outcome.stderr, token)
    })
  )

  it.effect("exits with 11 if the result cannot be written", () =>
    Effect.gen(function* () {
      const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" })
      const { code, stderr } = yield* pixxel(get, { environment: scripted(job("running")), failing: full })
      assert.strictEqual(code, 11)
      assert.include(stderr, "no space left on device")
    })
  )

  it.effect("succeeds without a reader of its result", () =>
    Effect.gen(function* () {
      const gone = Object.assign(new Error("write EPIPE"), { code: "EPIPE" })
      const { code, stderr } = yield* pixxel(get, { environment: scripted(job("running")), failing: gone })
      assert.strictEqual(code, 0)
      assert.strictEqual(stderr, "")
    })
  )
})

describe("the things that failures name", () => {
  const { Subject: _, ...client } = Client
  const schemas = Object.entries(client).filter(([name]) => /(Subject|Selection|Target)$/.test(name))

  it.each(schemas)("have a row: %s", (_, schema) => {
    assert(Schema.isSchema(schema))
    const [{ _tag } = {}] = fc.sample(Arbitrary.make(Schema.make<{ readonly _tag: string }>(schema.ast)), 1)
    assert.isDefined(rowOf({ _tag: String(_tag) }))
  })
})
