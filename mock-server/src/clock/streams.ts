import * as web from "node:stream/web"

/** Node's own `ReadableStream`, which a test environment may have replaced. Its types differ from the global ones. */
export const WebStream = web.ReadableStream as unknown as typeof globalThis.ReadableStream

export const streamFrom = (pieces: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> =>
  // as above
  web.ReadableStream.from(pieces) as unknown as ReadableStream<Uint8Array>
