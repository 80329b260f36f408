/**
 * Files that hold what V8 has compiled. V8 believes what it is given, and may hang on a damaged file: so a file tells
 * a checksum of all that is in it, and of whose code it is. One that is not as it should be is as good as none.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { crc32 } from "node:zlib"

export interface Compiled {
  /** The commands whose code is in it. */
  readonly commands: ReadonlyArray<string>
  readonly code: Buffer
}

/** V8 copies what does not begin at a multiple of this. */
const alignment = 8

const checksum = (whose: string, { code, commands }: Compiled) => crc32(code, crc32(JSON.stringify([whose, commands])))

/** What is kept in a file of this code, if that is whole. */
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

/** Keeps it, in the place of what was there. Where nothing can be written nothing is kept. */
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
    // a start without it is slower, and nothing else
  }
}
