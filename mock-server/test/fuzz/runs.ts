/**
 * Sizes of the fuzz tests. The check runs a part with a fixed seed, and `npm test` an eighth of that; `npm run test:fuzz`
 * runs all cases with a new, printed seed. An environment variable of each test overrides its number of runs.
 *
 * A failure prints `{ seed: …, path: "…" }`; `FUZZ_SEED=… FUZZ_PATH=… npx vitest run … -t "name"` repeats that case.
 */

import { size } from "../../../vitest.size.js"

const { FUZZ_PATH, FUZZ_SEED } = process.env

/** Whether this is the long run, which prints its numbers. */
export const isLong = FUZZ_SEED !== undefined

/** Seed of this process. */
export const seed = FUZZ_SEED === "new" ? Date.now() % 2 ** 31 : Number(FUZZ_SEED ?? 1)

/** Returns the number in this environment variable; else that of the part or the long run. */
export const scale = (name: string, part: number, whole: number): number =>
  Number(process.env[name] ?? (isLong ? whole : size(Math.ceil(part / 8), part)))

/** Parameters of a property. */
export const runs = (name: string, part: number, whole: number): { numRuns: number; seed: number; path?: string } => {
  const numRuns = scale(name, part, whole)
  if (isLong) console.log(`${name}=${numRuns} FUZZ_SEED=${seed}`)
  return { numRuns, seed, ...(FUZZ_PATH !== undefined && { path: FUZZ_PATH }) }
}

/** Options of a test with a longer timeout in the long run. */
export const long = { timeout: isLong ? 3_600_000 : 120_000 }

/** Yields between two cases: a runner drops a test that is silent for a minute. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
