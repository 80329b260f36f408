/** Runs before each test file. */
import { it, makeMethods } from "@effect/vitest"
import * as fc from "effect/FastCheck"
// The undici that a process loads first serves `fetch`: this one, even if a file before has called `fetch`.
import "undici"
import { size } from "./vitest.size.js"

/** The number of runs of a property that sets none. */
fc.configureGlobal({ numRuns: size(15, 100) })

// `layer(…)` of @effect/vitest for Effect 3 replaces `it.effect` for all later tests of the process: those of another
// file would run on the clock of the last block.
makeMethods(it)
