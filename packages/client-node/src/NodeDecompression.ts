/**
 * Brotli by `node:zlib`, for answers over transports that do not decompress: Node's HTTP and undici's `request`.
 *
 * @since 0.1.0
 */
import { Readable } from "node:stream"
import type { ReadableStream as NodeStream } from "node:stream/web"
import { createBrotliDecompress } from "node:zlib"
import { Decompression } from "@effect-pixxel/client/Decompression"
import * as Layer from "effect/Layer"

// Node's type of a web stream and that of the DOM are two names of one class.
const toNode = (stream: ReadableStream<Uint8Array>) => Readable.fromWeb(stream as NodeStream<Uint8Array>)
const toWeb = (stream: Readable) => Readable.toWeb(stream) as ReadableStream<Uint8Array>

/**
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Decompression> = Layer.succeed(Decompression, {
  brotli: (compressed) => {
    const source = toNode(compressed)
    const plain = createBrotliDecompress()
    // An error of the source ends what is read.
    source.on("error", (error) => plain.destroy(error))
    return toWeb(source.pipe(plain))
  }
})
