/** Files written by a command in addition to its result. */
import { randomBytes } from "node:crypto"
import { access, constants, mkdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises"
import { dirname, join, resolve } from "node:path"
import * as Effect from "effect/Effect"
import { OutputFailed } from "./Output.js"

export const fileError = (what: string, error: unknown): OutputFailed =>
  new OutputFailed({ message: `${what}: ${error instanceof Error ? error.message : String(error)}` })

const isMissing = (error: unknown) => error instanceof Error && "code" in error && error.code === "ENOENT"

/** The entry at a path, or undefined. */
const entryAt = (path: string) =>
  stat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })

/** Writes a file beside its place, and renames it: a full disk leaves the old file, or none. */
const replace = async (path: string, content: string | Uint8Array) => {
  const part = join(dirname(path), `.${randomBytes(8).toString("hex")}.part`)
  try {
    await writeFile(part, content)
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

/** Writes a file, replacing an existing one. Creates missing folders. Writes to a device or a pipe as it is. */
export const saved = (path: string, content: string | Uint8Array): Effect.Effect<void, OutputFailed> =>
  Effect.tryPromise({
    try: async () => {
      await mkdir(dirname(path), { recursive: true })
      const entry = await entryAt(path)
      if (entry === undefined) await replace(path, content)
      else if (entry.isFile()) await replace(await realpath(path), content)
      else await writeFile(path, content)
    },
    catch: (error) => fileError(`${path} could not be written`, error)
  })

/** Checks that a folder, which may be missing, can have a file of this name, before work is done for it. */
export const checkPlace = (folder: string, name?: string): Effect.Effect<void, OutputFailed> =>
  Effect.tryPromise({
    try: async () => {
      let existing = resolve(folder)
      while ((await entryAt(existing)) === undefined) existing = dirname(existing)
      if (!(await stat(existing)).isDirectory()) throw new Error(`${existing} is no folder`)
      await access(existing, constants.W_OK)
      if (name !== undefined && (await entryAt(join(folder, name)))?.isDirectory()) throw new Error("it is a folder")
    },
    catch: (error) => fileError(`${join(folder, name ?? "")} could not be written`, error)
  })
