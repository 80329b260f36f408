/**
 * What the client needs of Node.
 *
 * @since 0.1.0
 */
export * as NodeDecompression from "./NodeDecompression.js"
export * as NodeHashing from "./NodeHashing.js"
