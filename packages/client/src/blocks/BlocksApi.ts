/**
 * Finds and reads blocks, the analyses of which workflows and insights are made.
 *
 * @since 0.1.0
 */
import { items, one, service } from "../internal/service.js"
import * as endpoints from "./internal/endpoints.js"
import { list } from "./internal/list.js"

/**
 * The block operations of the API.
 *
 * @example
 * import { BlocksApi } from "@effect-pixxel/client"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function* () {
 *   const blocks = yield* BlocksApi
 *   yield* blocks.list({ mode: "insight" })
 *   const block = yield* blocks.get({ name: "cropclassification", version: "1.0.0" })
 *   return block.inputs.map(({ description, format, name }) => ({ name, format, description }))
 * })
 *
 * @since 0.1.0
 * @category services
 */
export class BlocksApi extends service<BlocksApi>()("BlocksApi", {
  /**
   * Lists all blocks, or those of one mode. The API documents two forms of this list: that of the reference, and that of
   * the guide, `GET /v0/blocks/insights`, whose blocks have a price. Use `form: "guide"` for the second. The paths of the
   * guide are also those of `versions` for blocks named `insights` and `workflows`, so a server that knows only the
   * reference answers it with `PixxelNotFound`, or with no blocks.
   */
  list,
  /** Lists all versions of a block. */
  versions: items(endpoints.getBlockVersions),
  /** Reads a version of a block. */
  get: one(endpoints.getBlockByVersion)
}) {}

/**
 * The types of `BlocksApi`.
 *
 * @since 0.1.0
 * @category services
 */
export declare namespace BlocksApi {
  /** Where blocks run: as an insight of an AOI, or in a workflow. */
  export type Mode = "insight" | "workflow"

  /** The form of a list, with its filters. */
  export type ListInput =
    | {
        /** The form of the reference. */
        readonly form?: "official" | undefined
        readonly mode?: Mode | undefined
      }
    | {
        /** The form of the guide. */
        readonly form: "guide"
        readonly mode: Mode
        /** Only blocks with this canonical name. */
        readonly name?: string | undefined
        readonly version?: string | undefined
      }
}
