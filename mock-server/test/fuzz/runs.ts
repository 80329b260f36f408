/**
 * How much a fuzz test does. In the check: a part, under a seed that is always the same. By `npm run test:fuzz`: the
 * whole, under a seed that is new each time and printed. An environment variable of the test's own name says how much
 * else.
 *
 * A failure says `{ seed: …, path: "…" }`; `FUZZ_SEED=… FUZZ_PATH=… npx vitest run … -t "name"` runs that case again.
 */

const { FUZZ_PATH, FUZZ_SEED } = process.env

/** Whether this is the long run, whose numbers somebody wants to see. */
export const isLong = FUZZ_SEED !== undefined

/** The seed of this process. */
export const seed = FUZZ_SEED === "new" ? Date.now() % 2 ** 31 : Number(FUZZ_SEED ?? 1)

/** As many as the environment variable of this name says; else the part, or the whole. */
export const scale = (name: string, part: number, whole: number): number =>
  Number(process.env[name] ?? (isLong ? whole : part))

/** What a property runs with. */
export const runs = (name: string, part: number, whole: number): { numRuns: number; seed: number; path?: string } => {
  const numRuns = scale(name, part, whole)
  if (isLong) console.log(`${name}=${numRuns} FUZZ_SEED=${seed}`)
  return { numRuns, seed, ...(FUZZ_PATH !== undefined && { path: FUZZ_PATH }) }
}

/** A test that is long only when it is asked to be. */
export const long = { timeout: isLong ? 3_600_000 : 120_000 }

/** To be waited for between two cases: a runner that hears nothing of a test for a minute gives it up. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
