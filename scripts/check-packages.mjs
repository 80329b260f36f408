// Packs every public package and checks it with publint and attw.
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

const folders = ["mock-server", ...readdirSync("packages").map((name) => join("packages", name))]
let failed = false
for (const folder of folders) {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  if (manifest.private) continue
  const checks = [["publint", "run", folder, "--strict"]]
  // attw has nothing to resolve in a package without an entry point
  if (manifest.exports["."]) checks.push(["attw", "--pack", folder, "--profile", "esm-only"])
  for (const [command, ...args] of checks) {
    const { status, stderr, stdout } = spawnSync("npx", ["--no-install", command, ...args], { encoding: "utf8" })
    if (status === 0) continue
    failed = true
    console.error(`${command} ${folder}\n${stdout}${stderr}`)
  }
  console.log(`${manifest.name}: ${checks.map(([command]) => command).join(", ")}`)
}
process.exit(failed ? 1 : 0)
