/**
 * Writes a small georeferenced image: 16 times 16 pixels of one byte, not compressed, and the GeoTIFF tags that locate
 * it on the earth (EPSG:4326). All but the pixels and the place is always the same.
 */
import type { Bounds } from "./Bounds.js"

export const width = 16

/** "II", version 42, and the offset of the directory behind the pixels. */
const header = Buffer.from("SUkqAAgBAAA=", "base64")

/** The tags: sizes, one strip, no compression; size of a pixel, position of the first, geographic areas in WGS 84. */
const directory = Buffer.from(
  [
    "DwAAAQMAAQAAABAAAAABAQMAAQAAABAAAAACAQMAAQAAAAgAAAADAQMAAQAAAAEAAAAGAQMAAQAAAAEAAAARAQQAAQAAAAgAAAAVAQMAAQAAAAEA",
    "AAAWAQMAAQAAABAAAAAXAQQAAQAAAAABAAAaAQUAAQAAAMIBAAAbAQUAAQAAAMoBAAAoAQMAAQAAAAEAAAAOgwwAAwAAANIBAACChAwABgAAAOoB",
    "AACvhwMAEAAAABoCAAAAAAAAAQAAAAEAAAABAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEAAQAAAAMAAAQAAAEAAgABBAAAAQABAAAIAAABAOYQ"
  ].join(""),
  "base64"
)

/** Offsets of numbers in the file. */
const places = { pixelWidth: 466, pixelHeight: 474, west: 514, north: 522 }

/** Encodes an image. `pixels` are values from 0 to 255, the northernmost row first. */
export const geoTiff = (pixels: Uint8Array, [west, south, east, north]: Bounds): Uint8Array => {
  const bytes = Buffer.concat([header, pixels, directory])
  bytes.writeDoubleLE((east - west) / width, places.pixelWidth)
  bytes.writeDoubleLE((north - south) / width, places.pixelHeight)
  bytes.writeDoubleLE(west, places.west)
  bytes.writeDoubleLE(north, places.north)
  return bytes
}
