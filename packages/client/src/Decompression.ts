/**
 * Decompression of what the platform's `DecompressionStream` does not know. The client asks for gzip and deflate, which
 * it decompresses everywhere; a server or a gateway may send brotli all the same. On Node, `@effect-pixxel/client-node`
 * has the layer; it is optional, and not needed over `fetch`, which decompresses by itself.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"

/**
 * A service that decompresses bodies.
 *
 * @example
 * import { Pixxel } from "@effect-pixxel/client"
 * import { NodeDecompression } from "@effect-pixxel/client-node"
 * import * as Layer from "effect/Layer"
 *
 * const PixxelLive = Pixxel.layerConfig.pipe(Layer.provide(NodeDecompression.layer))
 *
 * @since 0.1.0
 * @category services
 */
export class Decompression extends Context.Tag("@effect-pixxel/client/Decompression")<
  Decompression,
  Decompression.Service
>() {}

/**
 * @since 0.1.0
 * @category services
 */
export declare namespace Decompression {
  /**
   * @since 0.1.0
   * @category services
   */
  export interface Service {
    /** The bytes of a brotli stream. */
    readonly brotli: (compressed: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>
  }
}
