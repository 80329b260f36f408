/** Replay capsules: the report of a failed test, and its replay to the same journal in a new process. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it, vi } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import { bundled } from "../../../vitest.program.js"
import { longTransports } from "../../../vitest.size.js"
import { journalText } from "../../src/core/Capsule.js"
import { tokenOf } from "../../src/core/Token.js"
import * as Fault from "../../src/Fault.js"
import { LeftOver, MockApp, MockServer } from "../../src/MockServer.js"
import { CapsuleError, readCapsule, replay } from "../../src/replay/replay.js"
import { fixtures } from "./fixtures.js"

const bin = bundled(new URL("../../src/bin.ts", import.meta.url))

const ask = (path: string, init: RequestInit = {}, timeout = 20_000) =>
  Effect.gen(function* () {
    const { baseUrl, fetch, token } = yield* MockServer
    const headers = path.startsWith("http") ? {} : { authorization: Redacted.value(token) }
    return yield* Effect.promise((signal) =>
      fetch(path.startsWith("http") ? path : baseUrl + path, {
        ...init,
        signal,
        headers: { ...headers, ...init.headers }
      }).then(
        (response) => response.text().catch(() => ""),
        () => ""
      )
    ).pipe(Effect.timeoutTo({ duration: timeout, onSuccess: (text) => text, onTimeout: () => "" }))
  })

const crop = "/v0/workflows/wf-crop"
const post = { method: "POST" }
const put = { method: "PUT" }
const create = ask(`${crop}/jobs?project_id=p`, post)

/** Returns the console output of a failed test, and its capsules. */
const failing = (program: Effect.Effect<unknown, unknown, MockServer>, options: MockServer.Options = {}) =>
  Effect.gen(function* () {
    const folder = mkdtempSync(join(tmpdir(), "capsules-"))
    const said = vi.spyOn(console, "error").mockImplementation(() => {})
    yield* Effect.zipRight(program, Effect.fail("the test's own failure")).pipe(
      Effect.provide(MockServer.layer({ fixtures, capsules: folder, ...options })),
      Effect.exit
    )
    const text = said.mock.calls.map(String).join("\n")
    said.mockRestore()
    const files = readdirSync(folder).map((name) => join(folder, name))
    return { text, files, folder }
  })

/** A program with all kinds of requests to a world and actions on it. */
const everything = Effect.gen(function* () {
  const { enqueue, faults, signal, tokenOf: token } = yield* MockServer
  yield* enqueue("polled")
  const { id } = JSON.parse(yield* create)
  const job = `${crop}/jobs/${id}`
  yield* Effect.all([ask(job), ask(job), ask(`${crop}/jobs?status=running&status=x`)], { concurrency: "unbounded" })
  yield* signal(id, "go")
  yield* ask(job)
  yield* faults.use(
    Fault.plan(
      Fault.on("getJobById", Fault.answer(503, { retryAfter: "7s", retryAfterAs: "date" }), { attempts: [1] }),
      Fault.on("getJobById", Fault.latency({ mean: "3s" }), { chance: 0.6 }),
      Fault.on("getJobById", Fault.cutBody(40, "hang"), { chance: 0.3 }),
      Fault.on("createJob", Fault.loseAnswer("reset"), { attempts: [1] }),
      Fault.on("listJobs", Fault.drip(300, "700ms")),
      Fault.on("getPackage", Fault.cutBody(150, "reset"), { attempts: [2] })
    )
  )
  yield* create
  for (let n = 0; n < 12; n++) {
    yield* Effect.sleep("1700 millis")
    yield* ask(job, {}, 9_000)
  }
  const lists = yield* Effect.fork(ask(`${crop}/jobs`))
  yield* Effect.all([ask(`${crop}/jobs/unknown`), ask("/v0/nothing?a=b"), ask(`${crop}/jobs/a%2Fb`)], {
    concurrency: "unbounded"
  })
  yield* Fiber.join(lists)
  for (const authorization of ["a-real-key", Redacted.value(token("viewer")), tokenOf("elsewhere", "owner")]) {
    yield* ask(`${crop}/jobs?project_id=p`, { ...post, headers: { authorization } })
  }
  yield* ask("/v0/workflows", { ...post, body: "surprise" })
  yield* ask(`${crop}/jobs/job-done/download`, put)
  yield* Effect.sleep("10 seconds")
  const url = String(JSON.parse(yield* ask(`${crop}/jobs/job-done/download`, put)).signed_url)
  yield* ask(url)
  yield* ask(url)
  yield* ask(url, { headers: { range: "bytes=150-", "if-range": '"x"' } })
  yield* ask(url, { method: "HEAD" })
  yield* ask(`${url}0`)
  yield* Effect.sleep("1 hour")
  yield* ask(url)
})

for (const transport of longTransports) {
  describe(`the capsule of a failed test, ${transport},`, () => {
    it.effect("replays to the same journal bytes in a new process, by the printed command", () =>
      Effect.gen(function* () {
        const { files, folder, text } = yield* failing(everything, { transport })
        const [file = ""] = files
        assert.include(text, `replay: npx @effect-pixxel/mock-server replay ${file}`)
        const { journal } = readCapsule(readFileSync(file, "utf8"))
        assert.isAbove(journal.length, 30)
        const replayed = spawnSync(process.execPath, [bin, "replay", file], { encoding: "utf8" })
        assert.strictEqual(replayed.stdout, journalText(journal))
        assert.strictEqual(replayed.stderr, `the same journal as the capsule's: ${journal.length} requests\n`)
        assert.strictEqual(replayed.status, 0)
        rmSync(folder, { recursive: true })
      })
    )
  })
}

describe("the capsule of a world that began with a scenario", () => {
  it.effect("contains its stories, faults, quirks, tokens and seed", () =>
    Effect.gen(function* () {
      const program = Effect.gen(function* () {
        const guest = Redacted.value((yield* MockServer).tokenOf("guest"))
        const { id } = JSON.parse(yield* create)
        for (let n = 0; n < 3; n++) yield* ask(`${crop}/jobs/${id}`)
        yield* ask(`${crop}/jobs/unknown`)
        yield* ask(`${crop}/jobs/${id}`, { headers: { authorization: guest } })
      })
      const { files, folder } = yield* failing(program, {
        scenario: {
          stories: ["instant"],
          faults: Fault.plan(Fault.on("getJobById", Fault.answer(503), { attempts: [2] })),
          quirks: { unknownIds: 403, everyStory: { jobStatus: { completed: "SUCCESS" }, set: { spec: "0123456789" } } },
          tokens: { guest: "expired" },
          seed: "of the scenario"
        }
      })
      const capsule = readCapsule(readFileSync(files[0] ?? "", "utf8"))
      rmSync(folder, { recursive: true })
      assert.deepStrictEqual(
        capsule.journal.map(({ shown, status }) => [status, shown]),
        [
          [200, "SUCCESS"],
          [200, "SUCCESS"],
          [503, undefined],
          [200, "SUCCESS"],
          [403, undefined],
          [403, undefined]
        ]
      )
      assert.strictEqual(journalText(yield* Effect.promise(() => replay(capsule))), journalText(capsule.journal))
    })
  )
})

describe("a failed test", () => {
  it.effect("prints seed, hashes, actions and journal, but no secret", () =>
    Effect.gen(function* () {
      const program = Effect.gen(function* () {
        const { faults } = yield* MockServer
        yield* faults.use(Fault.plan(Fault.on("getJobById", Fault.answer(503, { retryAfter: "7s" }))))
        yield* ask(`${crop}/jobs/job-done`)
        yield* Effect.sleep("7 seconds")
        yield* ask(`${crop}/jobs/job-done`, { headers: { authorization: "Bearer a-real-key" } })
      })
      const { files, folder, text } = yield* failing(program, { seed: "my seed" })
      const [, ...lines] = text.split("\n")
      assert.match(lines[0] ?? "", /^seed "my seed", fixtures [0-9a-f]{12}$/)
      assert.match(lines[1] ?? "", /^stories crop [0-9a-f]{12}$/)
      assert.deepStrictEqual(lines.slice(2, -1), [
        "actions of the test:",
        '  +0 s {"do":"faults","plan":{"rules":[{"on":"getJobById","do":{"answer":{"status":503,"retryAfter":"7s"}}}]}}',
        "journal, 2 requests:",
        "  #1    +0 s       getJobById wf-crop job-done: 503, rules[0] answer",
        "  #2    +7 s       getJobById wf-crop job-done: 503, rules[0] answer"
      ])
      for (const file of files) assert.notInclude(readFileSync(file, "utf8") + text, "a-real-key")
      rmSync(folder, { recursive: true })
    })
  )

  it.effect("prints and writes nothing when it is disabled, was only interrupted, or sent no request", () =>
    Effect.gen(function* () {
      const runs = yield* Effect.all([
        failing(create, { capsules: false }),
        failing(Effect.zipRight(create, Effect.interrupt)),
        failing(Effect.void)
      ])
      for (const { files, folder, text } of runs) {
        assert.deepStrictEqual([text, files], ["", []])
        rmSync(folder, { recursive: true })
      }
    })
  )
})

/** Also for root, which permissions do not bind. */
const readOnly: ReadonlyArray<readonly [what: string, make: (base: string) => string]> = [
  ["a file system that cannot be written", () => "/proc/capsules"],
  ["a folder that cannot be written", () => "/sys/kernel"]
]

/** Folders in which no capsule can be kept. */
const unusable: ReadonlyArray<readonly [what: string, make: (base: string) => string]> = [
  [
    "a file in its place",
    (base) => {
      writeFileSync(join(base, "file"), "")
      return join(base, "file")
    }
  ],
  [
    "a file in the place of its parent",
    (base) => {
      writeFileSync(join(base, "file"), "")
      return join(base, "file", "capsules")
    }
  ],
  [
    "a link that leads nowhere",
    (base) => {
      symlinkSync(join(base, "gone"), join(base, "link"))
      return join(base, "link", "capsules")
    }
  ],
  ["a name that is too long", (base) => join(base, "x".repeat(5_000))],
  ["a name that no file can have", (base) => join(base, "a\0b")],
  ...(process.platform === "linux" ? readOnly : [])
]

for (const transport of longTransports) {
  describe(`a folder of capsules that cannot be used, ${transport}:`, () => {
    /** The exit of a program, its world, and the printed text. */
    const run = <A, E>(program: Effect.Effect<A, E, MockServer>, options: MockServer.WorldOptions) =>
      Effect.gen(function* () {
        const { app } = yield* MockApp
        const said = vi.spyOn(console, "error").mockImplementation(() => {})
        let mock: MockServer.Service | undefined
        const exit = yield* Effect.tap(MockServer, (service) => {
          mock = service
        }).pipe(Effect.zipRight(program), Effect.provide(MockServer.layerWorld({ transport, ...options })), Effect.exit)
        const text = said.mock.calls.map(String).join("\n")
        said.mockRestore()
        assert(mock)
        const { fetch, world, baseUrl } = mock
        const after = yield* Effect.flip(Effect.tryPromise({ try: () => fetch(`${baseUrl}/ping`), catch: String }))
        assert.include(after, "WorldEnded")
        assert.isUndefined(app.mock.worlds.get(world))
        return { exit, text }
      }).pipe(Effect.provide(MockServer.layerApp({ fixtures })))

    it.effect.each(unusable)("%s is a line of the report, beside the program's own failure", ([, make]) =>
      Effect.gen(function* () {
        const base = mkdtempSync(join(tmpdir(), "capsules-"))
        const { exit, text } = yield* run(Effect.zipRight(create, Effect.fail("own")), { capsules: make(base) })
        rmSync(base, { recursive: true })
        assert.deepStrictEqual(exit, Exit.fail("own"))
        assert.include(text, "#1    +0 s       createJob wf-crop: 200")
        assert.match(
          text,
          /\nno replay capsule: .+\. Set `capsules` or PIXXEL_MOCK_CAPSULES to a writable folder, or `capsules: false`$/
        )
      })
    )

    it.effect("one that the environment names too", () =>
      Effect.gen(function* () {
        vi.stubEnv("PIXXEL_MOCK_CAPSULES", "/dev/null/capsules")
        const { exit, text } = yield* run(Effect.zipRight(create, Effect.fail("own")), {})
        vi.unstubAllEnvs()
        assert.deepStrictEqual(exit, Exit.fail("own"))
        assert.include(text, "no replay capsule: ")
      })
    )

    it.effect("a program that succeeded fails for its leftovers", () =>
      Effect.gen(function* () {
        const program = Effect.flatMap(MockServer, ({ enqueue }) => Effect.zipRight(create, enqueue("instant")))
        const { exit, text } = yield* run(program, { capsules: "/dev/null/capsules" })
        assert(Exit.isFailure(exit))
        assert.instanceOf(Cause.squash(exit.cause), LeftOver)
        assert.include(text, "no replay capsule: ")
      })
    )

    it.effect("a folder that was removed is made again", () =>
      Effect.gen(function* () {
        const base = mkdtempSync(join(tmpdir(), "capsules-"))
        const capsules = join(base, "deep", "er")
        const program = Effect.zipRight(create, Effect.fail("own"))
        yield* run(program, { capsules })
        rmSync(base, { recursive: true })
        const { exit, text } = yield* run(program, { capsules })
        assert.strictEqual(readdirSync(capsules).length, 1)
        rmSync(base, { recursive: true })
        assert.deepStrictEqual(exit, Exit.fail("own"))
        assert.include(text, "replay: npx")
      })
    )

    it.effect("a console that throws replaces no failure either", () =>
      Effect.gen(function* () {
        const program = Effect.gen(function* () {
          yield* create
          vi.spyOn(console, "error").mockImplementation(() => {
            throw new Error("console.error was called")
          })
          return yield* Effect.fail("own")
        })
        const { exit } = yield* run(program, {})
        assert.deepStrictEqual(exit, Exit.fail("own"))
      })
    )
  })
}

describe("pixxel-mock replay", () => {
  const capsule = Effect.map(failing(create), ({ files, folder }) => {
    const text = readFileSync(files[0] ?? "", "utf8")
    rmSync(folder, { recursive: true })
    return text
  })

  it.effect("reports the first difference of the journal, and exits with 1", () =>
    Effect.gen(function* () {
      const file = join(mkdtempSync(join(tmpdir(), "capsules-")), "changed.json")
      writeFileSync(file, (yield* capsule).replace('"status":200', '"status":201'))
      const { status, stderr } = spawnSync(process.execPath, [bin, "replay", file], {
        encoding: "utf8"
      })
      assert.strictEqual(status, 1)
      assert.match(stderr, /^the journal differs from the capsule's from request #1 on; expected:\n\{.*"status":201/)
      rmSync(file)
    })
  )

  const broken: ReadonlyArray<readonly [what: string, change: (text: string) => string, message: string]> = [
    ["no JSON", (text) => text.slice(1), "found a text that is not JSON, expected a capsule"],
    ["another file", () => '{"kind":"job"}', 'found kind "job", expected a capsule of version 2'],
    ["a later version", (text) => text.replace('"version":2', '"version":3'), "found version 3, expected"],
    [
      "an incomplete capsule",
      (text) => text.replace('"journal"', '"jornal"'),
      "the capsule is incomplete: expected seed"
    ],
    ["other fixtures", (text) => text.replace(/"sha256":"."/, '"sha256":"f"').replace("user-1", "user-2"), "the hash"]
  ]
  it.effect.each(broken)("refuses %s", ([, change, message]) =>
    Effect.gen(function* () {
      const text = change(yield* capsule)
      const error = yield* Effect.promise(() =>
        Promise.resolve()
          .then(() => replay(readCapsule(text)))
          .then(
            () => undefined,
            (error: unknown) => error
          )
      )
      assert.instanceOf(error, CapsuleError)
      assert.include(error.message, message)
    })
  )

  it("takes one existing file", () => {
    const run = (...args: ReadonlyArray<string>) =>
      spawnSync(process.execPath, [bin, "replay", ...args], { encoding: "utf8" })
    const [none, missing] = [run(), run("/nowhere.json")]
    assert.deepStrictEqual([none.status, missing.status], [2, 1])
    assert.include(none.stderr, "missing required argument 'file'")
    assert.include(missing.stderr, "no such file")
  })
})
