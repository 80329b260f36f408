/** The bounds of GeoJSON from outside. */

/** West, south, east, north, in degrees. */
export type Bounds = readonly [west: number, south: number, east: number, north: number]

/** Returns the positions of a geometry's coordinates, at any depth. */
export const positionsOf = (coordinates: unknown): ReadonlyArray<readonly [number, number]> => {
  if (!Array.isArray(coordinates)) return []
  const [x, y]: ReadonlyArray<unknown> = coordinates
  return typeof x === "number" && typeof y === "number" ? [[x, y]] : coordinates.flatMap(positionsOf)
}

/** Returns the bounds of coordinates; without a position, they meet no others. */
export const boundsOf = (coordinates: unknown): Bounds =>
  // by reduce: a geometry may have more positions than a call can have arguments
  positionsOf(coordinates).reduce<Bounds>(
    ([west, south, east, north], [x, y]) => [
      Math.min(west, x),
      Math.min(south, y),
      Math.max(east, x),
      Math.max(north, y)
    ],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  )
