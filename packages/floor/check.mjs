/**
 * Compiles and runs a consumer's program against the packed packages, on the oldest peers that they declare. This
 * package installs those: its dependencies and the declared ranges must agree.
 */
import { execFileSync } from "node:child_process"
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const here = fileURLToPath(new URL(".", import.meta.url))
const root = join(here, "../..")
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"))

const { devDependencies: floor } = readJson(join(here, "package.json"))
/** The first major version of each peer that is not supported. */
const ceilings = { effect: "4", "@effect/platform": "1" }

const folders = ["packages/client", "packages/client-node", "mock-server"]
for (const folder of folders) {
  const { name, peerDependencies } = readJson(join(root, folder, "package.json"))
  for (const [peer, ceiling] of Object.entries(ceilings)) {
    const declared = peerDependencies[peer]
    const expected = `>=${floor[peer]} <${ceiling}`
    if (declared !== undefined && declared !== expected) {
      throw new Error(`${name} declares ${peer} ${declared}, but ${expected} is what this check runs on`)
    }
  }
}

// inside of this folder, so that the packages find the old peers before those of the workspace
const project = join(here, "dist")
rmSync(project, { recursive: true, force: true })
mkdirSync(project)
const packed = JSON.parse(
  execFileSync("npm", ["pack", "--json", "--dry-run", ...folders.flatMap((folder) => ["--workspace", folder])], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"]
  })
)
for (const folder of folders) {
  const { name } = readJson(join(root, folder, "package.json"))
  const entry = Array.isArray(packed) ? packed.find((it) => it.name === name) : packed[name]
  for (const { path } of entry.files) {
    cpSync(join(root, folder, path), join(project, "node_modules", name, path), { recursive: true })
  }
}
cpSync(join(root, "scripts/consumers/project"), project, { recursive: true })

const run = (...args) => execFileSync(process.execPath, args, { cwd: project, stdio: "inherit" })
run(createRequire(import.meta.url).resolve("typescript/bin/tsc"), "-p", project)
run(join(project, "out/program.js"))
console.log(
  `on ${Object.keys(ceilings)
    .map((peer) => `${peer}@${floor[peer]}`)
    .join(" and ")}`
)
