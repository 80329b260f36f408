import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { sample } from "../../../vitest.size.js"
import { examples, load } from "../src/commands/index.js"
import { Environment } from "../src/Environment.js"
import { meanings } from "../src/ExitCode.js"
import { pixxel, scripted } from "./harness.js"

await load()

const unreachable = scripted(() => {
  throw new Error("a mistake in usage must not reach the API")
})

const mistakes: ReadonlyArray<readonly [line: string, says: string]> = [
  ["--quiet", "pixxel needs a command: projects, workflows, jobs, "],
  ["jobs", "create, list, get, show, wait, watch, run or download"],
  ["workflows", "list, get or estimate"],
  ["tasks", "download"],
  ["config", "show"],
  ["jobs create --workflow wf-1 --project p-1 --max-cost much", "a number of tokens"],
  ["jobs download --workflow wf-1 --job job-1 --max-ratio -1", "a number such as 100"],
  ["jobs download --workflow wf-1 --job job-1 --if-exists frob", "overwrite"],
  ["workflows list --auth-scheme basic", "bearer or raw"],
  ["jobs frob", "Unknown command 'pixxel jobs frob'"],
  ["frob", "Unknown command 'pixxel frob'"],
  ["jobs get --workflow wf-1", "--job"],
  ["jobs get --job job-1", "--workflow"],
  ["jobs create --workflow wf-1", "--project"],
  ["jobs get --workflow wf-1 --job", "--job"],
  ["jobs get --workflow --mock --job job-1", "--workflow needs a value"],
  ["jobs get --workflow wf-1 --job job-1 --frob", "--frob"],
  ["jobs get --workflow wf-1 --job job-1 extra", "extra"],
  ["jobs get --workflow wf-1 --job job-1 --job job-2", "--job"],
  ["jobs get --workflow wf-1 --jbo job-1", "'--jbo' is not recognized"],
  ["jobs wait --workflow wf-1 --job job-1 --timeout 5", "a time such as 30s"],
  ["jobs wait --workflow wf-1 --job job-1 --interval 0s", "a time such as 30s"],
  ["jobs list --workflow wf-1 --created-on yesterday", "a date in ISO 8601"],
  ["--wizard", "--wizard is not supported"]
]

describe("a usage error", () => {
  describe.each(mistakes)("pixxel %s", (line, says) => {
    it.effect("exits with 2 and reports the problem, on stderr only", () =>
      Effect.gen(function* () {
        const outcome = yield* pixxel(line, { environment: unreachable })
        assert.strictEqual(outcome.code, 2)
        assert.strictEqual(outcome.stdout, "")
        assert.include(outcome.stderr, says)
      })
    )
  })

  it.effect("is one JSON object with --json", () =>
    Effect.gen(function* () {
      const outcome = yield* pixxel("jobs get --json", { environment: unreachable })
      assert.strictEqual(outcome.code, 2)
      assert.strictEqual(outcome.stdout, "")
      assert.strictEqual(JSON.parse(outcome.stderr).error.tag, "UsageError")
    })
  )
})

describe("the environment", () => {
  const settings = (entries: Record<string, string>) =>
    Layer.merge(Environment.layer, Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(entries)))))

  const wrong = [
    [{}, "PIXXEL_API_KEY is not set"],
    [{ PIXXEL_API_KEY: " " }, "PIXXEL_API_KEY"],
    [{ PIXXEL_API_KEY: "secret-1", PIXXEL_AUTH_SCHEME: "secret-2" }, "PIXXEL_AUTH_SCHEME"],
    [{ PIXXEL_API_KEY: "secret-1", PIXXEL_BASE_URL: "http://user:secret-3@host" }, "PIXXEL_BASE_URL"]
  ] as const

  it.effect.each(wrong)("exits with 2 and names the variable: %j", ([entries, says]) =>
    Effect.gen(function* () {
      const outcome = yield* pixxel("workflows list", { environment: settings(entries) })
      assert.strictEqual(outcome.code, 2)
      assert.strictEqual(outcome.stdout, "")
      assert.include(outcome.stderr, says)
      assert.notInclude(outcome.stderr, "secret")
    })
  )
})

describe("help", () => {
  it.effect.each(["--help", "jobs --help", "workflows -h", "jobs run --workflow wf-1 --help"])(
    "goes to stdout, and fits a page: %s",
    (line) =>
      Effect.gen(function* () {
        const outcome = yield* pixxel(line, { environment: unreachable })
        assert.deepStrictEqual([outcome.code, outcome.stderr], [0, ""])
        const lines = outcome.stdout.split("\n").filter((it) => !it.startsWith("  pixxel "))
        for (const it of lines) assert.isAtMost(it.length, 100, it)
      })
  )

  it.effect("lists the exit codes", () =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel("--help", { environment: unreachable })
      for (const [code, meaning] of Object.entries(meanings)) {
        assert.match(stdout, new RegExp(`^  ${code} +${meaning}$`, "m"))
      }
    })
  )

  it.effect("shows the purpose and the required options of a command", () =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel("tasks download --help", { environment: unreachable })
      assert.match(
        stdout,
        /^Download the results of one task of a job\.\n\nUsage:\n {2}pixxel tasks download --workflow ID --job ID --task TASK \[options\]\n/
      )
      assert.match(stdout, /^ {2}--task TASK +The name of the task/m)
      assert.notMatch(stdout, /piece of text|This setting/)
    })
  )

  it.effect.each(["jobs frob --help", "frob --help"])("is missing for an unknown command: %s", (line) =>
    Effect.gen(function* () {
      const outcome = yield* pixxel(line, { environment: unreachable })
      assert.deepStrictEqual([outcome.code, outcome.stdout], [2, ""])
      assert.include(outcome.stderr, "Unknown command 'pixxel")
    })
  )

  it.effect.each(sample(examples(), 3))("has an example of every command at every level: %s", (example) =>
    Effect.gen(function* () {
      const [, group, name = ""] = example.split(" ")
      for (const line of ["--help", `${group} --help`, `${group} ${name} --help`]) {
        assert.include((yield* pixxel(line, { environment: unreachable })).stdout, example)
      }
    })
  )

  it.effect.each([
    ["--help", "  pixxel GROUP COMMAND [options]"],
    ["jobs --help", "  pixxel jobs COMMAND [options]"],
    ["workflows estimate --help", "  pixxel workflows estimate --workflow ID [options]"]
  ] as const)("shows the whole command in its usage: %s", ([line, usage]) =>
    Effect.gen(function* () {
      assert.include((yield* pixxel(line, { environment: unreachable })).stdout, `\n${usage}\n`)
    })
  )

  it.effect("has no colours without a terminal", () =>
    Effect.gen(function* () {
      assert.notInclude((yield* pixxel("--help", { environment: unreachable })).stdout, "\u001b")
    })
  )

  it.effect("--version prints the version", () =>
    Effect.gen(function* () {
      assert.match((yield* pixxel("--version", { environment: unreachable })).stdout, /^\d+\.\d+\.\d+\n$/)
    })
  )
})
