/**
 * Faults of the bytes of an answer: the answer is written to the socket directly, and often ends the connection. All
 * bytes sent have arrived before the connection is reset or closed; otherwise the machine would decide how many the
 * client sees. In real time that is only likely: a client that reads late also gets all bytes, but Node may report an
 * end instead of the reset.
 */
import type { ServerResponse } from "node:http"
import type { FastifyReply, FastifyRequest } from "fastify"
import { ClientGone, park } from "../../clock/index.js"
import { type Fault, valueOf } from "../../core/faults/Faults.js"
import { kindOf } from "../../core/faults/kinds/index.js"
import type { End, Wire } from "../../core/faults/kinds/Kind.js"
import { firstOf } from "../../core/faults/kinds/Pieces.js"
import { worldOf } from "../requests.js"
import { lengthOf, piecesOf } from "./body.js"

type Wait = (millis: number) => Promise<void>
type Record = FastifyRequest["record"]

/** Ends a connection after all bytes sent have arrived. */
export const end = async (by: End, { req: { socket } }: ServerResponse, record: Record, wait: Wait): Promise<void> => {
  await wait(by === "hang" ? Number.POSITIVE_INFINITY : 0)
  record?.cut()
  if (by === "reset") socket.resetAndDestroy()
  else socket.end(() => socket.destroy())
}

const write = (raw: ServerResponse, piece: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const gone = () => reject(new ClientGone())
    if (raw.closed || raw.destroyed) return gone()
    raw.once("close", gone)
    raw.write(piece, (error) => {
      raw.off("close", gone)
      // on Node 26 the error comes without "close": a body without an end would be written endlessly
      if (error) gone()
      else resolve()
    })
  })

const wireOf = (reply: FastifyReply, payload: unknown, wait: Wait): Wire => {
  const { raw, request } = reply
  const { method, record } = request
  const pieces = piecesOf(payload)
  const isOnlyHead = method === "HEAD"
  let written = 0
  const send = async (piece: Buffer): Promise<void> => {
    await write(raw, piece)
    written += piece.length
    record?.handed(written)
  }
  return {
    length: lengthOf(reply, payload),
    pieces,
    isOnlyHead,
    wait,
    send,
    // closes the connection after an answer without a body, so that the fault hits no other request
    head: (headers) => {
      record?.handed(0)
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined && name !== "content-length") raw.setHeader(name, value)
      }
      raw.writeHead(reply.statusCode, isOnlyHead ? { ...headers, connection: "close" } : headers)
      raw.flushHeaders()
    },
    halfHead: () => {
      const lines = Object.entries(reply.getHeaders()).map(([name, value]) => `${name}: ${value}`)
      const head = [`HTTP/1.1 ${reply.statusCode} OK`, ...lines].join("\r\n")
      raw.socket?.write(head.slice(0, head.length / 2))
    },
    unanswered: () => record?.unanswered(),
    first: async (count) => {
      for await (const piece of firstOf(pieces, count)) await send(piece)
    },
    raw: (text) => void raw.socket?.write(text),
    complete: () => void raw.end(),
    end: (by) => end(by, raw, record, wait),
    hangUp: () => {
      record?.cut()
      raw.socket?.end()
    }
  }
}

/** Writes the answer by `kind.write`. Rejects when the client disconnects, as after most of these faults. */
export const onTheWire = async (
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  fault: Fault
): Promise<void> => {
  const { clock } = worldOf(request)
  await kindOf(fault.kind).write?.(
    valueOf(fault),
    wireOf(reply, payload, (millis) => park(request, reply, clock, millis))
  )
}
