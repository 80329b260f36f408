/**
 * Reads and builds the data that blocks, tasks and insights take and give. The models are `DataType` and its members.
 *
 * @since 0.1.0
 */
import type * as DateTime from "effect/DateTime"
import type * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { MultiPolygon, Polygon } from "geojson"
import type { Asset } from "./assets/Asset.js"
import type { DataType } from "./DataType.js"
import type * as Geometry from "./Geometry.js"
import type { AoiId } from "./Ids.js"
import type { PixxelInvalidInput } from "./InputError.js"
import * as internal from "./internal/dataTypes.js"
import { fill as fillAll } from "./internal/fill.js"
import type { Outcome } from "./Status.js"

/**
 * An asset, as lists of assets have it.
 *
 * @since 0.1.0
 * @category models
 */
export type AssetRef = Pick<Asset, "id" | "aoiId" | "type" | "path" | "outcome">

/**
 * An asset with the URL of its item in the STAC catalogue, where its `path` is another one.
 *
 * @since 0.1.0
 * @category models
 */
export interface CataloguedAsset {
  readonly asset: AssetRef
  readonly stacUrl: string
}

/**
 * One output of an insight, by its name.
 *
 * @since 0.1.0
 * @category models
 */
export interface OutputRef {
  readonly insight: {
    readonly id: string
    readonly outcome: Outcome
    readonly outputs: ReadonlyArray<DataType>
  }
  readonly output: string
}

/**
 * A value for an input of a block. What an input takes depends on its kind:
 * - a raster: an asset, the output of an insight, other data, or the URL of a file;
 * - a vector: GeoJSON, the output of an insight, other data, or the URL of a file;
 * - a table: the output of an insight, other data, or the URL of a file;
 * - a date: a `DateTime`, or a text such as `2024-01-01` or `2024-01-01T06:30:00Z`;
 * - a number: a number, or the text of one;
 * - a text: a text;
 * - any other: a text or a number.
 *
 * @since 0.1.0
 * @category models
 */
export type Value =
  | string
  | number
  | DateTime.DateTime
  | AssetRef
  | CataloguedAsset
  | OutputRef
  | DataType
  | Geometry.Input<Polygon | MultiPolygon>

/**
 * Values by the names of the inputs.
 *
 * @since 0.1.0
 * @category models
 */
export type Values = Readonly<Record<string, Value>>

/**
 * Fills the inputs of a block, and checks them before they cost anything: what a block refuses is refused only after the
 * payment.
 *
 * Fails with all problems at once: a missing input, a name that the block does not have, a value of another kind, one
 * outside of the rules of the template (`min_value`, `max_value`, `allowed_values`), a value and a STAC URL at once, an
 * asset or an insight that is not ready, and, with an `aoiId`, an asset of another AOI. The first is in `path`, `found`
 * and `expected`, the rest in `others`.
 *
 * **Details**
 *
 * The result has each template with its value, as the documentation asks for. On the wire:
 * - numbers are texts (documented);
 * - a `DateTime` at the beginning of a day in its time zone is this day, and any other one a time in UTC;
 * - an asset is its `stac_url` and its `asset_source` (documented). The URL is its `path` without the query, whose
 *   signature would expire (inferred): give another one as `{ asset, stacUrl }`. The source of a mosaic has the type
 *   `raw_mosaic`, as in the documentation, and of any other asset that of the asset (inferred);
 * - an output of an insight is its `value` and its `asset_source` (documented). The type `insight` of the source is
 *   inferred;
 * - GeoJSON is the property `geometry` (inferred).
 *
 * An input without a value whose template has a value or a `default` stays as it is.
 *
 * @example
 * import { type Asset, type Block, DataTypes } from "@effect-pixxel/client"
 *
 * declare const block: Block
 * declare const asset: Asset
 *
 * // An `Either`, and so also an `Effect`.
 * const inputs = DataTypes.fill(block.inputs, {
 *   input_image: asset,
 *   start_date: "2024-06-01",
 *   end_date: "2024-09-30"
 * })
 *
 * @since 0.1.0
 * @category building
 */
export const fill: (
  template: ReadonlyArray<DataType>,
  values: Values,
  options?: { readonly aoiId?: AoiId | undefined }
) => Either.Either<ReadonlyArray<DataType>, PixxelInvalidInput> = fillAll

/**
 * Reads the data in some JSON, such as the `inputs` and the `result` of a `Task`, or in the `Option` of it. Never fails:
 * JSON in a text, in base64 or in a list of bytes is read too, and items that are no objects are left out.
 *
 * @example
 * import { DataTypes, type Task } from "@effect-pixxel/client"
 * import * as Option from "effect/Option"
 *
 * declare const task: Task
 *
 * const urls = DataTypes.decode(task.result).flatMap((data) =>
 *   data._tag === "Raster" ? Option.toArray(data.value) : []
 * )
 *
 * @since 0.1.0
 * @category reading
 */
export const decode: (json: unknown) => ReadonlyArray<DataType> = internal.decode

/**
 * Writes data in its wire format: as it came, or as `fill` made it, with unknown keys.
 *
 * @since 0.1.0
 * @category building
 */
export const encode: (data: DataType) => unknown = internal.encode

/**
 * Finds data by its name.
 *
 * @since 0.1.0
 * @category reading
 */
export const named = (all: ReadonlyArray<DataType>, name: string): Option.Option<DataType> =>
  Option.fromNullable(all.find((data) => Option.contains(data.name, name)))
