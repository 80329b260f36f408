/**
 * Decompresses brotli, which the platform's `DecompressionStream` may not support. The client asks for gzip and
 * deflate, which it decompresses everywhere, but a server or a gateway may still send brotli. On Node,
 * `@effect-pixxel/client-node` provides the layer. The service is optional, and `fetch` does not need it: it
 * decompresses by itself.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"

/**
 * Decompresses response bodies.
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
 * The types of `Decompression`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace Decompression {
  /** The decoders of a platform. */
  export interface Service {
    /** Decompresses a brotli stream. */
    readonly brotli: (compressed: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>
  }
}
