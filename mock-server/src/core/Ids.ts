/**
 * Ids and chance by hashing: what is asked for here depends on its own keys alone, never on what was asked before, so
 * that one more request elsewhere changes nothing.
 */
import { hash } from "node:crypto"

/** In hexadecimal. */
const digest = (keys: ReadonlyArray<string | number>): string => hash("sha256", JSON.stringify(keys))

/** The id of the nth (from 0) thing of its kind below a parent, in the form of a UUID of version 4. */
export const hashId = (seed: string, kind: string, parent: string, ordinal: number): string => {
  const hex = digest([seed, kind, parent, ordinal])
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** A number from 0 to below 1. */
export const random = (seed: string, ...keys: ReadonlyArray<string | number>): number =>
  Number.parseInt(digest([seed, ...keys]).slice(0, 12), 16) / 2 ** 48
