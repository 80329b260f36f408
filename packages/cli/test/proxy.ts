/**
 * A CONNECT proxy on a socket, which records its requests, and an HTTPS server behind it. Every host name leads to that
 * server.
 */
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { createServer as createHttpsServer } from "node:https"
import { type AddressInfo, connect } from "node:net"
import { fileURLToPath } from "node:url"

/** A recorded request: its target and headers. */
export interface Asked {
  readonly target: string
  readonly headers: Readonly<Record<string, unknown>>
}

const file = (name: string) => fileURLToPath(new URL(`certificate/${name}`, import.meta.url))

/** For names below `pixxel.test`. */
export const certificate = file("cert.pem")

const listening = async (server: ReturnType<typeof createServer> | ReturnType<typeof createHttpsServer>) => {
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  return port
}

/** Starts both. The proxy answers every CONNECT with `status`, unless it is 200. */
export const behindProxy = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  status = 200
) => {
  const seen: { readonly proxy: Array<Asked>; readonly server: Array<Asked> } = { proxy: [], server: [] }
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    seen.server.push({ target: `https://${request.headers.host}${request.url}`, headers: request.headers })
    answer(request, response)
  }
  const server = createHttpsServer({ key: readFileSync(file("key.pem")), cert: readFileSync(certificate) }, handle)
  const serverPort = await listening(server)

  const proxy = createServer((request, response) => {
    seen.proxy.push({ target: `${request.method} ${request.url}`, headers: request.headers })
    response.writeHead(500).end()
  })
  proxy.on("connect", (request, client) => {
    seen.proxy.push({ target: `${request.method} ${request.url}`, headers: request.headers })
    client.on("error", () => {})
    if (status !== 200) return client.end(`HTTP/1.1 ${status} No\r\n\r\n`)
    const upstream = connect(serverPort, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n")
      client.pipe(upstream)
      upstream.pipe(client)
    }).on("error", () => client.destroy())
    client.on("close", () => upstream.destroy())
    return undefined
  })
  const port = await listening(proxy)
  return {
    seen,
    port,
    close: () => {
      for (const it of [server, proxy]) {
        it.closeAllConnections()
        it.close()
      }
    }
  }
}
