/** The published command, built once per test file. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll } from "vitest"

/** Builds into a temporary folder, removed after the tests. `env` puts the compile cache there too. */
export const built = () => {
  const folder = mkdtempSync(join(tmpdir(), "pixxel-"))
  const dist = join(folder, "dist")
  beforeAll(() => {
    execFileSync(process.execPath, [fileURLToPath(new URL("../build.mjs", import.meta.url)), dist])
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return { folder, dist, bin: join(dist, "bin.cjs"), env: { XDG_CACHE_HOME: join(folder, "cache") } }
}
