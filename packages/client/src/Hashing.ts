/**
 * Computes checksums with the platform. The client runs everywhere and has no implementation of its own; on Node,
 * `@effect-pixxel/client-node` provides the layer. The service is optional: without it, a download checks the length
 * alone and reports `verified: "length"`, and a download with `verify: true` fails.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Option from "effect/Option"

/**
 * Computes checksums.
 *
 * @example
 * import { Download } from "@effect-pixxel/client"
 * import { NodeHashing } from "@effect-pixxel/client-node"
 * import * as Effect from "effect/Effect"
 *
 * const verified = Download.toFile({ workflowId, jobId, path: "result.zip" }).pipe(Effect.provide(NodeHashing.layer))
 *
 * @since 0.1.0
 * @category services
 */
export class Hashing extends Context.Tag("@effect-pixxel/client/Hashing")<Hashing, Hashing.Service>() {}

/**
 * The types of `Hashing`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace Hashing {
  /** The checksum algorithms of object stores. `crc32` is the CRC-32 of ZIP: four bytes, most significant first. */
  export type Algorithm = "sha-512" | "sha-256" | "sha-1" | "md5" | "crc32"

  /** A checksum in progress. Mutable, and unusable after `digest`. */
  export interface Hash {
    readonly update: (bytes: Uint8Array) => void
    readonly digest: () => Uint8Array
  }

  /** The checksum algorithms of a platform. */
  export interface Service {
    /** Starts a checksum; none if the platform does not support the algorithm. */
    readonly start: (algorithm: Algorithm) => Option.Option<Hash>
  }
}
