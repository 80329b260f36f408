/**
 * Faults of the bytes of an answer: the answer is written to the socket directly, and often ends the connection. All
 * bytes sent have arrived before the connection is reset or closed; otherwise the machine would decide how many the
 * client sees. In real time that is only likely: a client that reads late also gets all bytes, but Node may report an
 * end instead of the reset.
 */
import type { OutgoingHttpHeaders, ServerResponse } from "node:http"
import type { FastifyReply, FastifyRequest } from "fastify"
import { ClientGone, park } from "../../clock/index.js"
import { type Fault, valueOf } from "../../core/faults/Faults.js"
import { kindOf } from "../../core/faults/kinds/index.js"
import type { End, Pieces, Wire } from "../../core/faults/kinds/Kind.js"
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

class Writing implements Wire {
  readonly length: number
  readonly pieces: Pieces
  readonly isOnlyHead: boolean
  readonly wait: Wait
  readonly #reply: FastifyReply
  readonly #raw: ServerResponse
  readonly #record: Record
  #written = 0

  constructor(reply: FastifyReply, payload: unknown, wait: Wait) {
    this.length = lengthOf(reply, payload)
    this.pieces = piecesOf(payload)
    this.isOnlyHead = reply.request.method === "HEAD"
    this.wait = wait
    this.#reply = reply
    this.#raw = reply.raw
    this.#record = reply.request.record
  }

  /** Closes the connection after an answer without a body, so that the fault hits no other request. */
  head(headers: OutgoingHttpHeaders): void {
    this.#record?.handed(0)
    for (const [name, value] of Object.entries(this.#reply.getHeaders())) {
      if (value !== undefined && name !== "content-length") this.#raw.setHeader(name, value)
    }
    this.#raw.writeHead(this.#reply.statusCode, this.isOnlyHead ? { ...headers, connection: "close" } : headers)
    this.#raw.flushHeaders()
  }

  halfHead(): void {
    const lines = Object.entries(this.#reply.getHeaders()).map(([name, value]) => `${name}: ${value}`)
    const head = [`HTTP/1.1 ${this.#reply.statusCode} OK`, ...lines].join("\r\n")
    this.raw(head.slice(0, head.length / 2))
  }

  unanswered(): void {
    this.#record?.unanswered()
  }

  async send(piece: Buffer): Promise<void> {
    await write(this.#raw, piece)
    this.#written += piece.length
    this.#record?.handed(this.#written)
  }

  async first(count: number): Promise<void> {
    for await (const piece of firstOf(this.pieces, count)) await this.send(piece)
  }

  raw(text: string): void {
    this.#raw.socket?.write(text)
  }

  complete(): void {
    this.#raw.end()
  }

  end(by: End): Promise<void> {
    return end(by, this.#raw, this.#record, this.wait)
  }

  hangUp(): void {
    this.#record?.cut()
    this.#raw.socket?.end()
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
    new Writing(reply, payload, (millis) => park(request, reply, clock, millis))
  )
}
