/** Runs variants in interleaved rounds, and prints medians with ratios to the first row. */
export interface Variant {
  readonly name: string
  /** Runs the operation `n` times. */
  readonly run: (n: number) => Promise<void> | void
}

const median = (values: ReadonlyArray<number>) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const spread = (values: ReadonlyArray<number>, digits: number) =>
  `${Math.min(...values).toFixed(digits)} – ${Math.max(...values).toFixed(digits)}`

/** Prints rows below a title. All columns except the first are numbers. */
export const print = (title: string, heads: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>) => {
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: ReadonlyArray<string>) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`
  console.log(`\n${title}\n`)
  console.log(line(heads))
  console.log(line(widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`))))
  for (const row of rows) console.log(line(row))
}

export const table = async (title: string, variants: ReadonlyArray<Variant>, n: number, rounds: number) => {
  const rows = variants.map(({ name, run }) => ({ name, run, times: Array.of<number>(), cpu: Array.of<number>() }))
  for (const { run } of rows) await run(Math.ceil(n / 5))
  for (let round = 0; round < rounds; round++) {
    for (const { cpu, run, times } of rows) {
      const start = performance.now()
      const before = process.cpuUsage()
      await run(n)
      const { system, user } = process.cpuUsage(before)
      times.push(((performance.now() - start) * 1_000) / n)
      cpu.push((system + user) / n)
    }
  }
  const base = median(rows[0]?.times ?? [])
  print(
    `${title}: ${rounds} rounds of ${n}, interleaved; microseconds each, ratio to the first row; CPU of this process`,
    ["", "median", "min – max", "ratio", "CPU"],
    rows.map(({ cpu, name, times }) => [
      name,
      median(times).toFixed(1),
      spread(times, 0),
      (median(times) / base).toFixed(2),
      median(cpu).toFixed(1)
    ])
  )
}

/** The CPU time of this process per operation, in microseconds. */
export const cpuOf = async (run: Variant["run"], n: number): Promise<number> => {
  const before = process.cpuUsage()
  await run(n)
  const { system, user } = process.cpuUsage(before)
  return (system + user) / n
}

/** One of two sides measured alternately. */
export interface Side {
  readonly name: string
  /** Returns one number per unit. */
  readonly measure: () => Promise<ReadonlyArray<number>>
}

/**
 * Measures two sides in pairs, in alternating order, so that other load on the machine affects both. The ratio is the
 * median of the pairs' ratios.
 */
export const pairs = async (
  title: string,
  units: ReadonlyArray<{ readonly name: string; readonly digits: number }>,
  [base, side]: readonly [base: Side, side: Side],
  rounds: number
) => {
  const measured: Array<readonly [base: ReadonlyArray<number>, side: ReadonlyArray<number>]> = []
  for (let round = -1; round < rounds; round++) {
    const first = round % 2 === 0 ? base : side
    const one = await first.measure()
    const other = await (first === base ? side : base).measure()
    // the first pair warms up
    if (round >= 0) measured.push(first === base ? [one, other] : [other, one])
  }
  print(
    `${title}: ${rounds} pairs; the ratio is that within a pair`,
    ["", "median", "min – max", "ratio", "min – max"],
    units.flatMap(({ digits, name }, unit) => {
      const of = (values: ReadonlyArray<number>) => values[unit] ?? Number.NaN
      const [bases, sides] = [measured.map(([a]) => of(a)), measured.map(([, b]) => of(b))]
      const ratios = measured.map(([a, b]) => of(b) / of(a))
      const row = (it: Side, values: ReadonlyArray<number>) => [
        `${name}: ${it.name}`,
        median(values).toFixed(digits),
        spread(values, digits)
      ]
      return [
        [...row(base, bases), "1.00", ""],
        [...row(side, sides), median(ratios).toFixed(2), spread(ratios, 2)]
      ]
    })
  )
}
