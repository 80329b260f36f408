/** The subjects of errors: the tagged ids of one resource, from the outermost to its own. */
import * as Data from "effect/Data"
import * as Schema from "effect/Schema"
import type { Scrub } from "./redact.js"

/** The words of a tag: `OrderItem` is an order item. */
const wordsOf = (tag: string) => tag.replace(/(?!^)[A-Z]/g, " $&").toLowerCase()

class Named extends Data.Class {
  override toString(): string {
    const [tag = "", ...ids] = Object.values(this).map(String)
    return [wordsOf(tag), ...ids.slice(-1)].join(" ")
  }
}

/** The schema of a resource's subject: a plain object in its encoded form, with a name and an equality in its type. */
export const subject = <S extends { readonly _tag: string }, I>(identifier: string, ids: Schema.Schema<S, I>) => {
  const make = (fields: S): S => Object.assign(new Named(), fields)
  // Compiled on first use.
  let check: ((it: unknown) => it is S) | undefined
  const is = (it: unknown): it is S => {
    check ??= Schema.is(ids)
    return check(it)
  }
  const schema = Schema.transform(ids, Schema.declare(is), {
    strict: true,
    decode: make,
    encode: (it) => ({ ...it })
  })
  return Object.assign(schema.annotations({ identifier }), { make, is })
}

/** Any resource's subject. */
export const Any = subject(
  "PixxelSubject",
  Schema.Struct({ _tag: Schema.String }, Schema.Record({ key: Schema.String, value: Schema.String }))
)

type Any = typeof Any.Type

/** Removes secrets from the ids: a server-made id might contain one. */
export const scrubbed = <S extends Any>(it: S, { id }: Scrub): S => {
  const ids = Object.entries(it).map(([name, value]) => [name, name === "_tag" ? value : id(value)])
  // Scrubbing keeps the keys, and a brand has no rule beyond a non-empty text.
  return Any.make(Object.fromEntries(ids)) as S
}

/** The name of a subject at the start of a sentence. */
export const atStart = (it: Any): string => {
  const name = String(it)
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`
}
