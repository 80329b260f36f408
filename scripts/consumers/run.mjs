/**
 * Installs the packed packages as their users do, in empty folders, and compiles and runs a program with them:
 *
 *     npm run consumers                        each axis whole, against the defaults of the others
 *     npm run consumers -- node=20 pm=yarn     these cells only; see axes.mjs
 *
 * Prints a table, and exits with 1 when a result is not the expected one. The logs stay in the folder for temporary
 * files.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"
import { cellsOf } from "./axes.mjs"
import { cleanEnvironment, compilerOf, managerOf, runtimeOf, workFolder } from "./tools.mjs"

const root = fileURLToPath(new URL("../..", import.meta.url))
const project = fileURLToPath(new URL("project", import.meta.url))
const environment = cleanEnvironment()
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"))

/** What is known not to work, and why; any other failure is unexpected, and so is a success of these. */
const expectedFailures = []

const folders = ["packages/client", "packages/client-node", "packages/cli", "mock-server"]

/** Builds and packs the packages. A name holds a hash of the content, so that no package manager's cache is stale. */
const packAll = () => {
  const folder = join(workFolder, "tarballs")
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  execFileSync("npm", ["run", "build"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] })
  const workspaces = folders.flatMap((it) => ["--workspace", it])
  execFileSync("npm", ["pack", "--silent", "--pack-destination", folder, ...workspaces], { cwd: root, stdio: "ignore" })
  return Object.fromEntries(
    readdirSync(folder).map((file) => {
      const hash = createHash("sha256")
        .update(readFileSync(join(folder, file)))
        .digest("hex")
        .slice(0, 12)
      const named = join(folder, file.replace(/\.tgz$/, `-${hash}.tgz`))
      renameSync(join(folder, file), named)
      return [file.replace(/^effect-pixxel-(.*)-\d+\.\d+\.\d+.*$/, "@effect-pixxel/$1"), `file:${named}`]
    })
  )
}

/** The versions of Effect's packages that belong together, without which the peers of one of them are missing. */
const effectSet = (label) => {
  if (label === "floor") return readJson(join(root, "packages/floor/package.json")).devDependencies
  const { devDependencies } = readJson(join(root, "package.json"))
  const lock = readJson(join(root, "package-lock.json")).packages
  const names = ["cluster", "rpc", "sql", "workflow", "experimental"].map((name) => `@effect/${name}`)
  const direct = ["effect", "@effect/platform", "@effect/platform-node"].map((name) => [name, devDependencies[name]])
  const peers = names.flatMap((name) => {
    const { version } = lock[`node_modules/${name}`] ?? {}
    return version === undefined ? [] : [[name, version]]
  })
  return Object.fromEntries([...direct, ...peers])
}

/** Writes what a manager needs to be strict about engines and peers. */
const settings = {
  npm: { ".npmrc": "engine-strict=true\nstrict-peer-deps=true\n" },
  pnpm: { ".npmrc": "engine-strict=true\nstrict-peer-dependencies=true\n" },
  yarn: {},
  berry: { ".yarnrc.yml": "nodeLinker: node-modules\nenableTelemetry: false\nenableImmutableInstalls: false\n" },
  pnp: { ".yarnrc.yml": "nodeLinker: pnp\nenableTelemetry: false\nenableImmutableInstalls: false\n" }
}
const installArguments = {
  npm: ["install", "--ignore-scripts", "--no-audit", "--no-fund"],
  pnpm: ["install", "--ignore-scripts"],
  yarn: ["install", "--ignore-scripts", "--non-interactive"],
  berry: ["install"],
  pnp: ["install"]
}

const run = (command, args, { cwd, log, path = [], timeout = 120_000 }) => {
  const env = { ...environment, PATH: [...path, process.env.PATH].join(delimiter) }
  const { error, signal, status, stderr, stdout } = spawnSync(command, args, { cwd, env, encoding: "utf8", timeout })
  const said = [`$ ${[command, ...args].join(" ")}`, stdout, stderr, error?.message, signal].filter(Boolean).join("\n")
  writeFileSync(log, `${said}\n`, { flag: "a" })
  return { ok: status === 0, stdout: stdout ?? "", said }
}

/** A folder with all that a cell needs installed. Cells that differ in their compiler share it. */
const installs = new Map()
const installFor = ({ effect, pm, runtime }, tarballs) => {
  const key = [runtime, pm, effect].join("-")
  const known = installs.get(key)
  if (known !== undefined) return known
  const cwd = join(workFolder, "cells", key)
  const log = join(workFolder, "cells", `${key}.log`)
  rmSync(cwd, { recursive: true, force: true })
  rmSync(log, { force: true })
  cpSync(project, cwd, { recursive: true })
  const manifest = {
    name: "consumer",
    private: true,
    type: "module",
    dependencies: { ...tarballs, ...effectSet(effect), "@types/node": "^20.19.0" },
    // pnpm and Yarn look for another package of this name, at the versions of the workspace
    ...(pm === "pnpm" && { pnpm: { overrides: tarballs } }),
    ...(pm.startsWith("yarn") || pm === "berry" || pm === "pnp" ? { resolutions: tarballs } : {})
  }
  writeFileSync(join(cwd, "package.json"), JSON.stringify(manifest, null, 2))
  for (const [name, text] of Object.entries(settings[pm])) writeFileSync(join(cwd, name), text)
  // an empty lockfile makes this folder a project of its own
  if (pm === "berry" || pm === "pnp") writeFileSync(join(cwd, "yarn.lock"), "")
  // a package manager runs on the Node of its cell; for Bun and Deno on the oldest one
  const node = runtimeOf(runtime.startsWith("node") ? runtime : "node20")
  const manager = managerOf(pm)
  const { ok, said } = run(node.executable, [manager.script, ...installArguments[pm]], {
    cwd,
    log,
    path: [node.folder],
    timeout: 400_000
  })
  const install = { cwd, log, node, manager, ok, said }
  installs.set(key, install)
  return install
}

const program = ["inProcess", "socket", "standAlone"]
const jobOfCommand = [
  ["workflows", "list", "--mock", "--json"],
  ["jobs", "run", "wf-crop-classification", "project-monsoon-2024", "--mock", "--yes", "--quiet", "--out", "results"]
]

/** How a runtime runs a script, with the tree that the package manager made. */
const commandsOf = ({ pm, runtime }, { manager, node }) => {
  if (pm === "pnp") {
    const yarn = (...args) => [node.executable, [manager.script, ...args]]
    return { script: (path, args) => yarn("node", path, ...args), bin: (name, args) => yarn("run", name, ...args) }
  }
  const { executable, kind } = runtimeOf(runtime)
  const before = { node: [], bun: ["--bun"], deno: ["run", "--allow-all", "--node-modules-dir=manual"] }[kind]
  const files = { pixxel: "@effect-pixxel/cli/dist/bin.cjs", "pixxel-mock": "@effect-pixxel/mock-server/dist/bin.js" }
  return {
    script: (path, args) => [executable, [...before, path, ...args]],
    // on Node by the file that the package manager put on the path
    bin: (name, args) =>
      kind === "node"
        ? [join("node_modules/.bin", name), args]
        : [executable, [...before, join("node_modules", files[name]), ...args]]
  }
}

const typesOf = ({ pm, resolution, typescript }, { cwd, log }) => {
  if (pm === "pnp") return undefined
  const module = { nodenext: "NodeNext", node16: "Node16", bundler: "ESNext" }[resolution]
  const resolutionName = resolution === "bundler" ? "Bundler" : module
  const { script } = compilerOf(typescript)
  const args = [script, "-p", ".", "--module", module, "--moduleResolution", resolutionName]
  return run(process.execPath, args, { cwd, log, timeout: 300_000 }).ok
}

/** The JavaScript of the program, which is the same for every install. */
const compiledProgram = (cwd, tarballs) => {
  const source = installFor({ runtime: "node20", pm: "npm", effect: "newest" }, tarballs)
  run(process.execPath, [compilerOf("5.9").script, "-p", "."], { cwd: source.cwd, log: source.log, timeout: 300_000 })
  cpSync(join(source.cwd, "out"), join(cwd, "out"), { recursive: true })
}

/** The results of a cell: one for each column. */
const resultsOf = (cell, tarballs, ran) => {
  const install = installFor(cell, tarballs)
  if (!install.ok) return { install: false }
  const results = { install: true, types: typesOf(cell, install) }
  const key = [cell.runtime, cell.pm, cell.effect].join("-")
  // the compiler makes no difference to what runs
  if (ran.has(key)) return results
  ran.add(key)
  const { cwd, log, node } = install
  if (results.types !== true) compiledProgram(cwd, tarballs)
  const commands = commandsOf(cell, install)
  const options = { cwd, log, path: [node.folder] }
  for (const part of program) results[part] = run(...commands.script("out/program.js", [part]), options).ok
  const cli = jobOfCommand.map((args) => run(...commands.bin("pixxel", args), options).ok)
  const mock = run(...commands.bin("pixxel-mock", ["--version"]), options)
  results.bins = cli.every((it) => it) && mock.ok
  return results
}

const columns = ["install", "types", ...program, "bins"]
const isExpected = (cell, column, result) => {
  const failure = expectedFailures.find(
    (it) => it.column === column && Object.entries(it.cell).every(([axis, value]) => cell[axis] === value)
  )
  return result === undefined || result === (failure === undefined)
}

const cells = cellsOf(process.argv.slice(2))
mkdirSync(join(workFolder, "cells"), { recursive: true })
const tarballs = packAll()
const ran = new Set()
const rows = []
const unexpected = []
for (const cell of cells) {
  const results = resultsOf(cell, tarballs, ran)
  for (const column of columns) {
    if (!isExpected(cell, column, results[column])) unexpected.push(`${Object.values(cell).join(" ")}: ${column}`)
  }
  const versions = [runtimeOf(cell.runtime).version, managerOf(cell.pm).version, compilerOf(cell.typescript).version]
  const words = { true: "ok", false: "FAILED", undefined: "-" }
  const names = [
    `${cell.runtime.replace(/\d+$/, "")} ${versions[0]}`,
    `${cell.pm} ${versions[1]}`,
    versions[2],
    cell.resolution
  ]
  const row = [...names, effectSet(cell.effect).effect, ...columns.map((column) => words[results[column]])]
  rows.push(row)
  console.log(row.join("  "))
}

const head = ["runtime", "package manager", "typescript", "resolution", "effect", ...columns]
const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at].length)))
const line = (row) => `| ${row.map((text, at) => text.padEnd(widths[at])).join(" | ")} |`
console.log(`\n${[head, widths.map((width) => "-".repeat(width)), ...rows].map(line).join("\n")}\n`)
for (const { cell, column, reason } of expectedFailures)
  console.log(`expected: ${Object.values(cell).join(" ")}: ${column}: ${reason}`)
if (unexpected.length > 0) console.error(`unexpected:\n${unexpected.join("\n")}\nlogs: ${join(workFolder, "cells")}`)
process.exitCode = unexpected.length > 0 ? 1 : 0
