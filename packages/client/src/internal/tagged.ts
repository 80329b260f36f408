/**
 * Tagged structs of ids, with which errors name their subject or target. `String` of such a struct names it in a log. An
 * error that several resources share holds `Any`; the errors of one service are narrowed to its own structs (by the type
 * parameter of their classes, and `about` in schemas).
 */
import { identity } from "effect/Function"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"

/** A tag and ids. */
export type Tagged = Readonly<Record<string, string>> & { readonly _tag: string }

class Text {
  toString(this: Tagged): string {
    const { _tag, ...ids } = this
    return `${_tag}(${Object.entries(ids)
      .map(([name, id]) => `${name}: ${id}`)
      .join(", ")})`
  }
}

const named = <A extends object>(fields: A): A => Object.assign(new Text(), fields)

/** A struct whose values, decoded or given to a constructor, have the text. */
const withText = <A extends object, I, R>(struct: Schema.Schema<A, I, R>): Schema.Schema<A, I, R> =>
  Schema.transform(
    struct,
    Schema.declare(
      [Schema.typeSchema(struct)],
      {
        decode: (fields) => (input, options) =>
          ParseResult.map(ParseResult.decodeUnknown(fields)(input, options), named),
        encode: (fields) => (input, options) => ParseResult.encodeUnknown(fields)(input, options)
      },
      { arbitrary: (fields) => (fc) => fields(fc).map(named) }
    ),
    { strict: true, decode: identity, encode: identity }
  )

/** The struct of one resource. */
export const tagged = <const Tag extends string, Fields extends Schema.Struct.Fields>(tag: Tag, fields: Fields) => {
  const struct = Schema.TaggedStruct(tag, fields)
  // The tag has a default, which the compiler does not see for any fields.
  const make = (ids: Schema.Struct.Constructor<Fields>) => named(struct.make(ids as Parameters<typeof struct.make>[0]))
  return Object.assign(withText(struct), { make })
}

/** The name of an id. That of a method would replace `toString`. */
const Name = Schema.String.pipe(Schema.filter((name) => !(name in Object.prototype), { jsonSchema: {} }))

/** The struct of any resource. */
export const Any: Schema.Schema<Tagged> = withText(
  Schema.Struct({ _tag: Schema.String }, Schema.Record({ key: Name, value: Schema.String }))
)

/** Narrows the schema of an error to a resource of one kind. */
export const about = <E, I, Key extends keyof E, A extends Tagged, IA>(
  error: Schema.Schema<E, I>,
  key: Key,
  kind: Schema.Schema<A, IA>
): Schema.Schema<E & Readonly<Record<Key, A>>, I> => {
  const isOfKind = Schema.is(kind)
  return error.pipe(Schema.filter((it): it is E & Readonly<Record<Key, A>> => isOfKind(it[key])))
}
