/**
 * File names for packages: readable, portable and unique.
 *
 * Letters, marks and digits of any script, `-`, `_` and inner dots stay; all other characters become `%XX`. A name that
 * is too long, or equal to that of another task of the job, ends in `~` and a hash of the ids. `~` occurs nowhere else,
 * so these names never equal a readable one.
 */
import { createHash } from "node:crypto"
import * as Option from "effect/Option"

/**
 * The maximum length in bytes. File systems allow 255; a download appends `.zip.part.json`, and unpacking
 * `~unpacking-…` (44 bytes).
 */
const limit = 200

const escape = (char: string): string => {
  const code = char.codePointAt(0) ?? 0
  const isSurrogate = code >= 0xd800 && code <= 0xdfff
  // Buffer replaces every lone surrogate by U+FFFD, which would make their names equal
  const bytes = isSurrogate
    ? Buffer.of(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f))
    : Buffer.from(char)
  return Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("")
}

/** Captures the pieces to keep. A letter includes its marks; invisible characters do not count as letters. */
const pieces =
  /((?!\p{Default_Ignorable_Code_Point})[\p{L}\p{N}](?:(?!\p{Default_Ignorable_Code_Point})\p{M})*|[-_.])|./gsu

const encode = (text: string): string =>
  text
    .normalize("NFC")
    .replace(pieces, (piece, kept?: string) => kept ?? escape(piece))
    // dots that hide a file, that Windows drops, or that make a folder's name equal to another package's file name
    .replace(/^\.+|\.+$|\.(?=zip(?:\.|$))/gi, (dots) => "%2e".repeat(dots.length))

/** Names that Windows reserves for devices, with any extension. */
const device = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i

export const isDevice = (name: string): boolean => device.test(name.trimEnd())

/** Equal for names that some file system treats as equal. Upper-casing folds `ß`, `ẞ` and `ss`, and both sigmas. */
const fold = (name: string): string =>
  name.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase().normalize("NFKC")

const cut = (name: string, length: number): string => {
  let result = ""
  let left = length
  for (const [unit] of name.matchAll(/%[0-9a-f]{2}|./gisu)) {
    left -= Buffer.byteLength(unit)
    if (left < 0) break
    result += unit
  }
  return result
}

const nameOf = (labels: ReadonlyArray<string>, ids: ReadonlyArray<string>, isShared: boolean): string => {
  const name = labels
    .map(encode)
    .join("-")
    .replace(device, ([first = "", ...rest]) => escape(first) + rest.join(""))
  if (!isShared && Buffer.byteLength(name) <= limit) return name
  // JSON distinguishes lone surrogates, which a hash of the text would not
  const hash = createHash("sha256").update(JSON.stringify(ids)).digest("hex").slice(0, 16)
  return `${cut(name, limit - hash.length - 1)}~${hash}`
}

/** The name, without extension, for a package with these ids. */
export const fileName = (...ids: ReadonlyArray<string>): string => nameOf(ids, ids, false)

interface Named {
  readonly id: string
  readonly name: Option.Option<string>
}

const labelOf = ({ id, name }: Named): string => Option.getOrElse(name, () => id)

/**
 * The name, without extension, for the package of a task. Depends on the set of the job's tasks, not on their order.
 */
export const taskFileName = (jobId: string, task: Named, tasks: ReadonlyArray<Named>): string => {
  const keyOf = (it: Named) => fold(encode(labelOf(it)))
  const key = keyOf(task)
  const isShared = tasks.some((it) => it.id !== task.id && keyOf(it) === key)
  return nameOf([jobId, labelOf(task)], [jobId, task.id], isShared)
}
