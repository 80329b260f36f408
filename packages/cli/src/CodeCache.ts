/**
 * Stores V8's compiled code in files. V8 trusts its input, and may hang on a damaged file, so each file has a checksum
 * over its content and the identity of its code. An invalid file counts as missing.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { crc32 } from "node:zlib"

export interface Compiled {
  /** The commands whose code it contains. */
  readonly commands: ReadonlyArray<string>
  readonly code: Buffer
}

/** V8 copies code that does not begin at a multiple of this. */
const alignment = 8

const checksum = (whose: string, { code, commands }: Compiled) => crc32(code, crc32(JSON.stringify([whose, commands])))

/** Reads the compiled code from a file, if the file is valid and belongs to this code. */
export const read = (file: string, whose: string): Compiled | undefined => {
  try {
    const content = readFileSync(file)
    const end = content.indexOf("\n")
    const head = JSON.parse(content.toString("utf8", 0, end))
    const compiled = { commands: head.commands, code: content.subarray(end + 1) }
    return head.checksum === checksum(whose, compiled) ? compiled : undefined
  } catch {
    return undefined
  }
}

/** Replaces the file atomically. Ignores write errors. */
export const write = (file: string, whose: string, compiled: Compiled): void => {
  const head = JSON.stringify({ checksum: checksum(whose, compiled), commands: compiled.commands })
  const padding = " ".repeat(alignment - 1 - (Buffer.byteLength(head) % alignment))
  const made = `${file}.${process.pid}`
  try {
    mkdirSync(dirname(file), { recursive: true })
    try {
      writeFileSync(made, Buffer.concat([Buffer.from(`${head}${padding}\n`), compiled.code]))
      renameSync(made, file)
    } finally {
      rmSync(made, { force: true })
    }
  } catch {
    // without a cache, the next start is only slower
  }
}
