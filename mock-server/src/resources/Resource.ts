/**
 * The parts of a resource. A resource is a folder beside this file, and a line in the list in `index.ts`; routes, fault
 * plans, fixtures and their JSON Schemas, snapshots and the journal are made of that list.
 *
 * The functions of a row state the type of their result: types of fixtures and worlds are made of the rows.
 */
import type { FastifyReply, FastifyRequest } from "fastify"
import type { FixtureSet, WorldQuirks } from "../core/Fixture.js"
import type { Stored } from "../core/Package.js"
import type { Path, Problem } from "../core/Problem.js"
import type { Schema } from "../core/ShapeCheck.js"
import type { Place } from "../core/Signature.js"
import type { World } from "../core/World.js"

/**
 * Effect of an operation on its subject: makes one, lists them, looks at one that changes by itself, asks for a package
 * of one, removes one, or reads what no operation changes.
 */
export type Role = "create" | "list" | "look" | "package" | "delete" | "read"

/** Parts of a request that name its project. */
export interface Asked {
  readonly fixtures: FixtureSet
  readonly params: Readonly<Record<string, unknown>>
  /** Has the shape of the operation's body. */
  readonly body: unknown
}

/**
 * One operation of the API, as documented. Written by hand and deliberately separate from the client's own table: a
 * shared table would hide a shared mistake.
 */
export interface Operation {
  /** Documented id, such as `getJobById`. */
  readonly id: string
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  readonly route: string
  readonly alias?: string
  readonly query: ReadonlyArray<string>
  /** Right that the token needs. Documented: viewers read, only owners run workflows. `/ping` needs no token. */
  readonly needs: "nothing" | "view" | "change" | "run"
  readonly role: Role
  /** Word for a thing that it is about, such as `job`. */
  readonly subject: string
  /** Parameter of the path with the id of that thing. */
  readonly key?: string
  /** Word for the parts of a created thing; a list of them shows a create, as a list of things does. */
  readonly foundIn?: string
  /** Success by which a create tells that it made nothing, such as 200 for an estimate. */
  readonly madeNothing?: number
  /** Field with the items in the answer of a list. */
  readonly items?: string
  /** Shape of the body; without one, a body is refused. A text with `writeOnly` is a secret. */
  readonly body?: Schema
  /** Returns the project, or projects, that the token needs a role in, beside the `project_id` of the query. */
  readonly projectOf?: (asked: Asked) => string | ReadonlyArray<string> | undefined
}

/** An operation as its row has it: method and route in one text, as in the documentation. */
interface Row extends Omit<Operation, "id" | "method" | "route"> {
  readonly at: `${Operation["method"]} /${string}`
}

type Rest<Common> = Omit<Row, keyof Common> & Partial<Row>

/** Operations by their ids, with the fields that they have in common. */
export const operationsOf = <const Common extends Partial<Row>, const Rows extends Record<string, Rest<Common>>>(
  common: Common,
  rows: Rows
) => {
  const made = Object.entries<{ readonly at?: string }>(rows).map(([id, { at = "", ...row }]) => {
    const [method, route] = at.split(" ")
    return [id, { ...common, ...row, id, method, route }]
  })
  return Object.fromEntries(made) as {
    readonly [Id in keyof Rows & string]: Omit<Common, keyof Rows[Id]> &
      Omit<Rows[Id], "at"> &
      Pick<Operation, "method" | "route"> & { readonly id: Id }
  } // one for each row
}

export type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown

export type Handlers<Operations> = { readonly [Id in keyof Operations]: Handler }

/**
 * A place such as `items.bandset.bandset_id` with the name of another fixture, in each item of a list; the kind of that
 * fixture, and the words for it.
 */
export type Reference = readonly [place: string, kind: string, what: string]

/** A kind of fixtures: the files of a folder. Its functions are called with fixtures of its shape. */
export interface FixtureKind {
  readonly shape: Schema
  /** Name of a fixture. Default: its `id`. */
  readonly key?: "file"
  /** Returns contradictions within a fixture. */
  readonly problems?: (fixture: never) => ReadonlyArray<Problem>
  readonly references?: ReadonlyArray<Reference>
  /** Returns names that only one of its files may have, beside those of the fixtures. */
  readonly claims?: (fixture: never) => ReadonlyArray<{ readonly path: Path; readonly name: string }>
  /** Kind that its fixtures become, and the conversion. Default: they stay as they are. */
  readonly becomes?: { readonly kind: string; readonly from: (fixture: never) => unknown }
}

export interface Opening {
  readonly world: string
  readonly seed: string
  readonly fixtures: FixtureSet
  readonly quirks: WorldQuirks
  /** Time on the world's clock, in milliseconds since 1970. */
  readonly now: number
  /** Largest number of things beside those of the fixtures. */
  readonly most: number
}

/**
 * The state of one resource in a world. It has no clock: times are arguments, in milliseconds since 1970 on the world's
 * clock. Its saved state is plain JSON.
 */
export interface Drawer {
  readonly save: () => unknown
  /** Returns the reasons why a saved state of the right shape does not fit this world. */
  readonly problems: (saved: never, now: number) => ReadonlyArray<Problem>
  /** Replaces the state by a saved one without problems. */
  readonly restore: (saved: never) => void
  readonly leftovers?: ReadonlyArray<string>
  /** Fixtures that its things follow, by name. */
  readonly follows?: ReadonlyMap<string, unknown>
  /** Returns the time of a thing's creation; absent for an unknown one. */
  readonly createdAt: (id: string) => number | undefined
  /** Ids of the things below these ids of a path. */
  readonly within: (ids: Readonly<Record<string, string>>) => ReadonlyArray<string>
  /** Describes the state of a thing at a time, for reports. */
  readonly position?: (id: string, now: number) => string | undefined
}

export interface DrawerKind {
  /** Word for one of its things, as in the operations on them. */
  readonly subject: string
  /** Shape of its saved state, with a description and an example. */
  readonly shape: Schema
  readonly open: (opening: Opening) => Drawer
}

export interface Resource {
  readonly operations: Readonly<Record<string, Operation>>
  readonly handlers: Readonly<Record<string, Handler>>
  readonly fixtures?: Readonly<Record<string, FixtureKind>>
  readonly drawers?: Readonly<Record<string, DrawerKind>>
  /** Finds its packages in the object store, by the ids of their paths. */
  readonly packages?: Readonly<Record<string, (world: World, place: Place) => Stored | undefined>>
  readonly quirks?: Readonly<Record<string, Schema>>
}

type Intersection<Union> = (Union extends unknown ? (part: Union) => void : never) extends (all: infer All) => void
  ? All
  : never

/** All entries of one part of some resources. */
export type Merged<Resources extends ReadonlyArray<Resource>, Part extends keyof Resource> = Intersection<
  Extract<Resources[number], { readonly [Key in Part]: unknown }>[Part]
>

export const merge = <Resources extends ReadonlyArray<Resource>, Part extends keyof Resource>(
  resources: Resources,
  part: Part
): Merged<Resources, Part> => Object.assign({}, ...resources.map((resource) => resource[part])) // as the type says
