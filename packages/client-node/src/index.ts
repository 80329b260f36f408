/**
 * The Node implementations of the client's optional services.
 *
 * @since 0.1.0
 */
export * as NodeDecompression from "./NodeDecompression.js"
export * as NodeHashing from "./NodeHashing.js"
