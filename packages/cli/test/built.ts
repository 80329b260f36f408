/**
 * The command as it is published, built once for a file of tests.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll } from "vitest"

/** Builds into a folder of its own, which is removed after the tests. `env` has what is compiled kept there too. */
export const built = () => {
  const folder = mkdtempSync(join(tmpdir(), "pixxel-"))
  const dist = join(folder, "dist")
  beforeAll(() => {
    execFileSync(process.execPath, [fileURLToPath(new URL("../build.mjs", import.meta.url)), dist])
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return { folder, dist, bin: join(dist, "bin.cjs"), env: { XDG_CACHE_HOME: join(folder, "cache") } }
}
