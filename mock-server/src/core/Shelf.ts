/**
 * The state of things that a world creates one by one, each with an id and a time of creation; for the resources of
 * which a world keeps no more.
 */
import type * as Type from "typebox/type"
import type { Drawer, Opening } from "../resources/Resource.js"
import { parseDuration } from "./Duration.js"
import { hashId } from "./Ids.js"
import { laterThan, type Problem, repeated } from "./Problem.js"
import { contentOf, count, type FileHead, field, list, name, object, time } from "./Shape.js"

export interface SavedShelf<Thing> {
  readonly items: ReadonlyArray<Thing>
  readonly created: number
}

/** A thing; its creation is in milliseconds since 1970 on the world's clock. */
interface Identified {
  readonly id: string
  readonly createdAt: number
}

export const thingsOf = <F extends { readonly [Key in FileHead]?: unknown } & { readonly age: string }>(
  fixtures: ReadonlyMap<string, F> | undefined,
  now: number
): ReadonlyArray<Omit<Omit<F, "age">, FileHead> & { readonly createdAt: number }> =>
  [...(fixtures?.values() ?? [])].map(({ age, ...fixture }) => ({
    ...contentOf(fixture),
    createdAt: now - parseDuration(age)
  }))

/** The plural of the word for a thing. */
export const several = (subject: string): string =>
  subject === "index" ? "indices" : `${subject}s`.replace(/ys$/, "ies")

/** Shape of a saved thing: its properties between its id and the time of its creation. */
export const saved = <P extends Type.TProperties>(
  subject: string,
  properties: P,
  description = `One of the ${several(subject)} of a saved world.`
) =>
  object(
    {
      id: field(name, `Id of the ${subject}.`, ["46c469d7-1792-49c6-8c98-7367b0282dc7"]),
      ...properties,
      createdAt: field(time, "Time of its creation.", [1_735_689_600_000])
    },
    { title: `a saved ${subject}`, description }
  )

interface About<Thing> {
  /** Word for one of its things. */
  readonly subject: string
  /** Fields beside the id that only one thing has with a value. */
  readonly unique?: ReadonlyArray<keyof Thing & string>
  readonly begin?: (opening: Opening) => ReadonlyArray<Thing>
  /** Describes the state of a thing at a time, for reports. */
  readonly position?: (thing: Thing, now: number) => string
}

export class Shelf<Thing extends Identified> implements Drawer {
  readonly subject: string
  readonly #opening: Opening
  readonly #about: About<Thing>
  readonly #things = new Map<string, Thing>()
  #created = 0

  constructor(opening: Opening, about: About<Thing>) {
    this.#opening = opening
    this.#about = about
    this.subject = about.subject
    for (const thing of about.begin?.(opening) ?? []) this.#things.set(thing.id, thing)
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
    const thing = make(hashId(this.#opening.seed, this.subject.toLowerCase(), "", this.#created++))
    this.#things.set(thing.id, thing)
    return thing
  }

  /** Puts a changed thing in the place of the one with its id. */
  replace(thing: Thing): Thing {
    this.#things.set(thing.id, thing)
    return thing
  }

  delete(id: string): boolean {
    return this.#things.delete(id)
  }

  createdAt(id: string): number | undefined {
    return this.#things.get(id)?.createdAt
  }

  position(id: string, now: number): string | undefined {
    const thing = this.#things.get(id)
    return thing && this.#about.position?.(thing, now)
  }

  within(): ReadonlyArray<string> {
    return [...this.#things.keys()]
  }

  save(): SavedShelf<Thing> {
    return { items: this.all, created: this.#created }
  }

  problems({ items }: SavedShelf<Thing>, now: number): ReadonlyArray<Problem> {
    return [
      ...["id" as const, ...(this.#about.unique ?? [])].flatMap((key) => repeated(["items"], key, items)),
      ...items.flatMap(({ createdAt }, index) => laterThan(now, ["items", index, "createdAt"], createdAt))
    ]
  }

  restore({ created, items }: SavedShelf<Thing>): void {
    this.#things.clear()
    for (const thing of items) this.#things.set(thing.id, thing)
    this.#created = created
  }
}

/** A kind of drawer that is a shelf of things of this shape. */
export const shelf = <S extends Type.TSchema, Thing extends Identified>(thing: S, about: About<Thing>) => {
  const things = several(about.subject)
  const shape = object(
    {
      items: field(list(thing), `The ${things}, oldest first.`, [[]]),
      created: field(count, `Number of ${things} that were created; the id of the next one comes from it.`, [1])
    },
    { title: `saved ${things}`, description: `The ${things} of a saved world.`, examples: [{ items: [], created: 0 }] }
  )
  return { subject: about.subject, shape, open: (opening: Opening): Shelf<Thing> => new Shelf(opening, about) }
}
