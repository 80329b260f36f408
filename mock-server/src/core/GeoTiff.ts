/**
 * Writes a small georeferenced image: TIFF 6.0 with one strip of one band, and the three GeoTIFF tags that locate it on
 * the earth (EPSG:4326).
 */

/** West, south, east, north, in degrees. */
export type Bounds = readonly [west: number, south: number, east: number, north: number]

const types = {
  short: { id: 3, size: 2 },
  long: { id: 4, size: 4 },
  rational: { id: 5, size: 8 },
  double: { id: 12, size: 8 }
}

type Tag = readonly [id: number, type: keyof typeof types, values: ReadonlyArray<number>]

const headerSize = 8

const write = (data: DataView, at: number, type: keyof typeof types, value: number): void => {
  if (type === "short") data.setUint16(at, value, true)
  else if (type === "double") data.setFloat64(at, value, true)
  else data.setUint32(at, value, true)
  if (type === "rational") data.setUint32(at + 4, 1, true)
}

/** Encodes a square image. `pixels` are `width` times `width` values from 0 to 255, the northernmost row first. */
export const geoTiff = (pixels: Uint8Array, width: number, [west, south, east, north]: Bounds): Uint8Array => {
  const tags: ReadonlyArray<Tag> = [
    [256, "short", [width]],
    [257, "short", [width]],
    [258, "short", [8]], // bits per sample
    [259, "short", [1]], // not compressed
    [262, "short", [1]], // 0 is black
    [273, "long", [headerSize]], // offset of the pixels
    [277, "short", [1]], // samples per pixel
    [278, "short", [width]], // rows per strip
    [279, "long", [pixels.length]],
    [282, "rational", [1]], // resolution: required, but has no meaning here
    [283, "rational", [1]],
    [296, "short", [1]],
    [33550, "double", [(east - west) / width, (north - south) / width, 0]], // size of a pixel
    [33922, "double", [0, 0, 0, west, north, 0]], // position of the first pixel
    [34735, "short", [1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326]] // geographic, areas, WGS 84
  ]
  // values that do not fit into their tag follow all tags; TIFF requires word boundaries
  const directory = headerSize + pixels.length + (pixels.length % 2)
  const outside = directory + 2 + 12 * tags.length + 4
  const lengthOf = ([, type, values]: Tag) => types[type].size * values.length
  const extra = tags.map(lengthOf).reduce((sum, length) => sum + (length > 4 ? length : 0), 0)
  const bytes = new Uint8Array(outside + extra)
  const data = new DataView(bytes.buffer)
  bytes.set([0x49, 0x49, 42, 0]) // little-endian
  data.setUint32(4, directory, true)
  bytes.set(pixels, headerSize)
  data.setUint16(directory, tags.length, true)
  let free = outside
  for (const [index, tag] of tags.entries()) {
    const [id, type, values] = tag
    const at = directory + 2 + 12 * index
    data.setUint16(at, id, true)
    data.setUint16(at + 2, types[type].id, true)
    data.setUint32(at + 4, values.length, true)
    let place = at + 8
    if (lengthOf(tag) > 4) {
      data.setUint32(place, free, true)
      place = free
      free += lengthOf(tag)
    }
    for (const [i, value] of values.entries()) write(data, place + i * types[type].size, type, value)
  }
  return bytes
}
