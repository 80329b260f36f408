/**
 * Ids and chance by hashing: what is asked for here depends on its own keys alone, never on what was asked before, so
 * that one more request elsewhere changes nothing.
 */
import { createHash } from "node:crypto"

const digest = (keys: ReadonlyArray<string | number>): Buffer =>
  createHash("sha256").update(JSON.stringify(keys)).digest()

/** The id of the nth (from 0) thing of its kind below a parent, in the form of a UUID of version 4. */
export const hashId = (seed: string, kind: string, parent: string, ordinal: number): string => {
  const bytes = digest([seed, kind, parent, ordinal]).subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")
}

/** A number from 0 to below 1. */
export const random = (seed: string, ...keys: ReadonlyArray<string | number>): number =>
  digest([seed, ...keys]).readUIntBE(0, 6) / 2 ** 48
