/**
 * Writes the capsule of a world to a file, for `pixxel-mock replay`.
 */
import { createHash } from "node:crypto"
import { mkdirSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { capsuleOf, printCapsule } from "../core/Capsule.js"
import type { World } from "../core/World.js"
import { areShipped } from "../fixtures/load.js"

/** Default folder of capsules, without `PIXXEL_MOCK_CAPSULES` and without a folder named by the test. */
const defaultFolder = () => join(tmpdir(), "pixxel-mock")

/**
 * Writes the capsule and returns its printed contents. The same world in the same state has the same file name. Without
 * a folder, uses `PIXXEL_MOCK_CAPSULES`, then the folder of temporary files.
 */
export const keepCapsule = (world: World, folder: string | undefined): string => {
  const capsule = capsuleOf(world, areShipped(world.fixtures))
  if (capsule === undefined) return "no replay capsule: the world received more requests than its journal holds"
  const directory = resolve(folder ?? process.env["PIXXEL_MOCK_CAPSULES"] ?? defaultFolder())
  const text = `${JSON.stringify(capsule)}\n`
  const file = join(directory, `capsule-${createHash("sha256").update(text).digest("hex").slice(0, 12)}.json`)
  mkdirSync(directory, { recursive: true })
  writeFileSync(file, text, { mode: 0o600 })
  return printCapsule(capsule, `npx pixxel-mock replay ${file}`)
}
