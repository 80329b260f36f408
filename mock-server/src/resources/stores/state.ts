/** The stores of a world. */
import { field, optional, type Shaped, text } from "../../core/Shape.js"
import { saved, shelf, thingsOf } from "../../core/Shelf.js"
import type { Opening } from "../Resource.js"
import { common, type } from "./fixture.js"

const savedStore = saved(
  "store",
  {
    type,
    ...common,
    created_by: field(optional(text), "Id of the user who created the store. Default: not known.", ["user-4f1c2a"])
  },
  "A store of a saved world, without its secrets."
)

export type Store = Shaped<typeof savedStore>

export const drawer = shelf(savedStore, {
  subject: "store",
  unique: ["name"],
  begin: ({ fixtures, now }: Opening): ReadonlyArray<Store> => thingsOf(fixtures.stores, now)
})
