/** Images as items of STAC. The archive, orders and the catalog show the same images. */
import { boundsOf } from "../../core/Bounds.js"
import type { World } from "../../core/World.js"
import type { Scene } from "../search/fixture.js"
import type { Collection } from "./fixture.js"

/** Returns the collections of the archive. */
export const collectionsOf = ({ fixtures }: World): ReadonlyArray<Collection> => [
  ...(fixtures.collections?.values() ?? [])
]

/** An image: a scene of the fixtures, or a strip of a capture. */
export type Image = Pick<Scene, "id" | "collection" | "datetime" | "cloud_cover" | "off_nadir" | "gsd" | "geometry">

/** Id and bands of the collection of an image. */
type Source = Pick<Collection, "id" | "bands">

const assetsOf = (id: string, { bands }: Source) =>
  Object.fromEntries(
    Object.entries(bands).map(([name, center_wavelength]) => [
      name,
      {
        href: `https://archive.example.com/${id}/${name}.tif`,
        type: "image/tiff",
        roles: ["data"],
        title: name,
        "eo:bands": [{ name, center_wavelength, fwhm: 0 }]
      }
    ])
  )

const encode = (collection: Source, { cloud_cover, datetime, geometry, gsd, id, off_nadir }: Image) => ({
  id,
  type: "Feature",
  collection: collection.id,
  stac_version: "1.0.0",
  stac_extensions: ["https://stac-extensions.github.io/eo/v1.0.0/schema.json"],
  bbox: boundsOf(geometry.coordinates),
  geometry,
  properties: {
    datetime,
    startdatetime: datetime,
    created: datetime,
    constellation: id.slice(0, 2),
    platform: id.split("_")[0],
    instruments: ["VNIR"],
    gsd,
    "eo:cloud_cover": cloud_cover,
    "view:off_nadir": off_nadir,
    "rd:product_level": "L2A"
  },
  assets: assetsOf(id, collection),
  links: [{ rel: "self", href: `https://archive.example.com/${id}`, type: "application/geo+json" }]
})

export type Item = ReturnType<typeof encode>

/** Encodes an image that may be of no collection of the archive. */
export const encodeImage = (world: World, image: Image): Item =>
  encode(collectionsOf(world).find(({ id }) => id === image.collection) ?? { id: image.collection, bands: {} }, image)

/** Returns the items of the archive, the newest first. Their bounds are numbers. */
export const itemsOf = (world: World): ReadonlyArray<Item> => {
  const collections = new Map(collectionsOf(world).map((it) => [it.id, it]))
  return [...(world.fixtures.scenes?.values() ?? [])]
    .flatMap((scene) => {
      const collection = collections.get(scene.collection)
      return collection === undefined ? [] : [encode(collection, scene)]
    })
    .sort((one, other) => (one.properties.datetime < other.properties.datetime ? 1 : -1))
}

/** Returns the names by which a query finds an item: the documentation has `cloudcover` and `bands`. */
export const queriesOf = ({ assets, properties }: Item) => ({
  ...properties,
  cloudcover: properties["eo:cloud_cover"],
  bands: Object.keys(assets)
})
