/**
 * The entries of the catalog: the images that the workspace has ordered.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import { BandsetId, CatalogId, TaskId } from "../Ids.js"
import { id, many, need, number, ref, text, time, word } from "../internal/field.js"
import { model } from "../internal/model.js"
import * as wire from "../internal/wire.js"
import { Pagination } from "../Pagination.js"
import { StacItem } from "../StacItem.js"
import { deliveryWords } from "./internal/words.js"

const sent = ref(StacItem, "details")

/** The image: none for the empty struct of Go, which has no id. */
const image: typeof sent = {
  ...sent,
  read: (value, path, notes) =>
    wire.isObject(value) && Object.values(value).every(wire.isAbsent) ? Option.none() : sent.read(value, path, notes)
}

/**
 * An entry of the catalog: one image of an order. Only the id is guaranteed.
 *
 * @since 0.1.0
 * @category models
 */
export class CatalogEntry extends model<CatalogEntry>("CatalogEntry")({
  /** The id of the entry. That of its image is `image.id`. */
  id: need(CatalogId, "id"),
  /** The image, with its bounds, properties and files. */
  image,
  /** The task of the order item that has made the entry. */
  taskId: id(TaskId, "task_id"),
  /** The bands of the image. */
  bandsetId: id(BandsetId, "bandset_id"),
  /** The area in square kilometres. */
  squareKilometres: number("area"),
  /** The status word of its automatic delivery, unchanged. Deliveries by hand are in `CatalogApi.deliveries`. */
  deliveryStatus: word(deliveryWords, "delivery_status"),
  /** The id of the workspace. */
  orgId: text("org_id"),
  /** The time of the creation. */
  createdAt: time("created_at"),
  /** The id of the user who created the entry. */
  createdBy: text("created_by"),
  /** The time of the last change. */
  updatedAt: time("updated_at"),
  /** The id of the user who changed the entry last. */
  updatedBy: text("updated_by")
}) {}

/**
 * One page of a search of the catalog.
 *
 * @since 0.1.0
 * @category models
 */
export class CatalogPage extends model<CatalogPage>("CatalogPage")({
  /** The entries of the page. */
  entries: many(CatalogEntry, "catalogs"),
  /** The server's data about the page. None for a box across the antimeridian, which is two searches. */
  pagination: ref(Pagination, "pagination")
}) {}
