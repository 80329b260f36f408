/**
 * A token bucket on the world's time, for rate limits. It needs no timer: its level follows from the time at which the
 * level was last known.
 */

export interface Bucket {
  readonly level: number
  /** Time at which the level was correct. */
  readonly at: number
}

/**
 * Takes a token of a bucket of `size` tokens, which gets one more every `per` milliseconds. `wait`: milliseconds until
 * the next token; 0 when it had one.
 */
export const take = (
  { at, level }: Bucket,
  size: number,
  per: number,
  now: number
): { readonly bucket: Bucket; readonly wait: number } => {
  const made = Math.floor((now - at) / per)
  const tokens = Math.min(size, level + made)
  const since = tokens === size ? now : at + made * per
  return tokens === 0
    ? { bucket: { level: 0, at: since }, wait: since + per - now }
    : { bucket: { level: tokens - 1, at: since }, wait: 0 }
}
