/** Features of all commands: forms of results, settings and their sources, completions. */
import { execFileSync } from "node:child_process"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { examples, load } from "../src/commands/index.js"
import { Environment } from "../src/Environment.js"
import * as Exchanges from "../src/Exchanges.js"
import { Output } from "../src/Output.js"
import { json, pixxel, refused, scripted, token } from "./harness.js"

await load()

const wait = "jobs wait --workflow wf-crop-classification --job job-crop-running --mock"

describe("--jsonl", () => {
  it.effect("prints one item per line for a list, and nothing for an empty list", () =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel("jobs list --workflow wf-crop-classification --mock --jsonl")
      const items = stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line))
      assert.includeMembers(
        items.map(({ id }) => id),
        ["job-crop-done", "job-crop-running"]
      )
      const none = scripted(() => json({ jobs: [] }))
      assert.strictEqual((yield* pixxel("jobs list --workflow wf-1 --jsonl", { environment: none })).stdout, "")
    })
  )

  it.effect.each(["wait", "watch"])("prints one event per line for a %s, each with the whole job", (verb) =>
    Effect.gen(function* () {
      const { stderr, stdout } = yield* pixxel(`${wait.replace("wait", verb)} --jsonl`)
      assert.strictEqual(stderr, "")
      const events = stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line))
      assert.isAbove(events.length, 3)
      assert.deepStrictEqual([...new Set(events.map(({ event }) => event))], ["changed", "ended"])
      assert.strictEqual(events.at(-1).job.status, "completed")
    })
  )

  it.effect("excludes --json", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* pixxel(`${wait} --json --jsonl`)
      assert.strictEqual(code, 2)
      assert.include(stderr, "exclude each other")
    })
  )
})

describe("a watch", () => {
  it.effect("prints each change to stdout without a terminal", () =>
    Effect.gen(function* () {
      const { stderr, stdout } = yield* pixxel(wait.replace("wait", "watch"))
      assert.strictEqual(stderr, "")
      expect(stdout).toMatchSnapshot()
    })
  )
})

describe("--quiet", () => {
  it.effect("keeps the result and errors", () =>
    Effect.gen(function* () {
      const good = yield* pixxel(`${wait} --quiet`)
      assert.deepStrictEqual([good.code, good.stderr], [0, ""])
      assert.include(good.stdout, "completed")
      const bad = yield* pixxel("jobs wait --workflow wf-water-quality --job job-water-failed --mock --quiet")
      assert.strictEqual(bad.code, 6)
      assert.match(bad.stderr, /^pixxel: Job job-water-failed ended as failed/)
    })
  )
})

describe("--verbose", () => {
  const headers = { "x-request-id": "req-7" }

  it.effect("logs each request and each attempt of a failed call to stderr, with the server's ids", () =>
    Effect.gen(function* () {
      const script = scripted(
        () => json({}, { status: 503, headers: { "x-request-id": "req-6", "retry-after": "1" } }),
        () => json({ error: { message: "no" } }, { status: 404, headers })
      )
      const line = "jobs get --workflow wf-1 --job job-1 --verbose"
      const fiber = yield* Effect.fork(pixxel(line, { environment: script }))
      yield* TestClock.adjust("1 minute").pipe(Effect.repeatN(5))
      const { stderr } = yield* Fiber.join(fiber)
      expect(
        stderr.replace(/after \S+ ms|after \d+s/g, "after <time>").replace(/\S+ later/, "<time> later")
      ).toMatchInlineSnapshot(`
        "GET https://api.pixxel.space/v0/workflows/wf-1/jobs/job-1: 503, request req-6, after <time>
        GET https://api.pixxel.space/v0/workflows/wf-1/jobs/job-1: 404, request req-7, after <time>
        pixxel jobs get was answered 404: no. Attempts: 2.
          attempt 1: 503 (request req-6)
          attempt 2, <time> later: 404 (request req-7)
          Not found, or not visible to this token. Check the ids and the base URL. To list the existing ones: pixxel workflows list, pixxel jobs list --workflow ID.
        "
      `)
    })
  )

  it.effect("hides the token, also in an id that contains it", () =>
    Effect.gen(function* () {
      const script = scripted(() => json({ id: "job-1" }, { headers: { "x-request-id": `req-${token}` } }))
      const { stderr } = yield* pixxel("jobs get --workflow wf-1 --job job-1 --verbose", { environment: script })
      assert.match(
        stderr,
        /^GET https:\/\/api\.pixxel\.space\/v0\/workflows\/wf-1\/jobs\/job-1: 200, request req-<redacted>, after/
      )
      assert.notInclude(stderr, token)
    })
  )

  for (const [how, spelled] of [
    ["percent-encoded", encodeURIComponent(token)],
    ["in base64", Buffer.from(token).toString("base64")],
    ["in base64 within more", Buffer.from(`id:${token}`).toString("base64")]
  ] as const) {
    it.effect(`hides an id that is the token ${how}`, () =>
      Effect.gen(function* () {
        const script = scripted(() => json({ id: "job-1" }, { headers: { "x-request-id": spelled } }))
        const { stderr } = yield* pixxel("jobs get --workflow wf-1 --job job-1 --verbose", { environment: script })
        assert.match(stderr, /: 200, request \S*<redacted>, after/)
        assert.notInclude(stderr, spelled)
      })
    )
  }

  it.effect("shows no credentials of a URL, and no echoed signature", () =>
    Effect.gen(function* () {
      const notes: Array<string> = []
      const output = Layer.succeed(
        Output,
        // The transport writes only its lines.
        { note: (line: string) => Effect.sync(() => notes.push(line)) } as unknown as Output.Service
      )
      const client = HttpClient.make((request) =>
        Effect.succeed(
          HttpClientResponse.fromWeb(request, new Response("", { headers: { "x-request-id": "0123456789abcdef" } }))
        )
      )
      yield* Effect.flatMap(HttpClient.HttpClient, (client) =>
        client.get("https://me:passw0rd@store.test/a.zip?X-Amz-Signature=0123456789abcdef#x")
      ).pipe(
        Effect.provide(
          Exchanges.logged(Option.none).pipe(
            Layer.provide(Layer.succeed(HttpClient.HttpClient, client)),
            Layer.provide(output)
          )
        )
      )
      assert.lengthOf(notes, 1)
      assert.match(notes[0] ?? "", /^GET https:\/\/store\.test\/a\.zip: 200, request <redacted>, after/)
      assert.notInclude(notes.join(), "0123456789abcdef")
    })
  )

  it.effect("shortens failures when absent", () =>
    Effect.gen(function* () {
      const environment = scripted(() => refused(404))
      assert.notInclude((yield* pixxel("jobs get --workflow wf-1 --job job-1", { environment })).stderr, "attempt")
    })
  )
})

describe("config show", () => {
  const settings = (entries: Record<string, string>) =>
    Layer.merge(Environment.layer, Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(entries)))))

  it.effect("shows the source of each setting, and masks the token", () =>
    Effect.gen(function* () {
      const environment = settings({ PIXXEL_API_KEY: token, PIXXEL_BASE_URL: "https://staging.example/api" })
      const { code, stdout } = yield* pixxel("config show --auth-scheme raw", { environment })
      assert.strictEqual(code, 0)
      expect(stdout).toMatchInlineSnapshot(`
        "SETTING      VALUE                        FROM
        API key      ****63==                     environment PIXXEL_API_KEY
        auth scheme  raw                          flag --auth-scheme
        base URL     https://staging.example/api  environment PIXXEL_BASE_URL
        "
      `)
    })
  )

  it.effect("prefers a flag to the variable, and uses it", () =>
    Effect.gen(function* () {
      const environment = settings({ PIXXEL_API_KEY: token, PIXXEL_BASE_URL: "http://user:secret@host" })
      const { stdout } = yield* pixxel("config show --base-url http://127.0.0.1:1 --json", { environment })
      const { problem, settings: shown } = JSON.parse(stdout)
      assert.deepStrictEqual(shown.baseUrl, { value: "http://127.0.0.1:1", source: "flag", from: "--base-url" })
      assert.isNull(problem)
    })
  )

  it.effect("reports invalid settings without their secret parts", () =>
    Effect.gen(function* () {
      const entries = {
        PIXXEL_API_KEY: "short-token",
        PIXXEL_AUTH_SCHEME: "secret-1",
        PIXXEL_BASE_URL: "http://user:secret-2@host/?key=secret-3"
      }
      for (const form of ["", " --json"]) {
        const { code, stdout } = yield* pixxel(`config show${form}`, { environment: settings(entries) })
        assert.strictEqual(code, 0)
        assert.include(stdout, "problem")
        for (const secret of ["short-token", "oken", "secret"]) assert.notInclude(stdout, secret)
      }
    })
  )
})

describe("completions", () => {
  const commands = examples().map((example) => example.split(" --")[0]!.split(" ").slice(1))

  it.effect.each(["bash", "zsh", "fish"])("know every command: %s", (shell) =>
    Effect.gen(function* () {
      const { code, stdout } = yield* pixxel(`--completions ${shell}`)
      assert.strictEqual(code, 0)
      for (const word of new Set(commands.flat())) assert.include(stdout, word)
      assert.notInclude(stdout, "wizard")
    })
  )

  it.effect("complete input in bash", () =>
    Effect.gen(function* () {
      const { stdout } = yield* pixxel("--completions bash")
      const complete = (...words: ReadonlyArray<string>) => {
        const typed = words.map((word) => `'${word}'`).join(" ")
        const script = `${stdout}\nCOMP_WORDS=(${typed}); COMP_CWORD=${words.length - 1}\nf=$(complete -p pixxel | sed 's/.*-F \\([^ ]*\\).*/\\1/')\n$f pixxel "\${COMP_WORDS[-1]}" "\${COMP_WORDS[-2]}"; printf '%s\\n' "\${COMPREPLY[@]}"`
        // one argument has at most 128 kB
        return execFileSync("bash", { input: script, encoding: "utf8" }).trim().split("\n")
      }
      assert.includeMembers(complete("pixxel", "jobs", ""), ["create", "download", "wait"])
      assert.deepStrictEqual(complete("pixxel", "jobs", "wat"), ["watch"])
      assert.include(complete("pixxel", "jobs", "watch", "--wo"), "--workflow")
    })
  )
})
