/** Routes that list satellites, and search their images. */
import { boundsOf } from "../../core/Bounds.js"
import { type Path, type Problem, printValue, unless } from "../../core/Problem.js"
import { contentOf } from "../../core/Shape.js"
import { matches } from "../../core/StacSearch.js"
import type { World } from "../../core/World.js"
import { refuse } from "../../http/bodies.js"
import { listed } from "../../http/lists.js"
import { worldOf } from "../../http/requests.js"
import type { Handlers } from "../Resource.js"
import type { Query, Scene } from "./fixture.js"
import type { operations } from "./index.js"

const satellitesOf = ({ fixtures }: World) => [...(fixtures.satellites?.values() ?? [])]

/** Returns the properties of an image, by which filters find it. */
const propertiesOf = (world: World, { cloud_cover, datetime, gsd, off_nadir, satellite_id }: Scene) => ({
  datetime,
  created: datetime,
  platform: satellitesOf(world).find((it) => it.id === satellite_id)?.name ?? satellite_id,
  gsd,
  "eo:cloud_cover": cloud_cover,
  "view:off_nadir": off_nadir
})

const encode = (world: World, scene: Scene) => {
  const { collection, geometry, id } = scene
  const href = `https://images.example.com/${id}`
  return {
    id,
    type: "Feature",
    stac_version: "1.0.0",
    stac_extensions: ["https://stac-extensions.github.io/eo/v1.1.0/schema.json"],
    collection,
    bbox: boundsOf(geometry.coordinates),
    geometry,
    properties: propertiesOf(world, scene),
    assets: { thumbnail: { href: `${href}.jpeg`, type: "image/jpeg", title: "Preview", roles: ["thumbnail"] } },
    links: [{ rel: "self", href, type: "application/geo+json" }]
  }
}

/** Returns the problems of a search of the right shape. */
const problemsOf = (
  world: World,
  { end_date, filters = [], next_token, satellites, start_date }: Query
): ReadonlyArray<Problem> => {
  const known = satellitesOf(world)
  const expect = (isRight: boolean, path: Path, found: unknown, expected: string) =>
    unless(isRight, path, printValue(found), expected)
  const [start, end] = [Date.parse(start_date), Date.parse(end_date)]
  const queryables = known.flatMap(({ collections }) => collections.flatMap((it) => it.queryables))
  return [
    expect(!Number.isNaN(start), ["start_date"], start_date, "a time in ISO 8601"),
    expect(!Number.isNaN(end), ["end_date"], end_date, "a time in ISO 8601"),
    expect(!(end <= start), ["end_date"], end_date, "a time after start_date"),
    expect(tokenOf(next_token) !== undefined, ["next_token"], next_token, "a token of an earlier answer"),
    ...filters.flatMap(({ id, max, min }, index) => [
      expect(queryables.includes(id), ["filters", index, "id"], id, "a queryable of a collection"),
      expect(Number.isInteger(min), ["filters", index, "min"], min, "a whole number"),
      expect(Number.isInteger(max) && min <= max, ["filters", index, "max"], max, "a whole number from min")
    ]),
    ...satellites.flatMap(({ collection_id, satellite_id }, index) => {
      const path = ["satellites", index]
      const found = known.find(({ id }) => id === satellite_id)
      const isOwn = found === undefined || found.collections.some(({ id }) => id === collection_id)
      return [
        expect(found !== undefined, [...path, "satellite_id"], satellite_id, "the id of a satellite"),
        expect(isOwn, [...path, "collection_id"], collection_id, "a collection of the satellite")
      ]
    })
  ].flat()
}

/** Returns the number of images before those that a token leads to. */
const tokenOf = (token: string | undefined): number | undefined =>
  token === undefined ? 0 : /^after-\d{1,9}$/.test(token) ? Number(token.slice("after-".length)) : undefined

export const handlers: Handlers<typeof operations> = {
  ListSatellites: (request) => listed(request, "satellites", satellitesOf(worldOf(request)), contentOf),
  SearchSatelliteImages: (request) => {
    const world = worldOf(request)
    const query = request.body as Query // of its shape
    refuse(problemsOf(world, query))
    const { end_date, filters = [], geometry, limit = 10, next_token, satellites, start_date } = query
    const isFound = matches({
      datetime: [start_date, end_date].map((date) => new Date(date).toISOString()).join("/"),
      intersects: geometry
    })
    const found = [...(world.fixtures.scenes?.values() ?? [])]
      .filter((scene) => {
        const properties: Readonly<Record<string, unknown>> = propertiesOf(world, scene)
        return (
          isFound({ ...scene, properties }) &&
          satellites.some((it) => it.satellite_id === scene.satellite_id && it.collection_id === scene.collection) &&
          filters.every(({ id, max, min }) => Number(properties[id]) >= min && Number(properties[id]) <= max)
        )
      })
      .sort((one, other) => (one.datetime < other.datetime ? 1 : -1))
    const { nextToken, searchItems } = world.quirks
    const skip = nextToken === true ? (tokenOf(next_token) ?? 0) : 0
    const items = found.slice(skip, skip + limit).map((scene) => encode(world, scene))
    const next = skip + items.length
    return {
      items: searchItems === "list" ? items : Object.fromEntries(items.map((item) => [item.id, item])),
      pagination: { limit, skip, total: found.length },
      ...(nextToken === true && next < found.length && { next_token: `after-${next}` })
    }
  }
}
