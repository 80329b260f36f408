/** Installs what a consumer needs into an empty folder, by a package manager that is strict about engines and peers. */
import { spawnSync } from "node:child_process"
import { cpSync, rmSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"
import { effectSet } from "./packages.mjs"
import { environment, managerOf, runtimeOf, workFolder } from "./tools.mjs"

const project = fileURLToPath(new URL("project", import.meta.url))

const berry = (linker) => ({
  args: ["install"],
  files: {
    ".yarnrc.yml": `nodeLinker: ${linker}\nenableTelemetry: false\nenableImmutableInstalls: false\n`,
    // makes the folder a project of its own
    "yarn.lock": ""
  },
  manifest: (tarballs) => ({ resolutions: tarballs })
})

/** How each manager installs. All but npm look in the registry for what one tarball wants of another, unless told. */
const managers = {
  npm: {
    args: ["install", "--ignore-scripts", "--no-audit", "--no-fund"],
    files: { ".npmrc": "engine-strict=true\nstrict-peer-deps=true\n" },
    manifest: () => ({})
  },
  pnpm: {
    args: ["install", "--ignore-scripts"],
    files: { ".npmrc": "engine-strict=true\nstrict-peer-dependencies=true\n" },
    manifest: (tarballs) => ({ pnpm: { overrides: tarballs } })
  },
  // strict about engines by itself
  yarn: {
    args: ["install", "--ignore-scripts", "--non-interactive"],
    files: {},
    manifest: (tarballs) => ({ resolutions: tarballs })
  },
  berry: berry("node-modules"),
  pnp: berry("pnp")
}

/** Runs a command, and adds what it printed to a log. */
export const run = ([command, args], { cwd, log, path = [], timeout = 120_000 }) => {
  const env = { ...environment, PATH: [...path, process.env.PATH].join(delimiter) }
  const { error, signal, status, stderr, stdout } = spawnSync(command, args, { cwd, env, encoding: "utf8", timeout })
  const printed = [`$ ${[command, ...args].join(" ")}`, stdout, stderr, error?.message, signal]
  writeFileSync(log, `${printed.filter(Boolean).join("\n")}\n`, { flag: "a" })
  return status === 0
}

/** Cells that differ in their compiler alone share an install. */
export const installName = ({ effect, pm, runtime }) => [runtime, pm, effect].join("-")

const installed = new Map()

/** The folder of a cell, with all that it needs. */
export const installFor = (cell, tarballs) => {
  const name = installName(cell)
  const known = installed.get(name)
  if (known !== undefined) return known
  const cwd = join(workFolder, "cells", name)
  const log = `${cwd}.log`
  rmSync(cwd, { recursive: true, force: true })
  rmSync(log, { force: true })
  cpSync(project, cwd, { recursive: true })
  const { args, files, manifest } = managers[cell.pm]
  const dependencies = { ...tarballs, ...effectSet(cell.effect), "@types/node": "^20.19.0" }
  const content = { name: "consumer", private: true, type: "module", dependencies, ...manifest(tarballs) }
  writeFileSync(join(cwd, "package.json"), JSON.stringify(content, null, 2))
  for (const [file, text] of Object.entries(files)) writeFileSync(join(cwd, file), text)
  // a package manager runs on the Node of its cell; for Bun and Deno on the oldest one
  const node = runtimeOf(cell.runtime.startsWith("node") ? cell.runtime : "node20")
  const manager = managerOf(cell.pm)
  const ok = run([node.executable, [manager.script, ...args]], { cwd, log, path: [node.folder], timeout: 400_000 })
  const install = { cwd, log, node, manager, ok }
  installed.set(name, install)
  return install
}
