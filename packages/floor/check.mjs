/**
 * Compiles and runs a consumer's program against the packed packages, on the oldest declared peers. This package
 * installs those peers: its dependencies and the declared ranges must agree.
 */
import { execFileSync } from "node:child_process"
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { packedFiles, published } from "../../scripts/published.mjs"

const here = fileURLToPath(new URL(".", import.meta.url))
const root = join(here, "../..")
const { devDependencies: floor } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"))
/** The first major version of each peer that is not supported. */
const ceilings = { effect: "4", "@effect/platform": "1" }

const libraries = published.filter(({ manifest }) => manifest.peerDependencies !== undefined)
for (const { manifest } of libraries) {
  const { name, peerDependencies } = manifest
  for (const [peer, ceiling] of Object.entries(ceilings)) {
    const declared = peerDependencies[peer]
    const expected = `>=${floor[peer]} <${ceiling}`
    if (declared !== undefined && declared !== expected) {
      throw new Error(`${name} declares ${peer} ${declared}, but this check runs on ${expected}`)
    }
  }
}

// within this folder, so that the packages find the old peers before those of the workspace
const project = join(here, "dist")
rmSync(project, { recursive: true, force: true })
mkdirSync(project)
const packed = packedFiles()
for (const { folder, manifest } of libraries) {
  const { name } = manifest
  for (const path of packed.get(name)) {
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
