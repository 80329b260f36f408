/**
 * A block is one analysis, such as the classification of crops: a node of a workflow, or an insight of its own.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import type { DataType } from "../DataType.js"
import { dataTypes } from "../internal/dataTypes.js"
import { json, number, ref, text, textsOrMap, time, word } from "../internal/field.js"
import { model } from "../internal/model.js"

/**
 * The specification of a version of a block. The reference and the guide of the API document different fields: any may
 * be missing.
 *
 * @since 0.1.0
 * @category models
 */
export class BlockSpec extends model<BlockSpec>("BlockSpec")({
  /** The id of the block. */
  id: text("id"),
  /** The id of this version. */
  versionId: text("version_id"),
  /** The canonical name, such as `cropclassification`. */
  name: text("name"),
  /** The display name. */
  title: text("title"),
  /** The semantic version, such as `1.0.0`. */
  version: text("version"),
  /** The category: `block` (inferred). */
  kind: text("kind"),
  /** The function: `processing` or `source` (inferred). */
  type: text("type"),
  /** The description. */
  description: text("description"),
  /** The state as a number, whose meanings are not documented. `Block.status` has a word. */
  status: number("status"),
  /** The templates of the inputs. */
  inputs: dataTypes("inputs", "input"),
  /** The templates of the outputs. */
  outputs: dataTypes("outputs", "output"),
  /** The URL of more about the block. */
  catalogContentUrl: text("catalog_content_url"),
  /** The ids of the collections whose images the block takes. */
  supportedCollectionIds: textsOrMap("supported_collections_id"),
  /** The tokens for a unit of work, which is not documented. Only in the guide. */
  price: number("price"),
  /** More about the block, any JSON. Only in the guide. */
  info: json("info")
}) {}

/**
 * One version of a block. Any field may be missing.
 *
 * @since 0.1.0
 * @category models
 */
export class Block extends model<Block>("Block")({
  /** The id of the block. */
  id: text("id"),
  /** The server's status word, such as `released`. */
  status: word(["released"], "block_status"),
  /** The specification of the version. */
  spec: ref(BlockSpec, "spec"),
  /** The time of the creation. */
  createdAt: time("created_at"),
  /** The error message, if the block is broken. */
  err: text("err")
}) {
  /** The canonical name, such as `cropclassification`. */
  get name(): Option.Option<string> {
    return Option.flatMap(this.spec, ({ name }) => name)
  }

  /** The semantic version, such as `1.0.0`. */
  get version(): Option.Option<string> {
    return Option.flatMap(this.spec, ({ version }) => version)
  }

  /** The templates of the inputs, which `DataTypes.fill` fills. */
  get inputs(): ReadonlyArray<DataType> {
    return Option.match(this.spec, { onNone: () => [], onSome: ({ inputs }) => inputs })
  }

  /** The templates of the outputs. */
  get outputs(): ReadonlyArray<DataType> {
    return Option.match(this.spec, { onNone: () => [], onSome: ({ outputs }) => outputs })
  }
}
