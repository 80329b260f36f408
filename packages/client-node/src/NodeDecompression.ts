/**
 * Decompresses brotli with `node:zlib`, for transports that do not decompress: Node's HTTP client and undici's
 * `request`.
 *
 * @since 0.1.0
 */
import { Readable } from "node:stream"
import type { ReadableStream as NodeStream } from "node:stream/web"
import { createBrotliDecompress } from "node:zlib"
import { Decompression } from "@effect-pixxel/client/Decompression"
import * as Layer from "effect/Layer"

// Node's web stream type and the DOM's describe the same class.
const toNode = (stream: ReadableStream<Uint8Array>) => Readable.fromWeb(stream as NodeStream<Uint8Array>)
const toWeb = (stream: Readable) => Readable.toWeb(stream) as ReadableStream<Uint8Array>

/**
 * Provides `Decompression` with Node's brotli decoder. Needs no configuration and never fails to build.
 *
 * @example
 * import { NodeHttpClient } from "@effect/platform-node"
 * import { Pixxel } from "@effect-pixxel/client"
 * import { NodeDecompression } from "@effect-pixxel/client-node"
 * import { Layer } from "effect"
 *
 * const PixxelLive = Pixxel.layerConfig.pipe(
 *   Layer.provide([NodeHttpClient.layer, NodeDecompression.layer])
 * )
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Decompression> = Layer.succeed(Decompression, {
  brotli: (compressed) => {
    const source = toNode(compressed)
    const plain = createBrotliDecompress()
    // Propagates an error of the source to the reader.
    source.on("error", (error) => plain.destroy(error))
    return toWeb(source.pipe(plain))
  }
})
