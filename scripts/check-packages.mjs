// Packs every public package and checks it with publint and attw, and what its declarations import.
import { spawnSync } from "node:child_process"
import { missingDeclarations } from "./declarations.mjs"
import { published } from "./published.mjs"

let failed = false
for (const { folder, manifest } of published) {
  const checks = [["publint", "run", folder, "--strict"]]
  // attw has nothing to resolve in a package without an entry point
  if (manifest.exports["."]) checks.push(["attw", "--pack", folder, "--profile", "esm-only"])
  for (const [command, ...args] of checks) {
    const { status, stderr, stdout } = spawnSync("npx", ["--no-install", command, ...args], { encoding: "utf8" })
    if (status === 0) continue
    failed = true
    console.error(`${command} ${folder}\n${stdout}${stderr}`)
  }
  // here the root's packages hide what a consumer lacks
  const missing = missingDeclarations(folder, manifest)
  if (missing.length > 0) failed = true
  for (const problem of missing) console.error(`declarations ${folder}\n${problem}`)
  console.log(`${manifest.name}: declarations, ${checks.map(([command]) => command).join(", ")}`)
}
process.exit(failed ? 1 : 0)
