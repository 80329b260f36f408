/**
 * Every TypeScript block in the documents is a file of `docs` or `tutorial`, compiles, and runs. A program is shown
 * with its output, once per run; a module is imported by a program.
 */
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { type AddressInfo, connect, createServer as createNetServer } from "node:net"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { MockServer, type Scenario } from "@effect-pixxel/mock-server"
import { buildServer } from "@effect-pixxel/mock-server/server"
import { Deferred, Effect, Fiber, Logger, Redacted } from "effect"
import ts from "typescript"
import { afterAll, beforeAll, vi } from "vitest"
import { type Block, blocksOf, documents, read, root } from "./markdown.js"
import { inWorld, printed, settings } from "./programs.js"

// The modules that other files have loaded have the real `runMain`, and those of this file must not stay.
vi.hoisted(() => vi.resetModules())
afterAll(() => void vi.resetModules())

const main = vi.hoisted(() => ({ program: undefined as unknown }))

vi.mock("@effect/platform-node", async (load) => ({
  ...(await load<object>()),
  NodeRuntime: {
    runMain: (program: unknown) => {
      main.program = program
    }
  }
}))

/** The effect that a program passes to `runMain`. */
const programOf = async (name: string): Promise<Effect.Effect<unknown, unknown>> => {
  main.program = undefined
  await import(`../docs/${name}.ts`)
  assert(Effect.isEffect(main.program), `${name} runs nothing`)
  // `runMain` accepts only effects without requirements
  return main.program as Effect.Effect<unknown, unknown>
}

// --- snippets ---

const shown = documents.map((document) => ({ document, blocks: blocksOf(read(document)) }))
const snippets = shown.flatMap(({ blocks, document }) =>
  blocks.filter(({ language }) => language === "ts").map((block) => ({ document, block }))
)

interface Program {
  readonly name: string
  readonly document: string
  readonly scenario: string | undefined
  /** One per run. */
  readonly outputs: ReadonlyArray<string>
}

/** The blocks up to the next snippet or heading. */
const following = (blocks: ReadonlyArray<Block>, at: number): ReadonlyArray<Block> => {
  const rest = blocks.slice(at + 1)
  const end = rest.findIndex(({ language }) => language === "ts" || language === "#")
  return end === -1 ? rest : rest.slice(0, end)
}

const programs = shown.flatMap(({ blocks, document }) =>
  blocks.flatMap((block, at): ReadonlyArray<Program> => {
    const outputs = following(blocks, at).filter(({ language }) => language === "text")
    if (block.language !== "ts" || block.source === undefined || outputs.length === 0) return []
    if (!block.source.startsWith("packages/examples/docs/")) return []
    return [
      {
        name: basename(block.source, ".ts"),
        document,
        scenario: following(blocks, at).find(({ language }) => language === "json")?.code,
        outputs: outputs.map(({ code }) => code)
      }
    ]
  })
)

/** Programs that listen, with tests of their own below. */
const servers = ["fastify-main", "http-api-main"]
/** Programs with a transport of their own, run over sockets below. */
const overSockets = ["proxy", "node-http"]

describe("each snippet", () => {
  it.each(snippets)("$document:$block.line shows an unchanged file; if not: npm run readme", ({ block }) => {
    assert.match(block.source ?? "no file", /^packages\/examples\/(docs|tutorial)\/[\w-]+(\.test)?\.ts$/)
    assert.strictEqual(block.code, read(block.source ?? ""))
  })

  it.each(snippets)("$document:$block.line is run", ({ block }) => {
    const name = basename(block.source ?? "", ".ts")
    const isImported = snippets.some(({ block: { code } }) => code.includes(`from "./${name}.js"`))
    const isRun = programs.some((program) => program.name === name) || servers.includes(name)
    assert(isRun || isImported || name.endsWith(".test"), `${name} has no output beside it, and is in no other snippet`)
  })

  it("is compiled by the check: npm run types", () => {
    const { config } = ts.readConfigFile(root("tsconfig.json"), ts.sys.readFile)
    const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root(""))
    assert.isTrue(options.strict)
    for (const { block } of snippets) assert.include(fileNames, root(block.source ?? ""))
  })

  it("is used: every file appears in a document", () => {
    const files = ts.sys.readDirectory(root("packages/examples/docs"), [".ts", ".json"]).map((file) => basename(file))
    const used = shown.flatMap(({ blocks }) => blocks.flatMap(({ source }) => (source ? [basename(source)] : [])))
    assert.deepStrictEqual(
      files.filter((file) => !used.includes(file)),
      []
    )
  })
})

// --- programs ---

const folder = mkdtempSync(join(tmpdir(), "snippets-"))
const here = process.cwd()
beforeAll(() => process.chdir(folder))
afterAll(() => {
  process.chdir(here)
  rmSync(folder, { recursive: true, force: true })
})

/** Files that a program needs in its folder. */
const prepare: Readonly<Record<string, (token: string) => void>> = {
  "layer-effect": (token) => writeFileSync("token.txt", `${token}\n`)
}

/** Writes the output into the document, with `DOCS=update` in the environment. */
const update = ({ document, name }: Program, outputs: ReadonlyArray<string>) => {
  const text = read(document)
  const start = text.indexOf(`<!-- packages/examples/docs/${name}.ts -->`)
  let run = 0
  const after = text.slice(start).replaceAll(/^```text\n[\s\S]*?^```$/gm, (block) => {
    const output = outputs[run++]
    return output === undefined ? block : `\`\`\`text\n${output}\`\`\``
  })
  writeFileSync(root(document), text.slice(0, start) + after)
}

/** Runs each program once, for all documents that show it. */
const names = [...new Set(programs.map(({ name }) => name))]

/** Compares the output of a program with each document that shows it. */
const check = (name: string, outputs: ReadonlyArray<string>) => {
  for (const program of programs.filter((it) => it.name === name)) {
    if (process.env["DOCS"] === "update") update(program, outputs)
    else assert.deepStrictEqual(outputs, program.outputs, program.document)
  }
}

const first = (name: string): Program => {
  const [program] = programs.filter((it) => it.name === name)
  assert(program !== undefined)
  return program
}

describe("a program prints the shown output", () => {
  it.effect.each(names.filter((name) => !overSockets.includes(name)))("%s", (name) => {
    const { outputs, scenario } = first(name)
    // the creation of the world checks the shape
    const beginning = scenario === undefined ? undefined : (JSON.parse(scenario) as Scenario)
    return Effect.gen(function* () {
      process.chdir(mkdtempSync(join(folder, "run-")))
      const { token } = yield* MockServer
      prepare[name]?.(Redacted.value(token))
      const program = yield* Effect.promise(() => programOf(name))
      check(name, yield* Effect.forEach(outputs, () => inWorld(program)))
    }).pipe(Effect.provide(MockServer.layer({ scenario: beginning, capsules: false })))
  })
})

describe("a program over sockets prints the shown output", () => {
  const mock = buildServer()
  const proxy = createServer()
  const connects: Array<string> = []
  let baseUrl = ""
  beforeAll(async () => {
    baseUrl = await mock.listen({ port: 0, host: "127.0.0.1" })
    proxy.on("connect", ({ url = "" }, client) => {
      connects.push(url)
      const [host, port] = url.split(":")
      const upstream = connect(Number(port), host, () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n")
        client.pipe(upstream)
        upstream.pipe(client)
      })
      for (const socket of [client, upstream]) socket.on("error", () => upstream.destroy())
    })
    proxy.listen(0, "127.0.0.1")
    await once(proxy, "listening")
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    proxy.closeAllConnections()
    proxy.close()
    await mock.close()
  })
  const portOf = (server: { readonly address: () => unknown }) => (server.address() as AddressInfo).port

  it.each(overSockets)("%s", async (name) => {
    for (const variable of ["HTTP_PROXY", "http_proxy"]) vi.stubEnv(variable, `http://127.0.0.1:${portOf(proxy)}`)
    for (const variable of ["NO_PROXY", "no_proxy"]) vi.stubEnv(variable, "")
    const program = await programOf(name)
    const output = await Effect.runPromise(
      Effect.withConfigProvider(printed(program), settings(baseUrl, "mock_docs_owner"))
    )
    check(name, [output])
    if (name === "proxy") assert.deepStrictEqual(connects, [new URL(baseUrl).host])
  })

  it("fastify-main answers", async () => {
    vi.stubEnv("PIXXEL_BASE_URL", baseUrl)
    vi.stubEnv("PIXXEL_API_KEY", "mock_fastify_owner")
    vi.stubEnv("PORT", "0")
    const { app } = await import("../docs/fastify-main.js")
    const response = await fetch(`http://localhost:${portOf(app.server)}/surveys`, { method: "POST" })
    assert.strictEqual(response.status, 202)
    assert.match(await response.text(), /^\{"job":"[0-9a-f-]{36}"\}$/)
    await app.close()
  })

  it("http-api-main answers", async () => {
    const free = createNetServer().listen(0)
    await once(free, "listening")
    const port = portOf(free)
    await new Promise((resolve) => free.close(resolve))
    vi.stubEnv("PIXXEL_BASE_URL", baseUrl)
    vi.stubEnv("PIXXEL_API_KEY", "mock_http-api_owner")
    vi.stubEnv("PORT", String(port))
    const effect = await programOf("http-api-main")
    const listening = Effect.runSync(Deferred.make<void>())
    const logger = Logger.make(({ message }) => {
      if (String(message).includes(`:${port}`)) Deferred.unsafeDone(listening, Effect.void)
    })
    const server = Effect.runFork(Effect.provide(effect, Logger.replace(Logger.defaultLogger, logger)))
    await Effect.runPromise(Effect.raceFirst(Deferred.await(listening), Fiber.join(server)))
    const response = await fetch(`http://localhost:${port}/surveys`)
    assert.deepStrictEqual(
      ((await response.json()) as ReadonlyArray<{ readonly id: string }>).map(({ id }) => id),
      ["job-crop-done", "job-crop-running"]
    )
    await Effect.runPromise(Fiber.interrupt(server))
  })
})

describe("the files of the snippets", () => {
  it("are decoded as shown by the documents", () => {
    for (const { blocks } of shown) {
      for (const { code, language, source } of blocks) {
        if (source !== undefined && language !== "ts") assert.strictEqual(code, readFileSync(root(source), "utf8"))
      }
    }
  })
})
