/**
 * Faults of an answer's body that HTTP finds nothing wrong with.
 */
import { Readable } from "node:stream"
import type { FastifyReply, FastifyRequest } from "fastify"
import { parseDuration } from "../../core/Duration.js"
import type { Fault } from "../../core/faults/Faults.js"
import { worldOf } from "../requests.js"
import { withoutYounger } from "./stale.js"

/** The pieces of a body as Fastify has it. */
export const piecesOf = (payload: unknown): AsyncIterable<Buffer> | Iterable<Buffer> => {
  if (payload instanceof Readable) return payload
  if (typeof payload === "string" || payload instanceof Uint8Array) return [Buffer.from(payload as string)]
  return []
}

/** The whole of a body. */
export const bytesOf = async (payload: unknown): Promise<Buffer> => {
  const pieces: Array<Buffer> = []
  for await (const piece of piecesOf(payload)) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** Every sixteenth byte is another: what a checksum finds, and often nothing else. */
async function* scrambled(pieces: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncIterable<Buffer> {
  let offset = 0
  for await (const piece of pieces) {
    const start = offset
    offset += piece.length
    yield Buffer.from(piece.map((byte, i) => ((start + i) % 16 === 8 ? byte ^ 0xff : byte)))
  }
}

/** What the body becomes. Fastify corrects the length of what is no stream. */
export const edit = async (
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  { effect, kind }: Fault
): Promise<unknown> => {
  switch (kind) {
    case "body": {
      if (effect.body === "empty") return Buffer.alloc(0)
      if (effect.body === "scrambled") {
        return payload instanceof Readable
          ? Readable.from(scrambled(payload))
          : bytesOf(Readable.from(scrambled(piecesOf(payload))))
      }
      const bytes = await bytesOf(payload)
      return Buffer.concat([bytes.subarray(0, 1), Buffer.from(","), bytes.subarray(1)])
    }
    case "truncate":
      return (await bytesOf(payload)).subarray(0, effect.truncate)
    case "oversize": {
      const bytes = await bytesOf(payload)
      return Buffer.concat([Buffer.alloc(Math.max(0, (effect.oversize ?? 0) - bytes.length), " "), bytes])
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
      return payload // answered by the gate
  }
}
