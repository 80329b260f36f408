/**
 * A bandset is a selection of bands, with which a satellite takes the images of a tasking order.
 *
 * @since 0.1.0
 */
import { BandsetId } from "../Ids.js"
import { named, need, number, text } from "../internal/field.js"
import { model } from "../internal/model.js"

/**
 * A band. The reference has its name and wavelength, the guide only its name (documented).
 *
 * @since 0.1.0
 * @category models
 */
export class Band extends model<Band>("Band")({
  /** The name, such as `B001`. */
  name: text("name"),
  /** The wavelength in nanometres. */
  wavelength: number("wavelength")
}) {}

/**
 * A bandset, as a tasking order names it.
 *
 * @since 0.1.0
 * @category models
 */
export class Bandset extends model<Bandset>("Bandset")({
  /** The id of the bandset. */
  id: need(BandsetId, "id"),
  /** The name, such as `Agriculture`. */
  name: text("name"),
  /** The description. */
  description: text("description"),
  /** The number of captures that an order needs. It multiplies the price (documented). */
  captures: number("captures"),
  /** The bands. */
  bands: named(Band, "bands")
}) {}
