/** Checks the documents: their links, their commands, and their length. */
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { dirname, join, normalize, relative } from "node:path"
import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import * as CommandDescriptor from "@effect/cli/CommandDescriptor"
import { NodeContext } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { anchorOf } from "../../../mock-server/test/markdown.js"
import manifest from "../../../package.json" with { type: "json" }
import { targetsOf } from "../../../scripts/links.mjs"
import { bundled } from "../../../vitest.program.js"
import * as CommandLine from "../../cli/src/CommandLine.js"
import { isAlone, paths } from "../../cli/src/commands/command.js"
import { load } from "../../cli/src/commands/index.js"
import { blocksOf, documents, read, root } from "./markdown.js"
import { commandsOf } from "./shell.js"

// --- length ---

describe("the front pages", () => {
  it.each([
    ["README.md", 2_000],
    ["mock-server/README.md", 1_200]
  ] as const)("%s has less than %i words", (document, most) => {
    assert.isBelow(read(document).split(/\s+/).length, most)
  })
})

// --- links ---

const repository = "https://github.com/effect-pixxel/effect-pixxel"
const raw = "https://raw.githubusercontent.com/effect-pixxel/effect-pixxel/main/"
const elsewhere = ["https://effect.website", "https://www.pixxel.space"]

interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly files?: ReadonlyArray<string>
  readonly repository?: { readonly url: string; readonly directory: string }
}

/** The published packages, by folder. */
const packages = new Map(
  ["mock-server", ...readdirSync(root("packages")).map((name) => `packages/${name}`)]
    .map((folder): readonly [string, Manifest] => [folder, JSON.parse(read(`${folder}/package.json`))])
    .filter(([, { private: isPrivate }]) => isPrivate !== true)
)
const names = [...packages.values()].map(({ name }) => name)

const anchorsOf = (path: string): ReadonlyArray<string> =>
  blocksOf(read(path)).flatMap(({ code, language }) => (language === "#" ? [anchorOf(code)] : []))

const links = documents.flatMap((document) => targetsOf(read(document)).map((target) => ({ document, target })))

/** The file of this repository behind a link, and its anchor. */
const targetOf = (document: string, target: string): readonly [path: string, anchor: string | undefined] => {
  const [path = "", anchor] = target.split("#")
  if (path === repository) return ["README.md", anchor === "readme" ? undefined : anchor]
  const [, inRepository] = new RegExp(`^(?:${repository}/(?:blob|tree)/main/|${raw})(.*)$`).exec(path) ?? []
  if (inRepository !== undefined) return [inRepository, anchor]
  return [path === "" ? document : normalize(join(dirname(document), path)), anchor]
}

const isOutside = (target: string) =>
  /^https?:/.test(target) && !target.startsWith(repository) && !target.startsWith(raw)

describe("a link", () => {
  it.each(links.filter(({ target }) => isOutside(target)))("$target leads to a known site", ({ target }) => {
    const [, name] = /^https:\/\/www\.npmjs\.com\/package\/(.*)$/.exec(target) ?? []
    assert.include(name === undefined ? elsewhere : names, name ?? target)
  })

  it.each(links.filter(({ target }) => !isOutside(target)))("$target of $document exists", ({ document, target }) => {
    const [path, anchor] = targetOf(document, target)
    assert.isTrue(existsSync(root(path)), path)
    if (anchor !== undefined) assert.include(anchorsOf(path), anchor)
  })

  it.each(links)("$target of $document works on npm", ({ document, target }) => {
    const [folder, published] = [...packages].find(([folder]) => document.startsWith(`${folder}/`)) ?? []
    if (folder === undefined || published === undefined || /^(https:|#)/.test(target)) return
    const path = relative(folder, targetOf(document, target)[0])
    assert(
      published.files?.some((file) => path === file || path.startsWith(`${file}/`)),
      `${path} is not published`
    )
  })

  it("leads to the repository named by the packages", () => {
    for (const [folder, { repository: named }] of packages) {
      assert.deepInclude(named, { url: `git+${repository}.git`, directory: folder })
    }
  })
})

// --- commands ---

const shell = documents.flatMap((document) =>
  blocksOf(read(document)).flatMap(({ code, language }) =>
    language === "sh" ? commandsOf(code).map((command) => ({ document, line: command.join(" "), command })) : []
  )
)

const scripts: Readonly<Record<string, string>> = manifest.scripts
const tested: Readonly<Record<string, string>> = manifest.devDependencies

/** Foreign commands; `admin` and `api` are functions of their block. */
const common = ["curl", "cd", "mkdir", "export", "admin()", "admin", "api()", "api", "}", "echo"]

const [first, ...others] = await load()
assert(first !== undefined)
const pixxel = Command.make("pixxel", {}).pipe(Command.withSubcommands([first, ...others])).descriptor

/** Parses a command line of `pixxel` like the command itself. */
const parse = (argv: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const line = CommandLine.read(argv)
    if (line._tag === "Help" || line._tag === "Version") return
    if (line._tag === "Mistake") return assert.fail(line.message)
    if (line.command === "") return // --completions
    const directive = yield* CommandDescriptor.parse(
      pixxel,
      ["pixxel", ...line.argv],
      CliConfig.make({ isCaseSensitive: true })
    )
    assert.strictEqual(directive._tag, "UserDefined")
    if (directive._tag === "UserDefined") assert.deepStrictEqual(directive.leftover, [])
  }).pipe(Effect.provide(NodeContext.layer))

const mock = bundled(new URL("../../../mock-server/src/bin.ts", import.meta.url))
const mockArguments: Array<ReadonlyArray<string>> = []

const checkInstall = (words: ReadonlyArray<string>) => {
  for (const word of words.filter((word) => !word.startsWith("-"))) {
    const [, name = word, version] = /^(@?[^@]+)(?:@(.+))?$/.exec(word) ?? []
    if (names.includes(name)) assert.isUndefined(version, word)
    else assert.strictEqual(version, tested[name], `${name} has the tested version`)
  }
}

const check = ([command = "", ...args]: ReadonlyArray<string>): Effect.Effect<void, unknown> => {
  if (command === "pixxel") return parse(args)
  if (command === "npx") {
    const [name = "", ...rest] = args
    if (name === "@effect-pixxel/cli") return parse(rest)
    if (name === "@effect-pixxel/mock-server") mockArguments.push(rest)
    else assert.property(tested, name, `npx ${name} runs a package of this project`)
    return Effect.void
  }
  if (command === "npm") {
    const [verb = "", name = "", ...rest] = args
    if (verb === "install") checkInstall(args.slice(1))
    else if (verb === "run" || verb === "test") assert.property(scripts, verb === "test" ? "test" : name)
    else assert.include(["ci", "init", "pkg"], verb)
    if (verb === "run" && name === "pixxel") return parse(rest.slice(1))
    return Effect.void
  }
  assert.include(common, command)
  return Effect.void
}

describe("a command of a shell block", () => {
  it.effect.each(shell)("$line", ({ command }) => check(command))

  it("of the mock server has only known options", () => {
    assert.isNotEmpty(mockArguments)
    const isSub = ([first]: ReadonlyArray<string>) => first === "check" || first === "replay"
    const options = mockArguments.filter((args) => !isSub(args)).flat()
    for (const args of [options, ["check"], ["replay"]]) {
      const { status, stderr } = spawnSync(process.execPath, [mock, ...args, "--help"], { encoding: "utf8" })
      assert.strictEqual(status, 0, stderr)
    }
  })
})

const assertCommand = (words: ReadonlyArray<string>) => assert.include(paths(), words.join(" "))

describe("a command in the text", () => {
  const inline = documents.flatMap((document) =>
    [...read(document).matchAll(/`((?:npm run|pixxel|npx) [^`]+)`/g)].map(([, line = ""]) => ({ document, line }))
  )
  // an ellipsis replaces omitted parts
  const whole = inline.filter(({ line }) => !line.includes("…"))
  it.effect.each(whole)("$line of $document", ({ line }) => {
    const [command = []] = commandsOf(line)
    const [program, ...words] = command
    // a single name means a command with its ids
    const isName = words.length === 2 || isAlone(words.join(" "))
    if (program === "pixxel" && isName) return Effect.succeed(assertCommand(words))
    return check(command)
  })
})

describe("files", () => {
  it("of snippets end with a line break", () => {
    for (const { source } of documents.flatMap((document) => blocksOf(read(document)))) {
      if (source === undefined) continue
      assert.isTrue(statSync(root(source)).isFile())
      assert.match(readFileSync(root(source), "utf8"), /\n$/)
    }
  })
})
