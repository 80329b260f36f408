/**
 * Files that a command writes beside its result.
 */
import { writeFile } from "node:fs/promises"
import * as Effect from "effect/Effect"
import { OutputFailed } from "./Output.js"

export const fileError = (what: string, error: unknown): OutputFailed =>
  new OutputFailed({ message: `${what}: ${error instanceof Error ? error.message : String(error)}` })

/** Writes a whole text to a file, over what is there. */
export const saved = (path: string, text: string): Effect.Effect<void, OutputFailed> =>
  Effect.tryPromise({
    try: () => writeFile(path, text),
    catch: (error) => fileError(`${path} could not be written`, error)
  })
