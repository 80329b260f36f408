import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { json, pixxel, scripted } from "./harness.js"

const url = "https://storage.invalid/package.zip?X-Amz-Signature=5ec4e7"

const job = {
  id: "job-1",
  workflow_id: "wf-1",
  status: "completed",
  progress: "75%",
  cost: 12,
  estimated_duration: 90,
  time_taken: "2m13.5s",
  created_at: "2025-04-14T00:00:00Z",
  finished_at: "0001-01-01T00:00:00Z",
  spec: { nodes: [1, null] },
  tasks: [
    { id: "t-1", name: "crop\u001b[2J\n\u009b1mclassification", status: "failed", progress: 100, err_msg: "no clouds" }
  ]
}

describe("results", () => {
  it.effect("with --json are the decoded model: camelCase, ISO 8601, without absent values", () =>
    Effect.gen(function* () {
      const outcome = yield* pixxel("jobs get --workflow wf-1 --job job-1 --json", {
        environment: scripted(() => json(job))
      })
      assert.strictEqual(outcome.stderr, "")
      assert.deepStrictEqual(JSON.parse(outcome.stdout), {
        id: "job-1",
        workflowId: "wf-1",
        status: "completed",
        progress: 75,
        cost: 12,
        estimatedDuration: 90,
        timeTaken: 133.5,
        timeTakenText: "2m13.5s",
        createdAt: "2025-04-14T00:00:00.000Z",
        spec: { nodes: [1, null] },
        tasks: [
          {
            id: "t-1",
            name: "crop\u001b[2J\n\u009b1mclassification",
            status: "failed",
            progress: 100,
            errMsg: "no clouds",
            dependsOn: [],
            disclaimer: []
          }
        ],
        valErrors: []
      })
    })
  )

  it.effect("as text are short lines without control characters of the server", () =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel("jobs get --workflow wf-1 --job job-1", {
        environment: scripted(() => json(job))
      })
      assert.strictEqual(
        stdout,
        `job        job-1
workflow   wf-1
status     completed
outcome    succeeded
progress   75 %
cost       12 tokens
estimated  1m 30s
took       2m13.5s
created    2025-04-14T00:00:00Z

TASK                        STATUS  PROGRESS  TOOK  MESSAGE
crop\ufffd[2J \ufffd1mclassification  failed  100 %     -     no clouds
`
      )
    })
  )

  it.effect("of a list of jobs are a table, or { jobs }", () =>
    Effect.gen(function* () {
      const api = scripted(() => json({ jobs: [job, { id: "job-22" }] }))
      const line = "jobs list --workflow wf-1"
      assert.strictEqual(
        (yield* pixxel(line, { environment: api })).stdout,
        `ID      STATUS     PROGRESS  COST       CREATED               BY
job-1   completed  75 %      12 tokens  2025-04-14T00:00:00Z  -
job-22  -          -         -          -                     -
`
      )
      const document = JSON.parse((yield* pixxel(`${line} --json`, { environment: api })).stdout)
      assert.deepStrictEqual(Object.keys(document), ["jobs"])
      assert.deepStrictEqual(document.jobs[1], { id: "job-22" })
    })
  )

  it.effect("of an empty list are a line, or an empty list", () =>
    Effect.gen(function* () {
      const api = scripted(() => json({ workflows: null }))
      assert.strictEqual((yield* pixxel("workflows list", { environment: api })).stdout, "No workflows.\n")
      assert.deepStrictEqual(JSON.parse((yield* pixxel("workflows list --json", { environment: api })).stdout), {
        workflows: []
      })
    })
  )

  it.effect("of an unreadable estimate do not look like zero cost", () =>
    Effect.gen(function* () {
      const api = scripted(() => json({ estimated_cost: "much" }))
      const line = "workflows estimate --workflow wf-1"
      assert.strictEqual((yield* pixxel(line, { environment: api })).stdout, "The server sent no readable estimate.\n")
      assert.deepStrictEqual(JSON.parse((yield* pixxel(`${line} --json`, { environment: api })).stdout), {})
    })
  )

  it.effect.each(["", " --json"])("of a run report the ready package without its URL%s", (form) =>
    Effect.gen(function* () {
      const api = scripted(() => json({ ...job, id: "job-1", signed_url: url, jobs: [] }))
      const outcome = yield* pixxel(`jobs run --workflow wf-1 --project p-1 --yes${form}`, { environment: api })
      assert.strictEqual(outcome.code, 0)
      assert.match(outcome.stdout, form === "" ? /^download +the package is ready$/m : /"download": \{/)
      assert.notInclude(outcome.stdout + outcome.stderr, "5ec4e7")
    })
  )

  it.effect("of a wait follow one line on stderr per change", () =>
    Effect.gen(function* () {
      const outcome = yield* pixxel("jobs wait --workflow wf-1 --job job-1", { environment: scripted(() => json(job)) })
      assert.strictEqual(outcome.stderr, "job job-1  completed  75 %  0/1 tasks done\n")
    })
  )
})

describe("a created job", () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels)
  const bodies: ReadonlyArray<readonly [string, string, string]> = [
    ["a specification of 5,000 levels", `{"id":"job-1","spec":${nested(5_000)}}`, "job-1"],
    ["a task input of 50,000 levels", `{"id":"job-1","tasks":[{"id":"t","inputs":${nested(50_000)}}]}`, "job-1"],
    [
      "half of a surrogate pair in its texts",
      '{"id":"job-1","status":"\\ud800","spec":{"\\udfff":"\\ud800"}}',
      "job-1"
    ],
    ["half of a surrogate pair in its id", '{"id":"job-\\ud800-1","status":"x"}', "job-\\ud800-1"]
  ]
  for (const form of ["", " --json", " --jsonl"]) {
    it.effect.each(bodies)(`is printed${form} even with %s`, ([, body, id]) =>
      Effect.gen(function* () {
        const environment = scripted(() => new Response(body))
        const line = `jobs create --workflow wf-1 --project p --no-adopt --yes${form}`
        const { code, stdout } = yield* pixxel(line, { environment })
        assert.strictEqual(code, 0)
        assert.include(stdout, id)
      })
    )

    it.effect(`is named on stderr if the result cannot be printed${form}`, () =>
      Effect.gen(function* () {
        const environment = scripted(() => json({ id: "job-1" }))
        const failing = Object.assign(new Error("no space left"), { code: "ENOSPC" })
        const line = `jobs create --workflow wf-1 --project p --no-adopt --yes${form}`
        const { code, stderr } = yield* pixxel(line, { environment, failing })
        assert.strictEqual(code, 11)
        assert.include(stderr, "Job job-1 of workflow wf-1 exists and is billed.")
      })
    )
  }
})

describe("the log", () => {
  const odd = scripted(() => json({ ...job, cost: { much: true } }))

  it.effect("goes to stderr if a level is requested", () =>
    Effect.gen(function* () {
      const outcome = yield* pixxel("jobs get --workflow wf-1 --job job-1 --log-level warning", { environment: odd })
      assert.match(outcome.stderr, /^timestamp=\S+ level=WARN .*cost/)
      assert.notInclude(outcome.stdout, "WARN")
    })
  )

  it.effect("omits unexpected fields of the API unless a level is requested", () =>
    Effect.map(pixxel("jobs get --workflow wf-1 --job job-1", { environment: odd }), ({ stderr }) =>
      assert.strictEqual(stderr, "")
    )
  )

  it.effect("is silent with --json unless a level is requested", () =>
    Effect.gen(function* () {
      const line = "jobs get --workflow wf-1 --job job-1 --json"
      assert.strictEqual((yield* pixxel(line, { environment: odd })).stderr, "")
      assert.include((yield* pixxel(`${line} --log-level warning`, { environment: odd })).stderr, "level=WARN")
    })
  )
})
