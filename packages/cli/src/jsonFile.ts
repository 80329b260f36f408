/** JSON that a user names by a file, or sends to stdin. */
import { readFile } from "node:fs/promises"
import * as Effect from "effect/Effect"
import { Ask } from "./Ask.js"

/** The name of a source in messages. */
export const nameOf = (path: string): string => (path === "-" ? "stdin" : path)

interface Mistakes<Unreadable, NoJson> {
  /** Makes the error of a file that cannot be read. */
  readonly onFile: (cause: unknown) => Unreadable
  /** Makes the error of a text that is no JSON. The cause is not passed on: it may show a part of the text. */
  readonly onText: () => NoJson
}

/** Reads the JSON of a file, or that of stdin for `-`. */
export const readJson = <E, E2>(path: string, { onFile, onText }: Mistakes<E, E2>) =>
  (path === "-"
    ? Effect.flatMap(Ask, ({ input }) => input)
    : Effect.tryPromise({ try: () => readFile(path, "utf8"), catch: onFile })
  ).pipe(
    // editors on Windows begin a file with a byte order mark
    Effect.flatMap((content) =>
      Effect.try({ try: (): unknown => JSON.parse(content.replace(/^\uFEFF/, "")), catch: onText })
    )
  )
