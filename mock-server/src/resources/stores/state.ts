/**
 * The stores of a world.
 */
import type * as Type from "typebox/type"
import { parseDuration } from "../../core/Duration.js"
import { hashId } from "../../core/Ids.js"
import { laterThan, type Problem, repeated } from "../../core/Problem.js"
import { count, type DeepReadonly, field, list, name, object, optional, text, time } from "../../core/Shape.js"
import type { Drawer, Opening } from "../Resource.js"
import { common, type NewStore, type } from "./fixture.js"

export const savedStore = object(
  {
    id: field(name, "Id of the store.", { examples: ["store-results"] }),
    type,
    ...common,
    created_by: field(optional(text), "Id of the user who created the store. Default: not known.", {
      examples: ["user-4f1c2a"]
    }),
    createdAt: field(time, "Time of its creation.", { examples: [1_735_689_600_000] })
  },
  { title: "a saved store", description: "A store of a saved world, without its secrets." }
)

export const savedStores = object(
  {
    stores: field(list(savedStore), "Stores, oldest first.", { examples: [[]] }),
    created: field(count, "Number of stores that were created; the id of the next one comes from it.", {
      examples: [1]
    })
  },
  { title: "saved stores", description: "The stores of a saved world.", examples: [{ stores: [], created: 0 }] }
)

type Saved = DeepReadonly<Type.Static<typeof savedStores>>

/** A store of a world; its creation is in milliseconds since 1970 on the world's clock. */
export type Store = Saved["stores"][number]

export class StoreDrawer implements Drawer {
  readonly #opening: Opening
  readonly #stores = new Map<string, Store>()
  #created = 0

  constructor(opening: Opening) {
    this.#opening = opening
    for (const { $schema: _, age, kind: __, source: ___, ...store } of opening.fixtures.stores?.values() ?? []) {
      this.#stores.set(store.id, { ...store, createdAt: opening.now - parseDuration(age) })
    }
  }

  /** All stores, oldest first. */
  get all(): ReadonlyArray<Store> {
    return [...this.#stores.values()].sort((a, b) => a.createdAt - b.createdAt)
  }

  /** Whether the world may have no more stores. */
  get isFull(): boolean {
    return this.#stores.size >= this.#opening.most
  }

  create({ configs, labels, name, type }: NewStore, createdAt: number): Store {
    const id = hashId(this.#opening.seed, "store", "", this.#created++)
    const store = { id, name, type, configs, ...(labels && { labels }), createdAt }
    this.#stores.set(id, store)
    return store
  }

  delete(id: string): boolean {
    return this.#stores.delete(id)
  }

  createdAt(id: string): number | undefined {
    return this.#stores.get(id)?.createdAt
  }

  within(): ReadonlyArray<string> {
    return [...this.#stores.keys()]
  }

  save(): Saved {
    return { stores: this.all, created: this.#created }
  }

  problems({ stores }: Saved, now: number): ReadonlyArray<Problem> {
    const names = (key: "id" | "name") => stores.map((store) => store[key])
    return [
      ...(["id", "name"] as const).flatMap((key) => repeated(names(key), (index) => ["stores", index, key])),
      ...stores.flatMap(({ createdAt }, index) => laterThan(now, ["stores", index, "createdAt"], createdAt))
    ]
  }

  restore({ created, stores }: Saved): void {
    this.#stores.clear()
    for (const store of stores) this.#stores.set(store.id, store)
    this.#created = created
  }
}
