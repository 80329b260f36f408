/** Routes of the archive. */
import type { FastifyRequest } from "fastify"
import { pick } from "../../core/Fields.js"
import { matches, searchProblems, sorted } from "../../core/StacSearch.js"
import type { World } from "../../core/World.js"
import { named } from "../../http/answers.js"
import { refuse } from "../../http/bodies.js"
import { filtered, isIn, listed } from "../../http/lists.js"
import { integer } from "../../http/parameters.js"
import { worldOf } from "../../http/requests.js"
import type { Handlers } from "../Resource.js"
import type { Collection, Search } from "./fixture.js"
import type { operations } from "./index.js"
import { collectionsOf, type Item, itemsOf, queriesOf } from "./items.js"

const encodeCollection = (collection: Collection) => ({
  ...pick(collection, "id", "title", "description", "license", "created_at"),
  type: "Collection",
  stac_version: "0.1.0",
  stac_extensions: [],
  providers: [
    { name: "Pixxel", description: "Pixxel is a space data company", roles: ["producer"], url: "https://pixxel.space" }
  ],
  extent: {
    spatial: { bbox: [collection.bbox] },
    temporal: { interval: [[collection.start, collection.end ?? null]] }
  },
  summaries: { platform: [collection.id.split("-")[1]?.toUpperCase()] },
  links: [{ rel: "items", href: `https://archive.example.com/${collection.id}`, type: "application/geo+json" }],
  updated_at: collection.created_at
})

const encodeItem = ({ quirks }: World, item: Item) => ({
  ...item,
  bbox: quirks.bbox === "numbers" ? item.bbox : item.bbox.map(String)
})

/** Encodes a page of items, which has no total (documented). */
const pageOf = (request: FastifyRequest, items: ReadonlyArray<Item>, offset: number, limit: number) => {
  const page = items.slice(offset, offset + limit)
  const features = listed(request, "features", page, (item) => encodeItem(worldOf(request), item))
  return { type: "FeatureCollection", ...features, links: [] }
}

const collectionIn = (request: FastifyRequest) =>
  named(request, "cid", "collection", (id, world) => collectionsOf(world).find((it) => it.id === id))

const itemsIn = (request: FastifyRequest) => {
  const { id } = collectionIn(request)
  return itemsOf(worldOf(request)).filter(({ collection }) => collection === id)
}

export const handlers: Handlers<typeof operations> = {
  ListCollections: (request) => {
    const found = filtered(request, collectionsOf(worldOf(request)), { ids: isIn(({ id }) => id) })
    return listed(request, "collections", found, encodeCollection)
  },
  GetCollectionById: (request) => encodeCollection(collectionIn(request)),
  ListItemInCollection: (request) =>
    pageOf(request, itemsIn(request), integer(request, "offset", 0, 0), integer(request, "limit", 1, 10)),
  GetCollectionItemById: (request) => {
    const items = itemsIn(request)
    return encodeItem(
      worldOf(request),
      named(request, "id", "item", (id) => items.find((it) => it.id === id))
    )
  },
  SearchItemInArchive: (request) => {
    const query = request.body as Search // of its shape
    refuse(searchProblems(query))
    const { limit = 10, offset = 0, sortby = [] } = query
    const isFound = matches(query)
    const found = itemsOf(worldOf(request)).filter((item) => isFound({ ...item, properties: queriesOf(item) }))
    const sorts = sortby.map(({ direction, field }) => ({ field, descends: direction === "desc" }))
    return pageOf(request, sorted(found, queriesOf, sorts), offset, limit)
  }
}
