/**
 * An area of interest: a polygon, with images of it by one satellite that the server prepares for analysis.
 *
 * @since 0.1.0
 */
import { AoiId, ProjectId, SatelliteId } from "../Ids.js"
import {
  boolean,
  id,
  many,
  need,
  number,
  numbers,
  object,
  percent,
  ref,
  text,
  texts,
  time,
  word
} from "../internal/field.js"
import { model } from "../internal/model.js"
import { vocabulary } from "../internal/vocabulary.js"
import { Pagination } from "../Pagination.js"
import type { Outcome } from "../Status.js"

/**
 * An AOI. Only the id is guaranteed. The encoded form is JSON with the same names, times in ISO 8601, and without
 * absent values.
 *
 * @since 0.1.0
 * @category models
 */
export class Aoi extends model<Aoi>("Aoi")({
  /** The id of the AOI. */
  id: need(AoiId, "aoi_id"),
  /** The name, unique among the AOIs (documented). */
  name: text("name"),
  /** The description. */
  description: text("description"),
  /** The id of the satellite that took the images. */
  satelliteId: id(SatelliteId, "satellite_id", "lens_satellite_id"),
  /** The id of the project that the AOI belongs to. */
  projectId: id(ProjectId, "project_id"),
  /** The images by their ids: their form is not documented. */
  images: object("images"),
  /** The names of the bands. */
  bands: texts("eo_bands"),
  /** The area on the ground, GeoJSON. */
  geometry: object("geometry"),
  /** The progress from 0 to 100. */
  progress: percent("progress"),
  /** The server's status word, unchanged. `outcome` classifies it. */
  status: word(["success", "started", "running", "failed", "updating", "partial_success"], "status"),
  /** Whether the user has marked the AOI. */
  isFavourite: boolean("is_favourite"),
  /** The time of the creation. */
  createdAt: time("created_at"),
  /** The time of the last change. */
  updatedAt: time("updated_at"),
  /** The id of the user who created the AOI. */
  userId: text("user_id"),
  /** The size of the area in square metres. */
  squareMetres: number("area_in_sq_m"),
  /** Longitude and latitude of the centre. */
  centroid: numbers("centroid")
}) {
  /** The outcome of the status word; `partial_success` is a success. */
  get outcome(): Outcome {
    return vocabulary.outcomeOf(this.status)
  }

  /** Whether some of the images are missing from a success. */
  get isPartial(): boolean {
    return vocabulary.isPartial(this.status)
  }
}

/**
 * One page of a list of AOIs.
 *
 * @since 0.1.0
 * @category models
 */
export class AoiPage extends model<AoiPage>("AoiPage")({
  /** The AOIs of the page. */
  aois: many(Aoi, "aois"),
  /** The server's data about the page. */
  pagination: ref(Pagination, "pagination")
}) {}
