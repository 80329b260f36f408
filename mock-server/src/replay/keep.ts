/**
 * Keeps the capsule of a world in a file, for the command that replays it.
 */
import { createHash } from "node:crypto"
import { mkdirSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { capsuleOf, printCapsule } from "../core/Capsule.js"
import type { World } from "../core/World.js"
import { areShipped } from "../fixtures/load.js"

/** The folder of capsules, unless `PIXXEL_MOCK_CAPSULES` or the test names another. */
const defaultFolder = () => join(tmpdir(), "pixxel-mock")

/** Writes the capsule, and says all that is in it. The same world in the same state has the same file. */
export const keepCapsule = (world: World, folder: string | undefined): string => {
  const capsule = capsuleOf(world, areShipped(world.fixtures))
  if (capsule === undefined) return "it was asked more than its journal holds, so there is no replay capsule"
  const directory = resolve(folder ?? process.env["PIXXEL_MOCK_CAPSULES"] ?? defaultFolder())
  const text = `${JSON.stringify(capsule)}\n`
  const file = join(directory, `capsule-${createHash("sha256").update(text).digest("hex").slice(0, 12)}.json`)
  mkdirSync(directory, { recursive: true })
  writeFileSync(file, text, { mode: 0o600 })
  return printCapsule(capsule, `npx @effect-pixxel/mock-server replay ${file}`)
}
