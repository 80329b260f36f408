/** Writes a square PNG of 24-bit colours. */
import { deflateSync } from "node:zlib"
import * as Crc32 from "./zip/Crc32.js"

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

const chunk = (type: string, data: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length)
  framed.set(body, 4)
  framed.writeUInt32BE(Crc32.ofBytes(body), body.length + 4)
  return framed
}

/** Encodes `width` times `width` colours of three bytes each, the uppermost row first. */
export const png = (colours: Uint8Array, width: number): Buffer => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(width, 4)
  header.set([8, 2], 8) // bits of a channel; red, green and blue
  const row = width * 3
  const rows = Buffer.alloc((row + 1) * width) // a row begins with its filter: none
  for (let y = 0; y < width; y++) rows.set(colours.subarray(y * row, (y + 1) * row), y * (row + 1) + 1)
  // runtimes compress in different ways: stored bytes are the same everywhere
  const data = deflateSync(rows, { level: 0 })
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))])
}
