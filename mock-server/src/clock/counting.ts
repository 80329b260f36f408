/** Counts the bytes of both bodies of an exchange as they pass. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { WebStream } from "./streams.js"

interface Watch {
  readonly pull: () => void
  readonly piece: (bytes: number) => void
  readonly end: () => void
  readonly cancel: () => void
  /** Runs the reads of the source, in the context that they belong to. */
  readonly within: <A>(run: () => A) => A
}

/**
 * Passes a stream on and reports each read. `highWaterMark: 0` makes every `pull` a read of the program. A byte stream
 * may be read into the reader's own buffer (`mode: "byob"`).
 */
export const relay = (source: ReadableStream<Uint8Array>, watch: Watch, kind?: "bytes"): ReadableStream<Uint8Array> => {
  const reader = source.getReader()
  const next = async (): Promise<Uint8Array | undefined> => {
    while (true) {
      const { done, value } = await watch.within(() => reader.read())
      if (done) return undefined
      if (value.byteLength > 0) return value // a byte stream refuses an empty chunk
    }
  }
  return new WebStream<Uint8Array>(
    {
      // Node's types separate byte streams from the others
      ...(kind === undefined ? {} : ({ type: kind } as object)),
      pull: async (controller) => {
        watch.pull()
        try {
          const piece = await next()
          if (piece === undefined) {
            controller.close()
            if ("byobRequest" in controller) (controller as ReadableByteStreamController).byobRequest?.respond(0)
            watch.end()
          } else {
            controller.enqueue(kind === undefined ? piece : new Uint8Array(piece)) // a byte stream detaches the buffer
            watch.piece(piece.byteLength)
          }
        } catch (error) {
          controller.error(error)
          watch.end()
        }
      },
      cancel: (reason) => {
        watch.cancel()
        return reader.cancel(reason)
      }
    },
    { highWaterMark: 0 }
  )
}

/** Counts the bytes of a request's body as the parser emits them. */
export const countUpload = (request: IncomingMessage, seen: (bytes: number) => void): void => {
  const push = request.push.bind(request)
  request.push = (chunk: Uint8Array | null, encoding?: BufferEncoding) => {
    if (chunk !== null) seen(chunk.byteLength)
    return push(chunk, encoding)
  }
}

/** Counts the bytes of an answer's body as the handler writes them. */
export const countSent = (response: ServerResponse, sent: (bytes: number) => void): void => {
  for (const method of ["write", "end", "flushHeaders"] as const) {
    const original: (...args: Array<never>) => unknown = response[method].bind(response)
    Object.assign(response, {
      [method]: (...args: Array<never>) => {
        const chunk: unknown = args[0]
        sent(typeof chunk === "string" || chunk instanceof Uint8Array ? Buffer.byteLength(chunk) : 0)
        return original(...args)
      }
    })
  }
}
