/** Checks areas in GeoJSON before they are sent. */

import * as Effect from "effect/Effect"
import type { FeatureCollection, Geometry, MultiPolygon, Polygon, Position } from "geojson"
import type { Difference, PixxelInvalidInput } from "../InputError.js"
import { differ, invalidInput, type Named } from "./invalid.js"
import { isObject } from "./wire.js"

/** The kinds of area that operations take. */
export type Kind = "Polygon" | "MultiPolygon"

/** The geometry of a kind. */
export type Area<K extends Kind = Kind> = Extract<Polygon | MultiPolygon, { readonly type: K }>

/** The largest number of corners of a polygon whose rings are compared: more would take seconds. */
export const mostCompared = 5_000

type Ring = ReadonlyArray<Position>

/** A value in a message, shortened. */
const shown = (value: unknown): string => {
  const text = JSON.stringify(value, (_, it) => (typeof it === "number" && !Number.isFinite(it) ? String(it) : it))
  return text === undefined ? "missing" : text.length > 60 ? `${text.slice(0, 60)}…` : text
}

// --- the plane ---

/** The component of a position that has been checked. */
const x = (position: Position): number => position[0] ?? 0
const y = (position: Position): number => position[1] ?? 0

/** Positive if `c` is on the left of the line from `a` to `b`, and 0 on it. */
const side = (a: Position, b: Position, c: Position): number =>
  Math.sign((x(b) - x(a)) * (y(c) - y(a)) - (y(b) - y(a)) * (x(c) - x(a)))

const isWithin = (a: Position, b: Position, c: Position): boolean =>
  Math.min(x(a), x(b)) <= x(c) &&
  x(c) <= Math.max(x(a), x(b)) &&
  Math.min(y(a), y(b)) <= y(c) &&
  y(c) <= Math.max(y(a), y(b))

const isOn = (a: Position, b: Position, c: Position): boolean => side(a, b, c) === 0 && isWithin(a, b, c)

/** Whether a position is inside of a ring, by the crossings of a ray. On an edge, either answer. */
const isInside = (ring: Ring, position: Position): boolean => {
  let isIn = false
  for (let i = 1; i < ring.length; i++) {
    const [a, b] = [ring[i - 1] ?? position, ring[i] ?? position]
    const isAcross = y(a) > y(position) !== y(b) > y(position)
    if (isAcross && x(position) < ((x(b) - x(a)) * (y(position) - y(a))) / (y(b) - y(a)) + x(a)) isIn = !isIn
  }
  return isIn
}

/**
 * On which sides of another ring a ring is that does not cross it. It may touch the other at the corners of both, so each
 * of its edges is divided there, and the middles of the parts decide, but for those on an edge of the other.
 */
const sidesOf = (ring: Ring, other: Ring): { readonly isIn: boolean; readonly isOut: boolean } => {
  const isShared = (from: Position, to: Position) =>
    other.some((end, i) => isOn(other[i - 1] ?? end, end, from) && isOn(other[i - 1] ?? end, end, to))
  const sides = { isIn: false, isOut: false }
  for (const [i, b] of ring.entries()) {
    const a = ring[i - 1] ?? b
    const along = (it: Position) => Math.abs(x(it) - x(a)) + Math.abs(y(it) - y(a))
    const stops = [a, ...other.filter((it) => isOn(a, b, it)), b].sort((one, two) => along(one) - along(two))
    for (const [j, to] of stops.entries()) {
      const from = stops[j - 1] ?? to
      if (isShared(from, to)) continue
      sides[isInside(other, [(x(from) + x(to)) / 2, (y(from) + y(to)) / 2]) ? "isIn" : "isOut"] = true
    }
  }
  return sides
}

const rangeOf = (numbers: ReadonlyArray<number>): readonly [number, number] => [
  numbers.reduce((one, other) => Math.min(one, other)),
  numbers.reduce((one, other) => Math.max(one, other))
]

const areApart = ([low, high]: readonly [number, number], [otherLow, otherHigh]: readonly [number, number]) =>
  high <= otherLow || otherHigh <= low

interface Edge {
  readonly ring: number
  /** The number of its first corner. */
  readonly corner: number
  readonly from: Position
  readonly to: Position
  readonly left: number
  readonly right: number
}

const edgesOf = (rings: ReadonlyArray<Ring>): ReadonlyArray<Edge> =>
  rings.flatMap((positions, ring) =>
    positions.slice(1).flatMap((to, corner): ReadonlyArray<Edge> => {
      const from = positions[corner] ?? to
      if (x(from) === x(to) && y(from) === y(to)) return []
      return [{ ring, corner, from, to, left: Math.min(x(from), x(to)), right: Math.max(x(from), x(to)) }]
    })
  )

const isSame = (one: Position, other: Position) => x(one) === x(other) && y(one) === y(other)

/** Whether two edges meet where they may not. Rings may touch one another, and neighbours share a corner. */
const meet = (one: Edge, other: Edge): boolean => {
  const { from: a, to: b } = one
  const { from: c, to: d } = other
  const [sideC, sideD, sideA, sideB] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)]
  if (sideC * sideD < 0 && sideA * sideB < 0) return true
  if (one.ring !== other.ring) return false
  const isFollowed = isSame(b, c)
  if (isFollowed || isSame(d, a)) {
    // neighbours meet beyond their corner only when one goes back on the other
    const [first, corner, last] = isFollowed ? [a, b, d] : [c, d, b]
    return side(first, corner, last) === 0 && (isWithin(first, corner, last) || isWithin(corner, last, first))
  }
  return isOn(a, b, c) || isOn(a, b, d) || isOn(c, d, a) || isOn(c, d, b)
}

/** Two edges that meet, found from the west to the east. */
const meeting = (edges: ReadonlyArray<Edge>): readonly [Edge, Edge] | undefined => {
  let open: Array<Edge> = []
  for (const edge of [...edges].sort((one, other) => one.left - other.left)) {
    open = open.filter(({ right }) => right >= edge.left)
    const other = open.find((it) => meet(it, edge))
    if (other !== undefined) return other.corner < edge.corner ? [other, edge] : [edge, other]
    open.push(edge)
  }
  return undefined
}

// --- the sphere ---

const radians = Math.PI / 180
/** The authalic radius of WGS 84, in metres. */
const radius = 6_371_007.1809

/** The area of a ring in square metres, by the formula of Chamberlain and Duquette. */
const ringArea = (ring: Ring): number => {
  let sum = 0
  for (let i = 1; i < ring.length; i++) {
    const [a, b] = [ring[i - 1] ?? [], ring[i] ?? []]
    sum += (x(b) - x(a)) * radians * (2 + Math.sin(y(a) * radians) + Math.sin(y(b) * radians))
  }
  return Math.abs((sum * radius * radius) / 2)
}

const polygonArea = ([outer = [], ...holes]: ReadonlyArray<Ring>): number =>
  ringArea(outer) - holes.reduce((sum, hole) => sum + ringArea(hole), 0)

export const area = (geometry: Area): number =>
  (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates).reduce(
    (sum, polygon) => sum + polygonArea(polygon),
    0
  )

// --- a check ---

/** Whether a check has found a problem. */
export const isDifference = <A extends object>(found: A | Difference): found is Difference => "found" in found

/** The way to send an area across the antimeridian. */
const split = "(split it at 180 degrees, RFC 7946, 3.1.9)"

const positionProblem = (position: unknown, path: string): Difference | undefined => {
  const [longitude, latitude]: ReadonlyArray<unknown> = Array.isArray(position) ? position : []
  if (typeof longitude !== "number" || typeof latitude !== "number" || !Number.isFinite(longitude + latitude)) {
    return differ(path, shown(position), "a position of two numbers, [longitude, latitude],")
  }
  const isSwapped = Math.abs(longitude) <= 90 && Math.abs(latitude) <= 180
  if (Math.max(Math.abs(longitude), Math.abs(latitude)) > 360) {
    return differ(path, `at ${shown(position)}`, "a longitude and a latitude in degrees (WGS 84), not in metres,")
  }
  if (Math.abs(latitude) > 90) {
    const hint = isSwapped ? " (longitude comes first in GeoJSON)" : ""
    return differ(path, `at latitude ${latitude}`, `a latitude from -90 to 90${hint}`)
  }
  return Math.abs(longitude) > 180
    ? differ(path, `at longitude ${longitude}`, `a longitude from -180 to 180 ${split}`)
    : undefined
}

/** Returns the positions of a ring, or its first problem. */
const ringOf = (ring: unknown, path: string): Ring | Difference => {
  const rule = "a ring of at least 4 positions, of which the last is the first,"
  if (!Array.isArray(ring)) return differ(path, shown(ring), rule)
  for (const [i, position] of ring.entries()) {
    const problem = positionProblem(position, `${path}[${i}]`)
    if (problem !== undefined) return problem
    const step = i === 0 ? 0 : Math.abs(position[0] - ring[i - 1][0])
    if (step > 180) {
      const found = `across the antimeridian, ${Math.round(step)} degrees from the position before,`
      return differ(`${path}[${i}]`, found, `an area on one side ${split}`)
    }
  }
  const positions: Ring = ring // each has been checked
  if (positions.length < 4) return differ(path, `a ring of ${positions.length} positions`, rule)
  const [first = [], last = []] = [positions[0], positions[positions.length - 1]]
  if (!isSame(first, last)) return differ(path, `open, from ${shown(first)} to ${shown(last)}`, rule)
  return positions
}

/** The first problem between rings. */
const ringsProblem = (rings: ReadonlyArray<Ring>, path: string): Difference | undefined => {
  const edges = edgesOf(rings)
  if (edges.length > mostCompared) return undefined
  const found = meeting(edges)
  if (found !== undefined) {
    const [one, other] = found
    const where = (edge: Edge) => `${shown(edge.from)}–${shown(edge.to)}`
    const [at, first] = [`${path}[${other.ring}]`, `${path}[${one.ring}]`]
    return one.ring === other.ring
      ? differ(at, `a ring that meets itself, at ${where(one)} and ${where(other)},`, "a simple ring")
      : differ(at, `a ring that crosses ${first}, at ${where(other)},`, "a ring apart")
  }
  const [outer = [], ...holes] = rings
  const boxes = holes.map((hole) => ({ hole, across: rangeOf(hole.map(x)), up: rangeOf(hole.map(y)) }))
  for (const [i, box] of boxes.entries()) {
    const at = `${path}[${i + 1}]`
    const { isIn, isOut } = sidesOf(box.hole, outer)
    if (isOut) return differ(at, "a hole outside of its polygon", "one inside of it")
    if (!isIn) return differ(at, "a hole as large as its polygon", "one inside of it")
    const over = boxes.findIndex((other) => {
      if (other === box || areApart(box.across, other.across) || areApart(box.up, other.up)) return false
      const sides = sidesOf(box.hole, other.hole)
      return sides.isIn || !sides.isOut
    })
    if (over >= 0) return differ(at, `a hole inside of the hole ${path}[${over + 1}]`, "a hole of its own")
  }
  return undefined
}

/** The first problem of a list that is not empty. */
const listProblem = (
  value: unknown,
  path: string,
  expected: string,
  problemOf: (item: unknown, path: string) => Difference | undefined
): Difference | undefined => {
  if (!Array.isArray(value) || value.length === 0) return differ(path, shown(value), expected)
  for (const [i, item] of value.entries()) {
    const problem = problemOf(item, `${path}[${i}]`)
    if (problem !== undefined) return problem
  }
  return undefined
}

const polygonProblem = (polygon: unknown, path: string): Difference | undefined => {
  const rings: Array<Ring> = []
  const ringProblem = (ring: unknown, at: string) => {
    const found = ringOf(ring, at)
    if (isDifference(found)) return found
    rings.push(found)
    return undefined
  }
  const problem = listProblem(polygon, path, "a list of rings", ringProblem) ?? ringsProblem(rings, path)
  if (problem !== undefined) return problem
  const empty = rings.findIndex((ring) => ringArea(ring) < 1)
  return empty < 0 ? undefined : differ(`${path}[${empty}]`, "without area", "an area of 1 m² or more")
}

const geometryProblem = ({ coordinates, type }: Readonly<Record<string, unknown>>, path: string) => {
  const at = `${path}.coordinates`
  return type === "Polygon"
    ? polygonProblem(coordinates, at)
    : listProblem(coordinates, at, "a list of polygons", polygonProblem)
}

/** The polygon of a MultiPolygon with no other, for an operation that takes only a Polygon. */
const onlyPolygon = (coordinates: unknown, path: string): Polygon | Difference => {
  const parts: ReadonlyArray<unknown> = Array.isArray(coordinates) ? coordinates : []
  if (parts.length !== 1) {
    return differ(path, `a MultiPolygon of ${parts.length} polygons`, "a Polygon, in a call for each part,")
  }
  const [part] = parts
  // its coordinates are those of a polygon if there is no problem
  return (
    polygonProblem(part, `${path}.coordinates[0]`) ?? { type: "Polygon", coordinates: part as Array<Array<Position>> }
  )
}

/** The bare geometry of a value, which may be a feature, or a collection of one feature. */
const bareIn = (
  value: unknown,
  path: string,
  expected: string
): { readonly path: string; readonly bare: Readonly<Record<string, unknown>> } | Difference => {
  if (!isObject(value)) return differ(path, shown(value), expected)
  const { features, geometry, type } = value
  if (type === "Feature") return bareIn(geometry, `${path}.geometry`, expected)
  if (type !== "FeatureCollection") return { path, bare: value }
  const count = Array.isArray(features) ? features.length : 0
  return Array.isArray(features) && count === 1
    ? bareIn(features[0], `${path}.features[0]`, expected)
    : differ(path, `a FeatureCollection of ${count} features`, expected)
}

/**
 * Returns the geometry of one of these kinds: bare, in a feature, or in a collection of one feature; or why there is
 * none. Its positions stay as they are. Members that the API does not document, such as `bbox` and `crs`, are omitted.
 */
export const areaIn = <K extends Kind>(kinds: ReadonlyArray<K>, value: unknown, at: string): Area<K> | Difference => {
  const expected = `a ${kinds.join(" or a ")}, or one Feature of it,`
  const found = bareIn(value, at, expected)
  if (isDifference(found)) return found
  const { bare, path } = found
  const { coordinates, type } = bare
  const isOf = (kind: unknown) => kinds.some((it) => it === kind)
  if (type === "MultiPolygon" && isOf("Polygon") && !isOf("MultiPolygon")) {
    // the kinds have Polygon
    return onlyPolygon(coordinates, path) as Area<K> | Difference
  }
  if (!isOf(type)) return differ(path, type === undefined ? "no GeoJSON" : shown(type), expected)
  // the type is one of the kinds, and the coordinates are those of it if there is no problem
  return geometryProblem(bare, path) ?? ({ type, coordinates } as unknown as Area<K>)
}

/** The depth of the lists around the positions of a geometry without an area. */
const depths: Readonly<Record<string, number>> = { Point: 0, MultiPoint: 1, LineString: 1, MultiLineString: 2 }

const positionsProblem = (value: unknown, depth: number, path: string): Difference | undefined =>
  depth === 0
    ? positionProblem(value, path)
    : listProblem(value, path, "a list of positions", (item, at) => positionsProblem(item, depth - 1, at))

/** Returns any geometry, in the forms of `areaIn`, or why there is none. */
export const shapeIn = (value: unknown, at: string): Geometry | Difference => {
  const expected = "a geometry of GeoJSON, or one Feature of it,"
  const found = bareIn(value, at, expected)
  if (isDifference(found)) return found
  const { bare, path } = found
  const { coordinates, geometries, type } = bare
  if (type === "Polygon" || type === "MultiPolygon") return areaIn(["Polygon", "MultiPolygon"], bare, path)
  if (type === "GeometryCollection" && Array.isArray(geometries) && geometries.length > 0) {
    const parts = geometries.map((part, i) => shapeIn(part, `${path}.geometries[${i}]`))
    return (
      parts.find(isDifference) ?? { type, geometries: parts.filter((part): part is Geometry => !isDifference(part)) }
    )
  }
  const depth = depths[String(type)]
  if (depth === undefined) return differ(path, type === undefined ? "no GeoJSON" : shown(type), expected)
  // the coordinates are those of the type if there is no problem
  return positionsProblem(coordinates, depth, `${path}.coordinates`) ?? ({ type, coordinates } as unknown as Geometry)
}

/**
 * Returns the areas of an operation that takes several: the features of a collection, or one of them; or why there are
 * none. The areas of a collection are not compared.
 */
export const areasIn = (value: unknown, path: string): FeatureCollection<Area> | Difference => {
  const features: ReadonlyArray<unknown> =
    isObject(value) && value["type"] === "FeatureCollection" && Array.isArray(value["features"])
      ? value["features"]
      : []
  const areas =
    features.length < 2
      ? [areaIn(["Polygon", "MultiPolygon"], value, path)]
      : features.map((feature, at) => areaIn(["Polygon", "MultiPolygon"], feature, `${path}.features[${at}]`))
  return (
    areas.find(isDifference) ?? {
      type: "FeatureCollection",
      features: areas.flatMap((geometry) =>
        isDifference(geometry) ? [] : [{ type: "Feature", properties: {}, geometry } as const]
      )
    }
  )
}

/** Returns the area of an input, or fails with its first problem. */
export const checkArea = <K extends Kind>(
  row: Named,
  kinds: ReadonlyArray<K>,
  value: unknown
): Effect.Effect<Area<K>, PixxelInvalidInput> => {
  const found = areaIn(kinds, value, "geometry")
  return isDifference(found) ? Effect.fail(invalidInput(row, found)) : Effect.succeed(found)
}
