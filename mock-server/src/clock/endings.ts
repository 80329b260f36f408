/** Tells when an answer is over, also one that waits behind another one on its connection. */
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"

/** Callbacks to run when a connection ends, by connection. */
const endings = new WeakMap<Socket, Set<() => void>>()

/**
 * Calls `run` when an answer is over: sent, or its connection closed. Node does not report a closed connection to an
 * answer that still waits behind another one. The returned function cancels the call.
 */
export const onceOver = (request: IncomingMessage, response: ServerResponse, run: () => void): (() => void) => {
  const { socket } = request
  const known = endings.get(socket)
  const all = known ?? new Set()
  if (known === undefined) {
    endings.set(socket, all)
    socket.once("close", () => {
      for (const end of all) end()
    })
  }
  const cancel = () => {
    all.delete(over)
    response.off("close", over)
  }
  const over = () => {
    cancel()
    run()
  }
  all.add(over)
  response.once("close", over)
  return cancel
}
