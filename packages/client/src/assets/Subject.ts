/**
 * The subject of the errors about assets.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { AoiId } from "../Ids.js"
import { tagged } from "../internal/tagged.js"

/**
 * Assets of an AOI, as the errors of their download name them: `assetIds` are the ids with commas between them.
 *
 * @since 0.1.0
 * @category models
 */
export const AssetsSubject = tagged("Assets", { aoiId: AoiId, assetIds: Schema.String })
export type AssetsSubject = typeof AssetsSubject.Type
