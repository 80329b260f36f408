/**
 * The state of things that a world creates one by one, each with an id and a time of creation; for the resources of
 * which a world keeps no more.
 */
import type * as Type from "typebox/type"
import type { Drawer, Opening } from "../resources/Resource.js"
import { parseDuration } from "./Duration.js"
import { hashId } from "./Ids.js"
import { laterThan, type Problem, repeated } from "./Problem.js"
import { count, field, list, object, time } from "./Shape.js"

/** Creation of a saved thing. */
export const createdAt = field(time, "Time of its creation.", [1_735_689_600_000])

/** The shape of a saved shelf; `things` is the word for several. */
export const savedShelf = <Thing extends Type.TSchema>(things: string, thing: Thing) =>
  object(
    {
      items: field(list(thing), `The ${things}, oldest first.`, [[]]),
      created: field(count, `Number of ${things} that were created; the id of the next one comes from it.`, [1])
    },
    {
      title: `saved ${things}`,
      description: `The ${things} of a saved world.`,
      examples: [{ items: [], created: 0 }]
    }
  )

export interface SavedShelf<Thing> {
  readonly items: ReadonlyArray<Thing>
  readonly created: number
}

/** A thing; its creation is in milliseconds since 1970 on the world's clock. */
interface Identified {
  readonly id: string
  readonly createdAt: number
}

/** Fields of a fixture that its thing does not have. */
interface Head {
  readonly $schema?: string
  readonly kind: string
  readonly source: string
  readonly age: string
}

/** Makes the things of fixtures. */
export const thingsOf = <F extends Head>(
  fixtures: ReadonlyMap<string, F> | undefined,
  now: number
): ReadonlyArray<Omit<F, keyof Head> & { readonly createdAt: number }> =>
  [...(fixtures?.values() ?? [])].map(({ $schema: _, age, kind: __, source: ___, ...thing }) => ({
    ...thing,
    createdAt: now - parseDuration(age)
  }))

export class Shelf<Thing extends Identified> implements Drawer {
  readonly #opening: Opening
  readonly #subject: string
  /** Fields that only one thing has with a value. */
  readonly #unique: ReadonlyArray<keyof Thing & string>
  readonly #things = new Map<string, Thing>()
  #created = 0

  constructor(
    opening: Opening,
    subject: string,
    unique: ReadonlyArray<keyof Thing & string>,
    things: ReadonlyArray<Thing>
  ) {
    this.#opening = opening
    this.#subject = subject
    this.#unique = unique
    for (const thing of things) this.#things.set(thing.id, thing)
  }

  /** All things, oldest first. */
  get all(): ReadonlyArray<Thing> {
    return [...this.#things.values()].sort((a, b) => a.createdAt - b.createdAt)
  }

  /** Whether the world may have no more of them. */
  get isFull(): boolean {
    return this.#things.size >= this.#opening.most
  }

  get(id: string): Thing | undefined {
    return this.#things.get(id)
  }

  /** Keeps a new thing; `make` gets its id. */
  add(make: (id: string) => Thing): Thing {
    const thing = make(hashId(this.#opening.seed, this.#subject, "", this.#created++))
    this.#things.set(thing.id, thing)
    return thing
  }

  delete(id: string): boolean {
    return this.#things.delete(id)
  }

  createdAt(id: string): number | undefined {
    return this.#things.get(id)?.createdAt
  }

  within(): ReadonlyArray<string> {
    return [...this.#things.keys()]
  }

  save(): SavedShelf<Thing> {
    return { items: this.all, created: this.#created }
  }

  problems({ items }: SavedShelf<Thing>, now: number): ReadonlyArray<Problem> {
    return [
      ...this.#unique.flatMap((key) =>
        repeated(
          items.map((thing) => String(thing[key])),
          (index) => ["items", index, key]
        )
      ),
      ...items.flatMap(({ createdAt }, index) => laterThan(now, ["items", index, "createdAt"], createdAt))
    ]
  }

  restore({ created, items }: SavedShelf<Thing>): void {
    this.#things.clear()
    for (const thing of items) this.#things.set(thing.id, thing)
    this.#created = created
  }
}
