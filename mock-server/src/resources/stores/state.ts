/** The stores of a world. */
import type * as Type from "typebox/type"
import { type DeepReadonly, field, name, object, optional, text } from "../../core/Shape.js"
import { createdAt, Shelf, savedShelf, thingsOf } from "../../core/Shelf.js"
import type { Opening } from "../Resource.js"
import { common, type NewStore, type } from "./fixture.js"

export const savedStore = object(
  {
    id: field(name, "Id of the store.", ["store-results"]),
    type,
    ...common,
    created_by: field(optional(text), "Id of the user who created the store. Default: not known.", ["user-4f1c2a"]),
    createdAt
  },
  { title: "a saved store", description: "A store of a saved world, without its secrets." }
)

export const savedStores = savedShelf("stores", savedStore)

/** A store of a world. */
export type Store = DeepReadonly<Type.Static<typeof savedStore>>

export class StoreDrawer extends Shelf<Store> {
  constructor(opening: Opening) {
    super(opening, "store", ["id", "name"], thingsOf(opening.fixtures.stores, opening.now))
  }

  create({ configs, labels, name, type }: NewStore, createdAt: number): Store {
    return this.add((id) => ({ id, name, type, configs, ...(labels && { labels }), createdAt }))
  }
}
