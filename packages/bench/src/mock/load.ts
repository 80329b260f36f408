/**
 * Generates load on a server: repeats one request on each of many connections, with minimal work per answer. Usual
 * clients take longer per request than the server, so the benchmark would measure them.
 */
import { once } from "node:events"
import { connect, type Socket } from "node:net"

export interface Load {
  /** Sends requests for `millis`. Returns the number of answers, and the seconds until the last one. */
  readonly run: (millis: number) => Promise<{ readonly answers: number; readonly seconds: number }>
  readonly close: () => void
}

const endOfHead = "\r\n\r\n"

/** The length of an answer in bytes, from its first piece. */
const lengthOf = (piece: Buffer): number => {
  const head = piece.toString("latin1", 0, piece.indexOf(endOfHead))
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? []
  if (!head.startsWith("HTTP/1.1 200") || length === undefined) throw new Error(`the server answered ${head}`)
  return head.length + endOfHead.length + Number(length)
}

export const open = async (url: URL, headers: Readonly<Record<string, string>>, connections: number): Promise<Load> => {
  const fields = Object.entries({ Host: url.host, ...headers }).map(([name, value]) => `${name}: ${value}`)
  const request = Buffer.from([`GET ${url.pathname} HTTP/1.1`, ...fields, "", ""].join("\r\n"))
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true })
      await once(socket, "connect")
      return socket
    })
  )
  return {
    run: async (millis) => {
      const began = performance.now()
      let answers = 0
      const askOn = (socket: Socket) =>
        new Promise<void>((resolve) => {
          let missing = 0
          const take = (piece: Buffer) => {
            missing += missing === 0 ? lengthOf(piece) - piece.length : -piece.length
            if (missing > 0) return
            answers++
            if (performance.now() - began < millis) return void socket.write(request)
            socket.off("data", take)
            resolve()
          }
          socket.on("data", take)
          socket.write(request)
        })
      await Promise.all(sockets.map(askOn))
      return { answers, seconds: (performance.now() - began) / 1_000 }
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
    }
  }
}
