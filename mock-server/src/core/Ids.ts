/**
 * Derives ids and random numbers by hashing. A value depends on its keys alone, never on earlier calls, so an
 * additional request elsewhere changes nothing.
 */
import { hash } from "node:crypto"

const digest = (keys: ReadonlyArray<string | number>): string => hash("sha256", JSON.stringify(keys))

/** Makes the id of the nth (from 0) object of a kind below a parent, in the form of a version 4 UUID. */
export const hashId = (seed: string, kind: string, parent: string, ordinal: number): string => {
  const hex = digest([seed, kind, parent, ordinal])
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Returns a number from 0 to below 1. */
export const random = (seed: string, ...keys: ReadonlyArray<string | number>): number =>
  Number.parseInt(digest([seed, ...keys]).slice(0, 12), 16) / 2 ** 48
