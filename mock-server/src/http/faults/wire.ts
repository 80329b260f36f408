/**
 * Faults of the bytes of an answer: the answer is written to the socket directly, and often ends the connection. All
 * bytes sent have arrived before the connection is reset or closed; otherwise the machine would decide how many the
 * client sees. In real time that is only likely: a client that reads late also gets all bytes, but Node may report an
 * end instead of the reset.
 */
import type { OutgoingHttpHeaders, ServerResponse } from "node:http"
import type { FastifyReply, FastifyRequest } from "fastify"
import { ClientGone, park } from "../../clock/index.js"
import { parseDuration } from "../../core/Duration.js"
import type { Fault } from "../../core/faults/Faults.js"
import type { FaultEffect } from "../../core/faults/Plan.js"
import { worldOf } from "../requests.js"
import { firstOf, lengthOf, piecesOf } from "./body.js"

type Cut = NonNullable<FaultEffect["cut"]>
type Wait = (millis: number) => Promise<void>
type Record = FastifyRequest["record"]

/** Whether the fault writes the answer to the socket directly. */
export const isOfTheWire = ({ effect: { cut }, kind }: Fault): boolean =>
  (kind === "cut" && cut?.at !== "request") || kind === "drip" || kind === "contentLengthOff" || kind === "badChunk"

/** Ends a connection after all bytes sent have arrived. */
export const end = async (
  by: Cut["by"],
  { req: { socket } }: ServerResponse,
  record: Record,
  wait: Wait
): Promise<void> => {
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

/** Returns the first half of the head. */
const halfHead = (reply: FastifyReply): string => {
  const lines = Object.entries(reply.getHeaders()).map(([name, value]) => `${name}: ${value}`)
  const head = [`HTTP/1.1 ${reply.statusCode} OK`, ...lines].join("\r\n")
  return head.slice(0, head.length / 2)
}

/** Writes an answer with faults to the socket. */
class Writing {
  readonly #reply: FastifyReply
  readonly #raw: ServerResponse
  readonly #payload: unknown
  readonly #wait: Wait
  readonly #record: Record
  #written = 0

  constructor(reply: FastifyReply, payload: unknown, wait: Wait) {
    this.#reply = reply
    this.#raw = reply.raw
    this.#payload = payload
    this.#wait = wait
    this.#record = reply.request.record
  }

  /** Sends a chunk of the body. */
  async #send(piece: Buffer): Promise<void> {
    await write(this.#raw, piece)
    this.#written += piece.length
    this.#record?.handed(this.#written)
  }

  #end(by: Cut["by"]): Promise<void> {
    return end(by, this.#raw, this.#record, this.#wait)
  }

  get #length(): number {
    return lengthOf(this.#reply, this.#payload)
  }

  /** Whether the answer has no body (HEAD): then the connection is closed, so that the fault hits no other request. */
  get #isOnlyHead(): boolean {
    return this.#reply.request.method === "HEAD"
  }

  #head(headers: OutgoingHttpHeaders): void {
    this.#record?.handed(0)
    for (const [name, value] of Object.entries(this.#reply.getHeaders())) {
      if (value !== undefined && name !== "content-length") this.#raw.setHeader(name, value)
    }
    this.#raw.writeHead(this.#reply.statusCode, this.#isOnlyHead ? { ...headers, connection: "close" } : headers)
    this.#raw.flushHeaders()
  }

  async cut({ at, by }: Cut): Promise<void> {
    if (at === "head") this.#raw.socket?.write(halfHead(this.#reply))
    if (typeof at === "number") {
      // promises at least one byte that is never sent, even for a short body
      this.#head({ "content-length": Math.max(this.#length, at + 1) })
      await this.#first(at)
    }
    await this.#end(by)
  }

  /** Sends the first bytes of the body. */
  async #first(count: number): Promise<void> {
    for await (const piece of firstOf(piecesOf(this.#payload), count)) await this.#send(piece)
  }

  async drip(bytes: number, every: number): Promise<void> {
    this.#head({ "content-length": this.#length })
    for await (const piece of piecesOf(this.#payload)) {
      for (let at = 0; at < piece.length; at += bytes) {
        await this.#wait(every)
        await this.#send(piece.subarray(at, at + bytes))
      }
    }
    this.#raw.end()
  }

  async wrongLength(off: number): Promise<void> {
    const length = this.#length
    if (off > 0) {
      this.#head({ "content-length": length + off })
      await this.#first(length)
      return this.#end("close")
    }
    // the client ends before all bytes are sent: it does not read the rest, which must not reach another request
    this.#head({ "content-length": Math.max(0, length + off), connection: "close" })
    await this.#first(length)
    this.#record?.cut()
    this.#raw.socket?.end()
  }

  async badChunk(): Promise<void> {
    const half = Math.floor(this.#length / 2)
    this.#head({ "transfer-encoding": "chunked" })
    await this.#first(half)
    await this.#wait(0)
    if (!this.#isOnlyHead) this.#raw.socket?.write("no size\r\n")
    await this.#end("close")
  }
}

/** Writes the answer. Rejects when the client disconnects, as after most of these faults. */
export const onTheWire = async (
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  { effect: { badChunk, contentLengthOff, cut, drip } }: Fault
): Promise<void> => {
  const { clock } = worldOf(request)
  const writing = new Writing(reply, payload, (millis) => park(request, reply, clock, millis))
  if (cut !== undefined) {
    if (typeof cut.at === "string") request.record?.unanswered() // no status is sent
    await writing.cut(cut)
  }
  if (drip !== undefined) await writing.drip(drip.bytes, parseDuration(drip.every))
  if (contentLengthOff !== undefined) await writing.wrongLength(contentLengthOff)
  if (badChunk !== undefined) await writing.badChunk()
}
