/** Files written by a command in addition to its result. */
import { mkdir, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import * as Effect from "effect/Effect"
import { OutputFailed } from "./Output.js"

export const fileError = (what: string, error: unknown): OutputFailed =>
  new OutputFailed({ message: `${what}: ${error instanceof Error ? error.message : String(error)}` })

/** Writes a file, replacing an existing one. Creates missing folders. */
export const saved = (path: string, content: string | Uint8Array): Effect.Effect<void, OutputFailed> =>
  Effect.tryPromise({
    try: async () => {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, content)
    },
    catch: (error) => fileError(`${path} could not be written`, error)
  })
