/** Consent to a cost: when a command asks, and when it refuses to spend. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { assert, describe, it } from "@effect/vitest"
import { Pixxel } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { sample } from "../../../vitest.size.js"
import { Environment } from "../src/Environment.js"
import { json, pixxel, type Surroundings, token } from "./harness.js"

const job = {
  id: "job-7",
  status: "completed",
  signed_url: "https://store.example/p.zip",
  jobs: [],
  estimated_cost: 42
}

/** An API that counts its creates. */
const api = () => {
  let creates = 0
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (init?.method === "POST" && /\/jobs$/.test(new URL(String(input)).pathname)) creates++
    return json(job)
  }
  const transport = FetchHttpClient.layer.pipe(Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)))
  const environment = Layer.succeed(Environment, {
    services: () => Pixxel.layer({ token: Redacted.make(token) }).pipe(Layer.provideMerge(transport))
  })
  return { environment, creates: () => creates }
}

const booleans = [true, false]
const streams = booleans
  .flatMap((stdin) => booleans.flatMap((stdout) => booleans.map((stderr) => ({ stdin, stdout, stderr }))))
  .map((attended, turn) => [attended, turn] as const)
const verbs = ["jobs create wf-1 p-1", "jobs run wf-1 p-1"]
const forms = ["", " --json", " --jsonl"]

const question = "The estimated cost is 42 tokens.\nStart it? [y/N]"

describe.each(streams)("with terminals on stdin, stdout, stderr: %j", (attended, turn) => {
  const isAnywhere = attended.stdin || attended.stderr
  const lines = sample(
    verbs.flatMap((verb) => forms.map((form) => `${verb}${form}`)),
    6,
    turn
  )

  const run = (line: string, more: Surroundings = {}) =>
    Effect.gen(function* () {
      const { creates, environment } = api()
      const outcome = yield* pixxel(line, { environment, attended, ...more })
      return { ...outcome, creates: creates() }
    })

  it.effect.each(lines)("--yes starts it: %s", (line) =>
    Effect.gen(function* () {
      const outcome = yield* run(`${line} --yes`)
      assert.deepStrictEqual([outcome.code, outcome.creates, outcome.tty], [0, 1, ""])
      assert.notInclude(outcome.stderr, "[y/N]")
    })
  )

  it.effect.each(lines)("the answer decides, or consent is required in advance: %s", (line) =>
    Effect.gen(function* () {
      for (const [typed, code] of [
        ["y\n", 0],
        ["n\n", 12],
        ["", 12]
      ] as const) {
        const outcome = yield* run(line, { answers: typed, controlling: typed })
        assert.deepStrictEqual(
          [outcome.code, outcome.creates],
          isAnywhere ? [code, code === 0 ? 1 : 0] : [2, 0],
          outcome.stderr
        )
        assert.strictEqual(outcome.stdout === "", outcome.code !== 0)
        assert.strictEqual(outcome.stderr.includes(question), attended.stderr)
        assert.strictEqual(outcome.tty.includes(question), attended.stdin && !attended.stderr)
        if (!isAnywhere) for (const flag of ["--yes", "--max-cost"]) assert.include(outcome.stderr, flag)
      }
    })
  )

  it.effect.each(lines)("without a controlling terminal, it asks only if both streams are terminals: %s", (line) =>
    Effect.gen(function* () {
      const outcome = yield* run(line, { answers: "y\n" })
      assert.deepStrictEqual([outcome.code, outcome.creates], attended.stdin && attended.stderr ? [0, 1] : [2, 0])
    })
  )

  it.effect.each(lines)("--max-cost counts as consent without a terminal: %s", (line) =>
    Effect.gen(function* () {
      const answers = { answers: "n\n", controlling: "n\n" }
      const below = yield* run(`${line} --max-cost 42`, answers)
      assert.deepStrictEqual([below.code, below.creates], isAnywhere ? [12, 0] : [0, 1])
      const above = yield* run(`${line} --max-cost 41`, answers)
      assert.deepStrictEqual([above.code, above.creates], [10, 0])
    })
  )

  it.effect("--mock needs no consent, since it costs nothing", () =>
    Effect.gen(function* () {
      const line = "jobs create wf-crop-classification project-monsoon-2024 --mock"
      const { code } = yield* pixxel(line, { attended, answers: "y\n", controlling: "y\n" })
      assert.strictEqual(code, 0)
    })
  )
})

describe("consent", () => {
  it.effect("is requested on a dumb terminal", () =>
    Effect.gen(function* () {
      const attended = { stdin: true, stdout: true, stderr: true }
      const { creates, environment } = api()
      const outcome = yield* pixxel("jobs create wf-1 p-1", {
        environment,
        attended,
        answers: "n\n",
        env: { TERM: "dumb" }
      })
      assert.deepStrictEqual([outcome.code, creates()], [12, 0])
      assert.include(outcome.stderr, question)
    })
  )
})
