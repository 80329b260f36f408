/**
 * Models from their field tables: the Schema class, its `toJSON`, and its lenient reader. A reader sets each field of
 * the table, so that it cannot miss one.
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Field, Table } from "./field.js"
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
  <const T extends Table>(table: T): ModelClass<Self, T> => {
    const identifier = `Pixxel${name}`
    const properties = Object.fromEntries(Object.entries(table).map(([key, { property }]) => [key, property]))
    const Model = Schema.Class<object>(identifier)(properties, [undefined, undefined, { identifier }])
    // The entries of a table have its keys, and the type of a class does not show its prototype.
    const typed = Object.assign(Model, { [fields]: table }) as unknown as ModelClass<Self, T> & {
      readonly prototype: object
    }
    encodeAsJson(typed)
    return typed
  }

/** The field table of a model, for the description of the API and for tests. */
export const tableOf = (Model: AnyModel): Table => Model[fields]

// --- reading ---

/** Whether an instance has no value: Go sends the empty struct for a missing one. */
export const isEmpty = (instance: object, Model: AnyModel): boolean => {
  const table = tableOf(Model)
  return Object.entries(instance).every(([key, value]) => value === table[key]?.missing)
}

/** The envelope of an error that came with the status of a success. */
const isError = (value: Readonly<Record<string, unknown>>) => "error" in value && Object.keys(value).length === 1

interface Row extends Field<Schema.Schema.All | Schema.PropertySignature.All> {
  readonly key: string
  /** The path of the documented name. */
  readonly at: string
  readonly isOption: boolean
}

const pathOf = (path: string, name: string) => (path === "" ? name : `${path}.${name}`)

const compile = <A extends object>(Model: AnyModel<A>): wire.Reader<A> => {
  const rowsAt = (path: string): ReadonlyArray<Row> =>
    Object.entries(tableOf(Model))
      .map(([key, field]) => ({
        ...field,
        key,
        at: pathOf(path, field.names[0]),
        isOption: Option.isOption(field.missing)
      }))
      // A needed field decides on the others, so it comes first.
      .sort((one, other) => Number(other.isNeeded) - Number(one.isNeeded))
  const Blank = blank(Model)
  // A model is nearly always at the same place.
  let place = ""
  let rows = rowsAt(place)
  const isAnyObject = rows.every(({ isNeeded }) => !isNeeded)
  return (value, path, notes) => {
    if (!wire.isObject(value)) return wire.refuse("an object", value, path, notes)
    if (isAnyObject && path === "" && isError(value)) return wire.refuse("a success", value["error"], "error", notes)
    if (path !== place) {
      place = path
      rows = rowsAt(path)
    }
    const instance = new Blank()
    for (const { at, isNeeded, isOption, key, missing, names, read } of rows) {
      const name = names.length === 1 ? names[0] : (names.find((it) => !wire.isAbsent(value[it])) ?? names[0])
      const sent = value[name]
      if (!isNeeded && wire.isAbsent(sent)) {
        instance[key] = missing
        continue
      }
      const found = read(sent, name === names[0] ? at : pathOf(path, name), notes)
      if (isNeeded && Option.isNone(found)) return Option.none()
      instance[key] = isOption ? found : Option.getOrElse(found, () => missing)
    }
    // All fields of the table are set.
    return Option.some(Raw.keep(instance as unknown as A, value))
  }
}

/** The lenient reader of a model, compiled on first use. */
export const reader = <A extends object>(Model: AnyModel<A>): wire.Reader<A> => {
  let read: wire.Reader<A> | undefined
  return (value, path, notes) => {
    read ??= compile(Model)
    return read(value, path, notes)
  }
}

/** A page as read: the model, its list, and the number of items that could not be read. */
export interface Page<P, K extends keyof P> {
  readonly page: P
  readonly items: P[K]
  readonly unreadable: number
}

/** Reads a page by the property of its list. */
export const page = <K extends string, P extends { readonly [_ in K]: ReadonlyArray<object> }>(
  Model: AnyModel<P>,
  key: K
): wire.Reader<Page<P, K>> => {
  const read = reader(Model)
  const table = tableOf(Model)
  const name = table[key]?.names[0] ?? key
  const others = Object.values(table).flatMap(({ names }) => names)
  return (value, path, notes) =>
    Option.flatMap(wire.listIn(value, name, others, notes), (sent) =>
      Option.map(read(value, path, notes), (page) => {
        const items = page[key]
        return { page, items, unreadable: sent.length - items.length }
      })
    )
}
