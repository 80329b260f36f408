/**
 * Parses `Range` (RFC 9110, section 14). Only a single range is answered with a part; for several ranges, and for a
 * header that is not a range of bytes, the whole package is sent, as object stores do.
 */

/** Bytes from `from` to before `to`. */
export interface Range {
  readonly from: number
  readonly to: number
}

const single = /^bytes=[\s,]*(?:(?<first>\d+)-(?<last>\d*)|-(?<suffix>\d+))[\s,]*$/i

/** Reads the header for a package of `size` bytes, above 0. `outside`: the package has none of the bytes. */
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
