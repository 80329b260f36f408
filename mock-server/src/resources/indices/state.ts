/** The indices that a world has created. */
import type { Shaped } from "../../core/Shape.js"
import { saved, shelf } from "../../core/Shelf.js"
import type { World } from "../../core/World.js"
import { wanted } from "./fixture.js"

const savedIndex = saved("index", wanted, "A custom index of a saved world.")

export type Index = Shaped<typeof savedIndex>

export const drawer = shelf(savedIndex, {
  subject: "index",
  unique: ["name"],
  begin: (): ReadonlyArray<Index> => []
})

/** Finds an index of the fixtures, or a custom one of this world. */
export const indexOf = ({ drawers, fixtures }: World, id: string) => {
  const custom = drawers.indices.get(id)
  return custom === undefined ? fixtures.indices?.get(id) : { ...custom, type: "custom" }
}
