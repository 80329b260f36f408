/** The number of runs of a property that sets none. */
import * as fc from "effect/FastCheck"
import { size } from "./vitest.size.js"

fc.configureGlobal({ numRuns: size(25, 100) })
