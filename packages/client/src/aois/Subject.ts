/**
 * The subject of the errors about AOIs.
 *
 * @since 0.1.0
 */

import { AoiId } from "../Ids.js"
import { tagged } from "../internal/tagged.js"

/**
 * An AOI.
 *
 * @since 0.1.0
 * @category models
 */
export const AoiSubject = tagged("Aoi", { aoiId: AoiId })
export type AoiSubject = typeof AoiSubject.Type
