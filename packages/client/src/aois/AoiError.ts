/**
 * The errors about AOIs.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { CreateUnconfirmed } from "../CreateUnconfirmed.js"
import type { HttpError } from "../HttpError.js"
import type { PixxelInvalidInput } from "../InputError.js"
import { failure } from "../internal/schema.js"
import type { RunIncomplete } from "../RunError.js"
import type { WaitTimeout } from "../WaitError.js"
import { AoiSubject } from "./Subject.js"

/**
 * The server could not prepare an AOI. The API gives no reason (documented by absence).
 *
 * @since 0.1.0
 * @category AOI errors
 */
export class AoiFailed extends failure<AoiFailed>()("AoiFailed", false, {
  subject: AoiSubject,
  status: Schema.String
}) {}

/**
 * The errors of `AoisApi.create`. `CreateUnconfirmed`: the answer was lost, and neither the new AOI nor its absence
 * could be shown. `PixxelConflict`: another AOI has the name.
 *
 * @since 0.1.0
 * @category unions
 */
export type AoiCreateError = PixxelInvalidInput | HttpError | CreateUnconfirmed

/**
 * The errors of `AoisApi.wait`.
 *
 * @since 0.1.0
 * @category unions
 */
export type AoiWaitError = HttpError | AoiFailed | WaitTimeout<AoiSubject>

/**
 * The errors of `AoisApi.createAndWait` after the create. `RunIncomplete`: the new AOI exists, and could not be followed.
 *
 * @since 0.1.0
 * @category unions
 */
export type AoiFollowError = AoiFailed | WaitTimeout<AoiSubject> | RunIncomplete<AoiSubject>
