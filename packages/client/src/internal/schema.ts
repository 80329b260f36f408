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
