/** Rounds in which every variant has its turn, and a table of medians with ratios to the first row. */
export interface Variant {
  readonly name: string
  /** Does it `n` times. */
  readonly run: (n: number) => Promise<void> | void
}

const median = (values: ReadonlyArray<number>) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

export const table = async (title: string, variants: ReadonlyArray<Variant>, n: number, rounds: number) => {
  const times = new Map(variants.map(({ name }) => [name, Array.of<number>()]))
  for (const { run } of variants) await run(Math.ceil(n / 5))
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of variants) {
      const start = performance.now()
      await run(n)
      times.get(name)?.push(((performance.now() - start) * 1_000) / n)
    }
  }
  const base = median(times.get(variants[0]?.name ?? "") ?? [])
  console.log(`\n${title}: ${rounds} rounds of ${n}, interleaved; microseconds each, ratio to the first row\n`)
  console.log(`| ${"".padEnd(34)} | median |  min – max  | ratio |`)
  console.log(`| ${"-".repeat(34)} | -----: | ----------: | ----: |`)
  for (const [name, all] of times) {
    const range = `${Math.min(...all).toFixed(0)} – ${Math.max(...all).toFixed(0)}`
    const middle = median(all)
    console.log(
      `| ${name.padEnd(34)} | ${middle.toFixed(1).padStart(6)} | ${range.padStart(11)} | ${(middle / base).toFixed(2).padStart(5)} |`
    )
  }
}
