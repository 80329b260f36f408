/**
 * Checksums, computed by the platform. The client has no code of its own for it, since it runs everywhere: on Node,
 * `@effect-pixxel/client-node` has the layer. It is optional: without it a download is checked by its length alone, and
 * says so; one that asks for more (`verify: true`) fails.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Option from "effect/Option"

/**
 * A service that computes checksums.
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
 * @since 0.1.0
 * @category services
 */
export declare namespace Hashing {
  /**
   * Those that object stores tell of what they hold. `crc32` is that of ZIP: four bytes, the highest first.
   *
   * @since 0.1.0
   * @category models
   */
  export type Algorithm = "sha-512" | "sha-256" | "sha-1" | "md5" | "crc32"

  /**
   * One sum on its way. It changes with every `update`, and after `digest` it is of no more use.
   *
   * @since 0.1.0
   * @category models
   */
  export interface Hash {
    readonly update: (bytes: Uint8Array) => void
    readonly digest: () => Uint8Array
  }

  /**
   * @since 0.1.0
   * @category services
   */
  export interface Service {
    /** Begins a sum; none for an algorithm that the platform does not have. */
    readonly start: (algorithm: Algorithm) => Option.Option<Hash>
  }
}
