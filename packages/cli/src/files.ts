/**
 * Files that a command writes beside its result.
 */
import { mkdir, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import * as Effect from "effect/Effect"
import { OutputFailed } from "./Output.js"

export const fileError = (what: string, error: unknown): OutputFailed =>
  new OutputFailed({ message: `${what}: ${error instanceof Error ? error.message : String(error)}` })

/** Writes a whole text to a file, over what is there. A missing folder is made. */
export const saved = (path: string, text: string): Effect.Effect<void, OutputFailed> =>
  Effect.tryPromise({
    try: async () => {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text)
    },
    catch: (error) => fileError(`${path} could not be written`, error)
  })
