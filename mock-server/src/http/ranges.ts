/**
 * Parts of a package (RFC 9110, section 14). Only one range is answered with a part; for several, and for what is no
 * range of bytes, all of it is sent, as object stores do.
 */

/** From the first byte to before the last. */
export interface Range {
  readonly from: number
  readonly to: number
}

const single = /^bytes=[\s,]*(?:(?<first>\d+)-(?<last>\d*)|-(?<suffix>\d+))[\s,]*$/i

/** `size` is above 0. `outside`: no byte of it is there. */
export const readRange = (header: string | undefined, size: number): Range | "whole" | "outside" => {
  const { first, last, suffix } = single.exec(header ?? "")?.groups ?? {}
  if (suffix !== undefined) {
    const length = Math.min(Number(suffix), size)
    return length === 0 ? "outside" : { from: size - length, to: size }
  }
  if (first === undefined) return "whole"
  const from = Number(first)
  const to = last ? Number(last) + 1 : size
  if (to <= from && last) return "whole"
  return from >= size ? "outside" : { from, to: Math.min(to, size) }
}
