/**
 * The subject of the errors about AOIs.
 *
 * @since 0.1.0
 */
import { tagged } from "../internal/tagged.js"
import { AoiId } from "./Aoi.js"

/**
 * An AOI.
 *
 * @since 0.1.0
 * @category models
 */
export const AoiSubject = tagged("Aoi", { aoiId: AoiId })
export type AoiSubject = typeof AoiSubject.Type
