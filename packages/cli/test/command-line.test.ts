/** Parsing of command lines: positions of ids and options, and the messages for invalid lines. */

import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { assert, describe, expect, it } from "@effect/vitest"
import { Pixxel } from "@effect-pixxel/client"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { sample } from "../../../vitest.size.js"
import { read } from "../src/CommandLine.js"
import { paths, syntax } from "../src/commands/command.js"
import { examples, load } from "../src/commands/index.js"
import { Environment } from "../src/Environment.js"
import { json, pixxel, scripted, token } from "./harness.js"

await load()

const unreachable = scripted(() => {
  throw new Error("a mistake in usage must not reach the API")
})

/** The parsed command line: its command, and its options by name. */
const meant = (line: string) => {
  const it = read(line.split(" "))
  if (it._tag !== "Run") return it
  const options = it.options.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`))
  return { command: it.command, options: options.sort() }
}

/** An API with a single answer, which records its requests. */
const api = (body: unknown) => {
  const asked: Array<string> = []
  const fetch: typeof globalThis.fetch = async (input) => {
    asked.push(new URL(String(input)).pathname.replace("/v0/workflows", ""))
    return json(body)
  }
  const transport = FetchHttpClient.layer.pipe(Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)))
  const environment = Layer.succeed(Environment, {
    services: () => Pixxel.layer({ token: Redacted.make(token) }).pipe(Layer.provideMerge(transport))
  })
  return { environment, asked }
}

describe("ids", () => {
  it.each(
    paths().flatMap((path) =>
      Option.match(syntax(path), { onNone: () => [], onSome: ({ ids }) => [[path, ids]] as const })
    )
  )("of %s may be positional, in the order of its help: %j", (path, ids) => {
    const options = ids.map((id, at) => `--${id} id-${at}`)
    const words = ids.map((_, at) => `id-${at}`)
    const expected = { command: path, options: ids.map((id, at) => `${id}=id-${at}`).sort() }
    for (let count = 0; count <= ids.length; count++) {
      // the first ids are positional, the others options, before and after
      for (const line of [
        [path, ...words.slice(0, count), ...options.slice(count)],
        [path, ...options.slice(count), ...words.slice(0, count)],
        [path, ...options.slice(0, count), ...words.slice(count)],
        [...options.slice(count), path, ...words.slice(0, count)]
      ]) {
        assert.deepStrictEqual(meant(line.join(" ")), expected)
      }
    }
    assert.deepStrictEqual(meant([path, ...words, ...options].join(" ")), expected)
  })

  it.effect.each([
    ["workflows get wf-1 p-1", "/wf-1"],
    ["workflows estimate wf-1", "/wf-1/estimate"],
    ["jobs list wf-1", "/wf-1/jobs"],
    ["jobs get wf-1 job-1", "/wf-1/jobs/job-1"],
    ["jobs show wf-1 job-1", "/wf-1/jobs/job-1"],
    ["jobs wait wf-1 job-1", "/wf-1/jobs/job-1"],
    ["jobs watch wf-1 --job job-1", "/wf-1/jobs/job-1"],
    ["jobs create wf-1 p-1 --yes", "/wf-1/jobs"],
    ["jobs download wf-1 job-1 --print-url", "/wf-1/jobs/job-1/download"],
    ["tasks download wf-1 job-1 task-1 --print-url", "/wf-1/jobs/job-1/tasks/task-1/download"],
    ["jobs get -- wf-1 -job", "/wf-1/jobs/-job"]
  ] as const)("reach the API: %s", ([line, path]) =>
    Effect.gen(function* () {
      const job = { id: "job-1", status: "completed", jobs: [], tasks: [{ id: "task-1" }] }
      const { asked, environment } = api({ ...job, signed_url: "https://store.example/p.zip" })
      const outcome = yield* pixxel(line, { environment })
      assert.strictEqual(outcome.code, 0, outcome.stderr)
      assert.strictEqual(asked.at(-1), path)
    })
  )

  it.effect.each([
    ["jobs get wf-1 job-1 --job job-2", "Two values for JOB: 'job-1' and --job 'job-2'."],
    ["jobs get --job job-2 wf-1 job-1", "Two values for JOB: 'job-1' and --job 'job-2'."],
    ["jobs get wf-1 --workflow wf-2 --job job-1", "Two values for WORKFLOW: 'wf-1' and --workflow 'wf-2'."],
    ["jobs list --workflow=wf-2 wf-1", "Two values for WORKFLOW: 'wf-1' and --workflow 'wf-2'."],
    ["jobs get wf-1 job-1 extra", "Unexpected argument 'extra': pixxel jobs get takes WORKFLOW JOB."],
    ["jobs get --workflow wf-1 --job job-1 extra", "Unexpected argument 'extra'"],
    ["workflows list extra", "Unexpected argument 'extra': pixxel workflows list takes no argument."],
    ["jobs get", "pixxel jobs get needs WORKFLOW: pixxel jobs get WORKFLOW JOB, or --workflow."],
    ["jobs get wf-1", "pixxel jobs get needs JOB: pixxel jobs get WORKFLOW JOB, or --job."],
    ["tasks download wf-1 job-1", "pixxel tasks download needs TASK"]
  ] as const)("that do not fit exit with 2, and are named: %s", ([line, says]) =>
    Effect.gen(function* () {
      const outcome = yield* pixxel(line, { environment: unreachable })
      assert.deepStrictEqual([outcome.code, outcome.stdout], [2, ""])
      assert.include(outcome.stderr, says)
    })
  )
})

describe("options", () => {
  it("either take a value in all commands, or in none", () => {
    const all = paths().flatMap((path) => Option.toArray(syntax(path)))
    const valued = new Set(all.flatMap((it) => [...it.valued]))
    assert.deepStrictEqual(
      all.flatMap(({ switches }) => [...switches].filter((name) => valued.has(name))),
      []
    )
  })

  it.each([
    "--json jobs list wf-1",
    "jobs --json list wf-1",
    "jobs list --json wf-1",
    "jobs list wf-1 --json",
    "--json --workflow wf-1 jobs list",
    "--workflow=wf-1 jobs --json list"
  ])("may appear anywhere: %s", (line) => {
    assert.deepStrictEqual(meant(line), { command: "jobs list", options: ["json", "workflow=wf-1"] })
  })

  it.effect.each(sample(examples(), 3, 1))("may precede the command of every example: %s", (example) =>
    Effect.gen(function* () {
      const [, command = "", options = ""] = /^pixxel (.*?)( --.*)?$/.exec(example) ?? []
      const given = options.replace(/--out results|--gantt/g, "")
      const moved = yield* pixxel(`--mock ${given} --print-url ${command}`)
      const usual = yield* pixxel(`${command} ${given} --mock --print-url`)
      assert.strictEqual(moved.code, usual.code)
      assert.strictEqual(moved.stderr, usual.stderr)
    })
  )

  it.each(paths())("that are unknown or misspelt are named: %s", (path) => {
    const { switches, valued } = Option.getOrThrow(syntax(path))
    const of = (name: string) => {
      const it = read([...path.split(" "), `--${name}`, "x"])
      return it._tag === "Mistake" ? it.message : it
    }
    assert.strictEqual(of("frobnicate"), "The option '--frobnicate' is not recognized.")
    for (const name of [...valued, ...switches]) {
      assert.strictEqual(of(`${name}x`), `The option '--${name}x' is not recognized. Did you mean '--${name}'?`)
    }
  })

  it.effect("of @effect/cli may appear anywhere too", () =>
    Effect.gen(function* () {
      for (const line of ["--log-level debug jobs list wf-1", "jobs list wf-1 --log-level debug"]) {
        const { asked, environment } = api({ jobs: [] })
        assert.strictEqual((yield* pixxel(line, { environment })).code, 0)
        assert.deepStrictEqual(asked, ["/wf-1/jobs"])
      }
    })
  )

  it.effect.each([
    ["--mokc jobs list wf-1", "'--mokc' is not recognized. Did you mean '--mock'"],
    ["jobs wait wf-1 job-1 --timeuot 5s", "'--timeuot' is not recognized. Did you mean '--timeout'"],
    ["archive search --collection x", "'--collection' is not recognized. Did you mean '--collections'?"],
    ["jobs get wf-1 job-1 -x", "The option '-x' is not recognized.\n  To list the options: pixxel jobs get --help"]
  ] as const)("that are unknown get a suggestion: %s", ([line, says]) =>
    Effect.gen(function* () {
      const outcome = yield* pixxel(line, { environment: unreachable })
      assert.strictEqual(outcome.code, 2)
      assert.include(outcome.stderr, says)
    })
  )
})

describe("an unknown command", () => {
  it.effect.each([
    ["job", "'pixxel job'. Did you mean 'pixxel jobs'?"],
    ["Jobs list", "Did you mean 'pixxel jobs list'?"],
    ["jobs gte wf-1 job-1", "'pixxel jobs gte'. Did you mean 'pixxel jobs get'?"],
    ["job gte wf-1 job-1", "'pixxel job gte'. Did you mean 'pixxel jobs get'?"],
    ["jobs donwload", "Did you mean 'pixxel jobs download'?"],
    ["workflow list", "Did you mean 'pixxel workflows list'?"],
    ["workflows estimat", "Did you mean 'pixxel workflows estimate'?"],
    ["list", "Did you mean 'pixxel projects list', 'pixxel workflows list', 'pixxel jobs list', "],
    ["run wf-1 p-1", "Did you mean 'pixxel jobs run' or 'pixxel insights run'?"],
    ["hlep", "Did you mean 'pixxel help'?"],
    ["verson", "Did you mean 'pixxel version'?"],
    ["help job", "Did you mean 'pixxel jobs'?"],
    ["jobs gte --help", "Did you mean 'pixxel jobs get'?"]
  ] as const)("gets the intended command as a suggestion: %s", ([line, says]) =>
    Effect.gen(function* () {
      const outcome = yield* pixxel(line, { environment: unreachable })
      assert.deepStrictEqual([outcome.code, outcome.stdout], [2, ""])
      assert.include(outcome.stderr, says)
    })
  )

  it.effect.each(["frob", "jobs frob", "x", "frob list"])("gets no far-fetched suggestion: %s", (line) =>
    Effect.gen(function* () {
      const outcome = yield* pixxel(line, { environment: unreachable })
      assert.strictEqual(outcome.code, 2)
      assert.notInclude(outcome.stderr, "Did you mean")
    })
  )
})

describe("help and version", () => {
  it.effect.each([
    ["", "--help"],
    ["help", "--help"],
    ["help jobs", "jobs --help"],
    ["jobs help", "jobs --help"],
    ["help jobs get", "jobs get --help"],
    ["jobs help get", "jobs get --help"],
    ["--json help jobs get", "jobs get -h"],
    ["jobs get wf-1 job-1 --help", "jobs get --help"],
    ["version", "--version"],
    ["--json version", "--version"]
  ] as const)("are commands as well as options: %s, %s", ([line, usual]) =>
    Effect.gen(function* () {
      const outcome = yield* pixxel(line, { environment: unreachable })
      assert.deepStrictEqual([outcome.code, outcome.stderr], [0, ""])
      assert.strictEqual(outcome.stdout, (yield* pixxel(usual, { environment: unreachable })).stdout)
    })
  )

  it.effect("show both forms of the ids", () =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel("help jobs get", { environment: unreachable })
      expect(stdout.slice(0, stdout.indexOf("Options of every"))).toMatchInlineSnapshot(`
        "Show a job and its tasks.

        Usage:
          pixxel jobs get --workflow ID --job ID [options]
          pixxel jobs get WORKFLOW JOB [options]

        Options:
          --workflow ID  The workflow.
          --job ID       The job.

        "
      `)
    })
  )

  it.effect.each(["bash", "zsh", "fish"])("are in the completions: %s", (shell) =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel(`--completions ${shell}`)
      for (const word of ["help", "version"]) assert.match(stdout, new RegExp(`[" (']${word}[" :')]`))
    })
  )
})
