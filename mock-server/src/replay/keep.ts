/** Writes the capsule of a world to a file, for `pixxel-mock replay`. */
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { type Capsule, capsuleOf, printCapsule } from "../core/Capsule.js"
import type { World } from "../core/World.js"
import { areShipped } from "../fixtures/load.js"

/**
 * Makes a folder and its parents. Node's recursive `mkdir` never returns where a file system fails with ENOENT (/proc).
 */
const makeFolder = (path: string): void => {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    if (!existsSync(path)) throw error // otherwise another process has made it
  }
}

/** Writes the capsule, and returns the path. The same world in the same state has the same file name. */
const write = (capsule: Capsule, folder: string | undefined): string => {
  const directory = resolve(folder ?? process.env["PIXXEL_MOCK_CAPSULES"] ?? join(tmpdir(), "pixxel-mock"))
  const text = `${JSON.stringify(capsule)}\n`
  const file = join(directory, `capsule-${createHash("sha256").update(text).digest("hex").slice(0, 12)}.json`)
  makeFolder(directory)
  writeFileSync(file, text, { mode: 0o600 })
  return file
}

/**
 * Writes the capsule, and returns its printed contents. Never throws: the text reports a folder that cannot be written,
 * and a failed test prints it beside its own failure.
 */
export const keepCapsule = (world: World, folder: string | undefined): string => {
  try {
    const capsule = capsuleOf(world, areShipped(world.fixtures))
    if (capsule === undefined) return "no replay capsule: the world received more requests than its journal holds"
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
      "Set `capsules` or PIXXEL_MOCK_CAPSULES to a writable folder, or `capsules: false`"
    )
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
