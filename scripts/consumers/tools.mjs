/** Runtimes, package managers and compilers, each installed from npm into a folder of its own that later runs reuse. */
import { spawnSync } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

export const workFolder = join(tmpdir(), "pixxel-consumers")

const platform = process.platform === "win32" ? "win" : process.platform
const machine = `${platform}-${process.arch}`

/** What the package of each runtime is called on this machine, and where its executable is. */
const runtimes = {
  node: (version) => ({ name: `node-${machine}`, version, path: platform === "win" ? "bin/node.exe" : "bin/node" }),
  bun: () => ({
    name: `@oven/bun-${process.platform === "win32" ? "windows" : process.platform}-${process.arch === "arm64" ? "aarch64" : "x64"}`,
    version: "latest",
    path: platform === "win" ? "bin/bun.exe" : "bin/bun"
  }),
  deno: () => ({
    name: `@deno/${process.platform}-${process.arch}${process.platform === "linux" ? "-glibc" : ""}`,
    version: "latest",
    path: platform === "win" ? "deno.exe" : "deno"
  })
}

/** The settings of npm that concern where packages come from; nothing else of the calling `npm run` gets through. */
const npmSettings = ["registry", "cafile", "proxy", "https_proxy", "noproxy"]

/** The environment for installs, without what a surrounding `npm run` puts there. */
const cleanEnvironment = () => {
  const kept = Object.entries(process.env).filter(([name]) => {
    const [, setting] = /^npm_config_(.*)$/i.exec(name) ?? []
    if (setting !== undefined) return npmSettings.includes(setting.toLowerCase())
    return !/^(npm_|INIT_CWD$|NODE_ENV$|NODE_OPTIONS$)/.test(name)
  })
  // Yarn and Bun have defaults of their own: all ask the registry that npm asks
  const registry = spawnSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).stdout.trim()
  return {
    ...Object.fromEntries(kept),
    npm_config_registry: registry,
    YARN_REGISTRY: registry,
    YARN_NPM_REGISTRY_SERVER: registry,
    BUN_CONFIG_REGISTRY: registry
  }
}

export const environment = cleanEnvironment()

/** Installs a package, and gives the folder of it and its version. */
export const installTool = (name, range) => {
  const home = join(workFolder, "tools", `${name.replace("/", "+")}@${range}`)
  const folder = join(home, "node_modules", name)
  if (!existsSync(join(folder, "package.json"))) {
    mkdirSync(home, { recursive: true })
    writeFileSync(join(home, "package.json"), JSON.stringify({ private: true }))
    const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", `${name}@${range}`]
    const { status, stderr } = spawnSync("npm", args, { cwd: home, env: environment, encoding: "utf8" })
    if (status !== 0) {
      rmSync(home, { recursive: true, force: true })
      throw new Error(`${name}@${range} cannot be installed:\n${stderr}`)
    }
  }
  return { folder, version: JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version }
}

/** The executable of `node20`, `bun` or `deno`. */
export const runtimeOf = (label) => {
  const [, kind, version] = /^(\D+)(\d*)$/.exec(label)
  const { name, path, version: range } = runtimes[kind](version)
  const { folder, version: exact } = installTool(name, range)
  const executable = join(folder, path)
  chmodSync(executable, 0o755)
  return { kind, executable, folder: dirname(executable), version: exact }
}

const managers = {
  npm: { name: "npm", range: "11", path: "bin/npm-cli.js" },
  pnpm: { name: "pnpm", range: "10", path: "bin/pnpm.cjs" },
  yarn: { name: "yarn", range: "1", path: "bin/yarn.js" },
  berry: { name: "@yarnpkg/cli-dist", range: "4", path: "bin/yarn.js" },
  pnp: { name: "@yarnpkg/cli-dist", range: "4", path: "bin/yarn.js" }
}

/** The script of a package manager, to be run by the Node of the cell. */
export const managerOf = (label) => {
  const { name, path, range } = managers[label]
  const { folder, version } = installTool(name, range)
  return { script: join(folder, path), version }
}

/** The compiler's script. */
export const compilerOf = (range) => {
  const { folder, version } = installTool("typescript", range)
  return { script: join(folder, "bin/tsc"), version }
}
