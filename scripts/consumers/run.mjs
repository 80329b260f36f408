/**
 * Installs the packed packages like their users, in empty folders, and compiles and runs a program with them.
 *
 *     npm run consumers                        # each axis completely, against the defaults of the others
 *     npm run consumers -- node=20 pm=yarn     # these cells only, see axes.mjs
 *
 * Prints a table, and exits with 1 after an unexpected result. The logs stay in the temporary folder.
 */
import { cpSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { cellsOf } from "./axes.mjs"
import { installFor, installName, run } from "./install.mjs"
import { effectSet, packAll } from "./packages.mjs"
import { compilerOf, managerOf, runtimeOf, workFolder } from "./tools.mjs"

/** The expected failures and their reasons. A success is unexpected too: remove its row then. */
const expectedFailures = ["inProcess", "broken"].map((column) => ({
  cell: { runtime: "deno" },
  column,
  reason: "Deno does not report the end of a connection: worlds use sockets, and a cut connection hangs"
}))

/** The parts of the program, each a column of the table. */
const parts = ["inProcess", "socket", "broken", "standAlone"]
const columns = ["install", "types", ...parts, "bins"]

const bins = { pixxel: "@effect-pixxel/cli/dist/bin.cjs", "pixxel-mock": "@effect-pixxel/mock-server/dist/bin.js" }
const commandLines = [
  ["pixxel", "workflows", "list", "--mock", "--json"],
  ["pixxel", "jobs", "run", "wf-crop-classification", "project-monsoon-2024", "--mock", "--yes", "--out", "results"],
  ["pixxel-mock", "check"]
]

/** The commands that run a script and a bin with a runtime, in the tree of the package manager. */
const commandsOf = ({ pm, runtime }, { manager, node }) => {
  if (pm === "pnp") {
    const yarn = (...args) => [node.executable, [manager.script, ...args]]
    return { script: (path, args) => yarn("node", path, ...args), bin: (name, args) => yarn("run", name, ...args) }
  }
  const { executable, kind } = runtimeOf(runtime)
  const flags = { node: [], bun: ["--bun"], deno: ["run", "--allow-all", "--node-modules-dir=manual"] }[kind]
  const script = (path, args) => [executable, [...flags, path, ...args]]
  return {
    script,
    // on Node with the file that the package manager put on the path
    bin: (name, args) =>
      kind === "node" ? [join("node_modules/.bin", name), args] : script(join("node_modules", bins[name]), args)
  }
}

const modules = { nodenext: "NodeNext", node16: "Node16", bundler: "ESNext" }

const compile = ({ resolution, typescript }, { cwd, log }) => {
  const module = modules[resolution]
  const moduleResolution = resolution === "bundler" ? "Bundler" : module
  const args = ["-p", ".", "--module", module, "--moduleResolution", moduleResolution]
  return run([process.execPath, [compilerOf(typescript).script, ...args]], { cwd, log, timeout: 300_000 })
}

/** Provides the JavaScript of the program if a cell does not compile it. */
const copyProgram = (cell, cwd, tarballs) => {
  const plain = { ...cell, runtime: "node20", pm: "npm", typescript: "5.9", resolution: "nodenext" }
  const source = installFor(plain, tarballs)
  compile(plain, source)
  if (source.cwd !== cwd) cpSync(join(source.cwd, "out"), join(cwd, "out"), { recursive: true })
}

const ran = new Set()

/** Whether each column succeeded; inapplicable columns are missing. */
const resultsOf = (cell, tarballs) => {
  const install = installFor(cell, tarballs)
  if (!install.ok) return { install: false }
  const { cwd, log, node } = install
  // without node_modules a compiler needs a patch by Yarn
  const types = cell.pm === "pnp" ? undefined : compile(cell, install)
  const results = { install: true, types }
  // the compiler does not affect the run
  if (ran.has(installName(cell))) return results
  ran.add(installName(cell))
  if (types !== true) copyProgram(cell, cwd, tarballs)
  const { bin, script } = commandsOf(cell, install)
  const options = { cwd, log, path: [node.folder] }
  for (const part of parts) results[part] = run(script("out/program.js", [part]), options)
  results.bins = commandLines.every(([name, ...args]) => run(bin(name, args), options))
  return results
}

const failureOf = (cell, column) =>
  expectedFailures.find(
    (it) => it.column === column && Object.entries(it.cell).every(([axis, value]) => cell[axis] === value)
  )

const wordOf = (cell, column, result) => {
  if (result === undefined) return "-"
  if (result) return "ok"
  return failureOf(cell, column) === undefined ? "FAILED" : "fails (known)"
}
const rowOf = (cell, results) => [
  `${cell.runtime.replace(/\d+$/, "")} ${runtimeOf(cell.runtime).version}`,
  `${cell.pm} ${managerOf(cell.pm).version}`,
  compilerOf(cell.typescript).version,
  cell.resolution,
  effectSet(cell.effect).effect,
  ...columns.map((column) => wordOf(cell, column, results[column]))
]

const printTable = (rows) => {
  const head = ["runtime", "package manager", "typescript", "resolution", "effect", ...columns]
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at].length)))
  const line = (row) => `| ${row.map((text, at) => text.padEnd(widths[at])).join(" | ")} |`
  console.log(`\n${[head, widths.map((width) => "-".repeat(width)), ...rows].map(line).join("\n")}\n`)
}

const cells = cellsOf(process.argv.slice(2))
mkdirSync(join(workFolder, "cells"), { recursive: true })
const tarballs = packAll()
const rows = []
const unexpected = []
for (const cell of cells) {
  const results = resultsOf(cell, tarballs)
  const row = rowOf(cell, results)
  rows.push(row)
  console.log(row.join("  "))
  for (const column of columns) {
    const failure = failureOf(cell, column)
    if (failure !== undefined) console.log(`  ${column} is expected to fail: ${failure.reason}`)
    const isExpected = results[column] === undefined || results[column] === (failure === undefined)
    if (!isExpected) unexpected.push(`${Object.values(cell).join(" ")}: ${column}`)
  }
}
printTable(rows)
if (unexpected.length > 0) console.error(`unexpected:\n${unexpected.join("\n")}\nlogs: ${join(workFolder, "cells")}`)
process.exitCode = unexpected.length > 0 ? 1 : 0
