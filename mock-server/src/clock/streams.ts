import * as web from "node:stream/web"

/** Node's own `ReadableStream`, which a test's environment may have replaced; its types are another than the global ones. */
export const WebStream = web.ReadableStream as unknown as typeof globalThis.ReadableStream

/** A stream of what a program makes piece by piece. */
export const streamFrom = (pieces: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> =>
  // as above
  web.ReadableStream.from(pieces) as unknown as ReadableStream<Uint8Array>
