/**
 * Faults of an answer's body that leave the answer valid HTTP.
 */
import { Readable } from "node:stream"
import type { FastifyReply, FastifyRequest } from "fastify"
import { parseDuration } from "../../core/Duration.js"
import type { Fault } from "../../core/faults/Faults.js"
import { worldOf } from "../requests.js"
import { withoutYounger } from "./stale.js"

type Pieces = AsyncIterable<Buffer> | Iterable<Buffer>

/** Returns the chunks of a Fastify payload. */
export const piecesOf = (payload: unknown): Pieces => {
  if (payload instanceof Readable) return payload
  if (typeof payload === "string" || payload instanceof Uint8Array) return [Buffer.from(payload as string)]
  return []
}

/** Returns the length of a body in bytes; 0 for a stream of unknown length. */
export const lengthOf = (reply: FastifyReply, payload: unknown): number =>
  typeof payload === "string" || payload instanceof Uint8Array
    ? Buffer.byteLength(payload)
    : Number(reply.getHeader("content-length") ?? 0)

const concat = async (pieces: Pieces): Promise<Buffer> => {
  const all: Array<Buffer> = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all)
}

/** Yields the first bytes of a body, and reads no further. */
export async function* firstOf(pieces: Pieces, count: number): AsyncIterable<Buffer> {
  let left = count
  if (left <= 0) return
  for await (const piece of pieces) {
    yield piece.subarray(0, left)
    left -= piece.length
    if (left <= 0) return
  }
}

/** Changes every sixteenth byte, which often only a checksum detects. */
async function* scrambled(pieces: Pieces): AsyncIterable<Buffer> {
  let offset = 0
  for await (const piece of pieces) {
    const start = offset
    offset += piece.length
    yield Buffer.from(piece.map((byte, i) => ((start + i) % 16 === 8 ? byte ^ 0xff : byte)))
  }
}

/** Changes one byte, which only a checksum detects. */
async function* flipped(pieces: Pieces, at: number): AsyncIterable<Buffer> {
  let offset = 0
  for await (const piece of pieces) {
    const start = offset
    offset += piece.length
    yield at < start || at >= offset
      ? piece
      : Buffer.from(piece.map((byte, i) => (start + i === at ? byte ^ 0xff : byte)))
  }
}

/** Inserts a comma after the first byte, which makes JSON invalid. */
async function* malformed(pieces: Pieces): AsyncIterable<Buffer> {
  let before = 0
  for await (const piece of pieces) {
    yield before === 0 ? Buffer.concat([piece.subarray(0, 1), comma, piece.subarray(1)]) : piece
    before += piece.length
  }
  if (before === 0) yield comma
}

const comma = Buffer.from(",")

async function* behind(first: Buffer, pieces: Pieces): AsyncIterable<Buffer> {
  yield first
  yield* pieces
}

/** Applies the fault to the body. A stream stays a stream, since it may be larger than memory. */
export const edit = async (
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  { effect, kind }: Fault
): Promise<unknown> => {
  const pieces = piecesOf(payload)
  const length = lengthOf(reply, payload)
  const become = (length: number, pieces: Pieces): Readable | Promise<Buffer> => {
    if (!(payload instanceof Readable)) return concat(pieces) // Fastify corrects the length
    reply.header("content-length", length)
    return Readable.from(pieces)
  }
  switch (kind) {
    case "body":
      if (effect.body === "empty") return become(0, [])
      if (effect.body === "scrambled") return become(length, scrambled(pieces))
      return become(length + comma.length, malformed(pieces))
    case "flip":
      return become(length, flipped(pieces, effect.flip ?? 0))
    case "truncate": {
      const { truncate = 0 } = effect
      return become(Math.min(length, truncate), firstOf(pieces, truncate))
    }
    case "oversize": {
      const missing = Math.max(0, (effect.oversize ?? 0) - length)
      return become(length + missing, behind(Buffer.alloc(missing, " "), pieces))
    }
    case "contentType":
      reply.header("content-type", effect.contentType)
      return payload
    case "corruptGzip":
      reply.header("content-encoding", "gzip")
      return payload
    case "noRange":
      reply.removeHeader("accept-ranges")
      return payload
    case "stale":
      return reply.statusCode === 200 && typeof payload === "string"
        ? withoutYounger(worldOf(request), payload, parseDuration(effect.stale ?? "0s"))
        : payload
    default:
      return payload // `gate` has answered
  }
}
