const units: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30
}

/** Returns the bytes of a size such as `"300kB"`, `"2GB"`, `"1.5GiB"` or `"4294967295B"`. */
export const parseSize = (text: string): number => {
  const [, amount, unit = ""] = /^([0-9.]+)(\w+)$/.exec(text) ?? []
  return Math.floor(Number(amount) * (units[unit] ?? Number.NaN))
}
