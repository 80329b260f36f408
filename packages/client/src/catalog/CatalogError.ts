/**
 * The errors about the catalog.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { CreateNotSent, CreateOutcomeUnknown } from "../CreateError.js"
import { type HttpError, type NotCreated, PixxelConflict } from "../HttpError.js"
import { DeliveryId } from "../Ids.js"
import type { PixxelInvalidInput } from "../InputError.js"
import { failure, listOf, maybeString } from "../internal/schema.js"
import type { WaitTimeout } from "../WaitError.js"
import { DeliverySubject, DeliveryTarget } from "./Subject.js"

/**
 * A delivery failed. The API gives no reason (documented by absence): often the secrets of the store are wrong, or they
 * do not permit to write to its bucket.
 *
 * @since 0.1.0
 * @category catalog errors
 */
export class DeliveryFailed extends failure<DeliveryFailed>()("DeliveryFailed", false, {
  subject: DeliverySubject,
  status: Schema.String,
  catalogId: maybeString,
  storeId: maybeString
}) {}

/**
 * A delivery was refused because others of the same entries are under way (inferred from 409): `deliveryIds`. Nothing was
 * created. Wait for them with `waitForDelivery`. `failure` is the refusal.
 *
 * @since 0.1.0
 * @category catalog errors
 */
export class DeliveryUnderWay extends failure<DeliveryUnderWay>()("DeliveryUnderWay", false, {
  target: DeliveryTarget,
  deliveryIds: listOf(DeliveryId),
  failure: PixxelConflict
}) {}

/**
 * The errors of `CatalogApi.deliver`: a certain refusal, a request that never left, or an unknown outcome. None is
 * retryable if the request may have arrived: a repeat would copy the files again.
 *
 * @since 0.1.0
 * @category unions
 */
export type DeliverError =
  | PixxelInvalidInput
  | NotCreated
  | PixxelConflict
  | CreateNotSent<DeliveryTarget>
  | DeliveryUnderWay
  | CreateOutcomeUnknown<DeliveryTarget>

/**
 * The errors of `CatalogApi.waitForDelivery`.
 *
 * @since 0.1.0
 * @category unions
 */
export type DeliveryWaitError = HttpError | DeliveryFailed | WaitTimeout<DeliverySubject>
