/** The indices that a world has created. */
import { field, name, object, type Shaped } from "../../core/Shape.js"
import { createdAt, shelf } from "../../core/Shelf.js"
import type { World } from "../../core/World.js"
import { wanted } from "./fixture.js"

const savedIndex = object(
  { id: field(name, "Id of the index.", ["46c469d7-1792-49c6-8c98-7367b0282dc7"]), ...wanted, createdAt },
  { title: "a saved index", description: "A custom index of a saved world." }
)

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
