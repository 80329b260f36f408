/**
 * Models from their field tables: the Schema class, its `toJSON`, and its lenient reader. A reader sets each field of
 * the table, so that it cannot miss one.
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Table } from "./field.js"
import type { Page } from "./paging.js"
import * as Raw from "./raw.js"
import { encodeAsJson } from "./schema.js"
import { blank } from "./unsafe.js"
import * as wire from "./wire.js"

const fields = Symbol()

export type Properties<T extends Table> = { readonly [K in keyof T]: T[K]["property"] }

type Encoded<T extends Table> = Schema.Struct.Encoded<Properties<T>>

/** The Schema class of a model. Its instances stringify to their encoded form. */
export interface ModelClass<Self, T extends Table>
  extends Schema.Class<
    Self,
    Properties<T>,
    Encoded<T>,
    never,
    Schema.Struct.Constructor<Properties<T>>,
    {},
    { toJSON(): Schema.Simplify<Encoded<T>> }
  > {
  /** @internal */
  readonly [fields]: T
}

/** A model of any table. */
export interface AnyModel<A extends object = object> {
  readonly prototype: A
  readonly identifier: string
  readonly [fields]: Table
}

/** Makes the class of a model. Its identifier is that of a component in a server's description of its own API. */
export const model =
  <Self>(name: string) =>
  <T extends Table>(table: T): ModelClass<Self, T> => {
    const identifier = `Pixxel${name}`
    const properties = Object.fromEntries(Object.entries(table).map(([key, { property }]) => [key, property]))
    const Model = Schema.Class<object>(identifier)(properties, [undefined, undefined, { identifier }])
    encodeAsJson(Model)
    // The entries of a table have its keys.
    return Object.assign(Model, { [fields]: table }) as unknown as ModelClass<Self, T>
  }

/** The field table of a model, for the description of the API and for tests. */
export const tableOf = (Model: AnyModel): Table => Model[fields]

// --- reading ---

/** Whether an instance has no value: Go sends the empty struct for a missing one. */
export const isEmpty = (instance: object, Model: AnyModel): boolean => {
  const table = tableOf(Model)
  for (const key in table) if (Reflect.get(instance, key) !== table[key]?.missing) return false
  return true
}

/** The envelope of an error that came with the status of a success. */
const isError = (value: Readonly<Record<string, unknown>>) => "error" in value && Object.keys(value).length === 1

const pathOf = (path: string, name: string) => (path === "" ? name : `${path}.${name}`)

const compile = <A extends object>(Model: AnyModel<A>): wire.Reader<A> => {
  const rowsAt = (path: string) =>
    Object.entries(tableOf(Model))
      .map(([key, field]) => ({
        ...field,
        key,
        name: field.names[0],
        others: field.names.slice(1),
        /** The path of the documented name. */
        at: pathOf(path, field.names[0]),
        isOption: Option.isOption(field.missing)
      }))
      // A needed field decides on the others, so it comes first.
      .sort((one, other) => Number(other.isNeeded) - Number(one.isNeeded))
  const Blank = blank(Model)
  // A model has few places in all answers, and the next is usually at the same place.
  let place = ""
  let rows = rowsAt(place)
  const places = new Map([[place, rows]])
  const isAnyObject = rows.every(({ isNeeded }) => !isNeeded)
  return (value, path, notes) => {
    if (!wire.isObject(value)) return wire.refuse("an object", value, path, notes)
    if (isAnyObject && path === "" && isError(value)) return wire.refuse("a success", value["error"], "error", notes)
    if (path !== place) {
      place = path
      rows = places.get(path) ?? rowsAt(path)
      places.set(path, rows)
    }
    const instance = new Blank()
    for (const row of rows) {
      let sent = value[row.name]
      let at = row.at
      if (wire.isAbsent(sent)) {
        const other = row.others.length === 0 ? undefined : row.others.find((name) => !wire.isAbsent(value[name]))
        if (other !== undefined) {
          sent = value[other]
          at = pathOf(path, other)
        } else if (!row.isNeeded) {
          instance[row.key] = row.missing
          continue
        }
      }
      const found = row.read(sent, at, notes)
      if (row.isOption) instance[row.key] = found
      else if (Option.isSome(found)) instance[row.key] = found.value
      else if (row.isNeeded) return Option.none()
      else instance[row.key] = row.missing
    }
    // All fields of the table are set.
    return Option.some(Raw.keep(instance as unknown as A, value))
  }
}

const readers = new WeakMap<AnyModel, wire.Reader<object>>()

/** The lenient reader of a model, compiled once, on first use. */
export const reader = <A extends object>(Model: AnyModel<A>): wire.Reader<A> => {
  let read: wire.Reader<A> | undefined
  const compiled: wire.Reader<A> = (value, path, notes) => {
    read ??= compile(Model)
    return read(value, path, notes)
  }
  // A model's reader gives its instances.
  const known = readers.get(Model) as wire.Reader<A> | undefined
  if (known === undefined) readers.set(Model, compiled)
  return known ?? compiled
}

/** Reads a page by the property of its list. */
export const page = <K extends string, P extends { readonly [_ in K]: ReadonlyArray<object> }>(
  Model: AnyModel<P>,
  key: K
): wire.Reader<Page<P[K][number], P>> => {
  const read = reader(Model)
  const table = tableOf(Model)
  const name = table[key]?.names[0] ?? key
  const others = Object.values(table).flatMap(({ names }) => names)
  return (value, path, notes) =>
    Option.flatMap(wire.listIn(value, name, others, notes, table[key]?.kind === "keyed"), (sent) =>
      Option.map(read(value, path, notes), (page) => {
        const items = page[key]
        return { page, items, unreadable: sent.length - items.length }
      })
    )
}
