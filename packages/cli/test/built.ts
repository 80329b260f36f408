/** The published command, built once. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll } from "vitest"
import { madeOnce } from "../../../vitest.program.js"

/** `folder` is a temporary one of a test file, removed after its tests. `env` puts the compile cache there. */
export const built = () => {
  const folder = mkdtempSync(join(tmpdir(), "pixxel-"))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const made = madeOnce("pixxel", (made) => {
    execFileSync(process.execPath, [fileURLToPath(new URL("../build.mjs", import.meta.url)), join(made, "dist")])
  })
  const dist = join(made, "dist")
  return { folder, dist, bin: join(dist, "bin.cjs"), env: { XDG_CACHE_HOME: join(folder, "cache") } }
}
