/**
 * Keeps the capsule of a world in a file, for the command that replays it.
 */
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { type Capsule, capsuleOf, printCapsule } from "../core/Capsule.js"
import type { World } from "../core/World.js"
import { areShipped } from "../fixtures/load.js"

/** The folder of capsules, unless `PIXXEL_MOCK_CAPSULES` or the test names another. */
const defaultFolder = () => join(tmpdir(), "pixxel-mock")

/** Node's own recursive `mkdir` never returns where a file system refuses with ENOENT, as /proc does. */
const makeFolder = (path: string): void => {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    if (!existsSync(path)) throw error // else another process has made it
  }
}

/** The same world in the same state has the same file. */
const write = (capsule: Capsule, folder: string | undefined): string => {
  const directory = resolve(folder ?? process.env["PIXXEL_MOCK_CAPSULES"] ?? defaultFolder())
  const text = `${JSON.stringify(capsule)}\n`
  const file = join(directory, `capsule-${createHash("sha256").update(text).digest("hex").slice(0, 12)}.json`)
  makeFolder(directory)
  writeFileSync(file, text, { mode: 0o600 })
  return file
}

/**
 * Writes the capsule, and says all that is in it. Never throws: a folder that cannot be written becomes a line of the
 * text, which a failed test prints beside its own failure.
 */
export const keepCapsule = (world: World, folder: string | undefined): string => {
  try {
    const capsule = capsuleOf(world, areShipped(world.fixtures))
    if (capsule === undefined) return "no replay capsule: the world was asked more than its journal holds"
    return printCapsule(capsule, lastLine(capsule, folder))
  } catch (error) {
    return `no replay capsule: ${messageOf(error)}`
  }
}

const lastLine = (capsule: Capsule, folder: string | undefined): string => {
  try {
    return `replay: npx @effect-pixxel/mock-server replay ${write(capsule, folder)}`
  } catch (error) {
    return (
      `no replay capsule: ${messageOf(error)}. ` +
      "Name a folder that can be written in `capsules` or PIXXEL_MOCK_CAPSULES, or say `capsules: false`"
    )
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
