/**
 * The few schemas that models and errors share. All of them encode to plain JSON.
 */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** A field that may be missing: an `Option` in the type, left out of the encoded form when there is none. */
export const maybe = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalWith(schema, { as: "Option" }).pipe(Schema.withConstructorDefault(() => Option.none<A>()))

/** A list that is empty unless given. */
export const listOf = <A, I>(item: Schema.Schema<A, I>) =>
  Schema.Array(item).pipe(
    Schema.propertySignature,
    Schema.withConstructorDefault((): ReadonlyArray<A> => [])
  )

/** Replaces the `toJSON` of a class, or adds one, by the encoded form. */
const encodeAsJson = (self: Schema.Schema.AnyNoContext & { readonly prototype: object }): void => {
  let encode: ((instance: object) => unknown) | undefined
  Object.defineProperty(self.prototype, "toJSON", {
    configurable: true,
    writable: true,
    value(this: object): unknown {
      // Made by the first instance that needs it: few programs write a model or an error down.
      encode ??= Schema.encodeSync(self)
      return encode(this)
    }
  })
}

/**
 * A class of models whose instances are their encoded form as JSON. Without it `JSON.stringify` prints how Effect holds
 * an `Option` or a `DateTime`.
 */
export const model = <Self, Fields extends Schema.Struct.Fields, I, C, Inherited, Proto>(
  self: Schema.Class<Self, Fields, I, never, C, Inherited, Proto>
) => {
  encodeAsJson(self)
  // The method was added above, which no type says.
  return self as Schema.Class<Self, Fields, I, never, C, Inherited, Proto & { toJSON(): Schema.Simplify<I> }>
}

/** The same for a class of errors, whose type has the method already. */
export const error = <E extends Schema.Schema.AnyNoContext & { readonly prototype: object }>(self: E): E => {
  encodeAsJson(self)
  return self
}

/** A union that looks into its members when it is first used: few programs use one of many errors as a schema. */
export const unionOf = <const Members extends ReadonlyArray<Schema.Schema.All>>(
  identifier: string,
  ...members: Members
) => Object.assign(Schema.suspend(() => Schema.Union(...members)).annotations({ identifier }), { members })

/** A duration that is a number of seconds in JSON, as the API writes its own. */
export const Seconds = Schema.transform(Schema.Number, Schema.DurationFromSelf, {
  strict: true,
  decode: Duration.seconds,
  encode: Duration.toSeconds
})

/** A value that every instance of a class has, in its type as a literal and in its encoded form. */
export const constant = <const L extends boolean>(value: L) =>
  Schema.Literal(value).pipe(
    Schema.propertySignature,
    Schema.withConstructorDefault(() => value)
  )

// Made once and shared by all models and errors: making them is much of what loading the client takes.
export const maybeString = maybe(Schema.String)
export const maybeNumber = maybe(Schema.Number)
export const maybeInstant = maybe(Schema.DateTimeUtc)
export const maybeSeconds = maybe(Seconds)
/** Any JSON, undamaged. */
export const maybeJson = maybe(Schema.Unknown)
