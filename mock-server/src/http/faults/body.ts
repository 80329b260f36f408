/** Faults of an answer's body that leave the answer valid HTTP. */
import { Readable } from "node:stream"
import type { FastifyReply, FastifyRequest } from "fastify"
import { type Fault, valueOf } from "../../core/faults/Faults.js"
import { kindOf } from "../../core/faults/kinds/index.js"
import type { Pieces } from "../../core/faults/kinds/Kind.js"
import { worldOf } from "../requests.js"

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

/** Applies the fault to the head and the body. A stream stays a stream, since it may be larger than memory. */
export const edit = async (
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  fault: Fault
): Promise<unknown> => {
  const { edit, headers } = kindOf(fault.kind)
  for (const [name, text] of Object.entries(headers?.(valueOf(fault)) ?? {})) {
    if (text === undefined) reply.removeHeader(name)
    else reply.header(name, text)
  }
  const edited = edit?.(valueOf(fault), {
    status: reply.statusCode,
    text: typeof payload === "string" ? payload : undefined,
    length: lengthOf(reply, payload),
    pieces: piecesOf(payload),
    operation: request.record?.entry.operation ?? "",
    world: worldOf(request)
  })
  if (edited === undefined) return payload
  if (!(payload instanceof Readable)) return concat(edited.pieces) // Fastify corrects the length
  reply.header("content-length", edited.length)
  return Readable.from(edited.pieces)
}
