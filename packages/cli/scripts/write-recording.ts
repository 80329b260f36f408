/** Writes the recording for the README. */
import { writeFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import { record } from "./recording.js"

writeFileSync(new URL("../recording.svg", import.meta.url), await Effect.runPromise(record))
