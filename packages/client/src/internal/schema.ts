/** The schemas shared by models and errors. All of them encode to plain JSON. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"

/** An optional field: an `Option` in the type, omitted from the encoded form if none. */
export const maybe = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalWith(schema, { as: "Option" }).pipe(Schema.withConstructorDefault(() => Option.none<A>()))

/** A list that defaults to an empty list. */
export const listOf = <A, I>(item: Schema.Schema<A, I>) =>
  Schema.Array(item).pipe(
    Schema.propertySignature,
    Schema.withConstructorDefault((): ReadonlyArray<A> => [])
  )

/** Sets the `toJSON` of a class to the encoded form. */
export const encodeAsJson = (self: Schema.Schema.Any & { readonly prototype: object }): void => {
  let encode: ((instance: object) => unknown) | undefined
  Object.defineProperty(self.prototype, "toJSON", {
    configurable: true,
    writable: true,
    value(this: object): unknown {
      // Compiled on first use: few programs encode models or errors. None of their fields has a context.
      encode ??= Schema.encodeSync(self as unknown as Schema.Schema<object, unknown>)
      return encode(this)
    }
  })
}

export type FailureFields<Tag extends string, R extends boolean, Fields> = Fields & {
  readonly _tag: Schema.tag<Tag>
  readonly message: typeof Schema.String
  readonly isRetryable: ReturnType<typeof constant<R>>
}

/** The class of an error that says whether a repeat may help. It stringifies to its encoded form. */
export const failure =
  <Self>() =>
  <const Tag extends string, const R extends boolean, const Fields extends Schema.Struct.Fields>(
    tag: Tag,
    isRetryable: R,
    fields: Fields
  ) => {
    const all = { ...fields, message: Schema.String, isRetryable: constant(isRetryable) }
    const Failure = Schema.TaggedError<object>(`Pixxel${tag.replace(/^Pixxel/, "")}`)(tag, all)
    encodeAsJson(Failure)
    // The compiler does not know that `Self` is not `never`.
    return Failure as unknown as Schema.TaggedErrorClass<Self, Tag, FailureFields<Tag, R, Fields>>
  }

/** A union compiled on first use: few programs use a union of many errors as a schema. */
/* @__NO_SIDE_EFFECTS__ */
export const unionOf = <const Members extends ReadonlyArray<Schema.Schema.All>>(
  identifier: string,
  ...members: Members
) => {
  const union = () => Schema.Union(...members)
  return Object.assign(Schema.suspend(union).annotations({ identifier }), {
    members,
    // A suspended schema gets a name of its own only as itself: `HttpApi` annotates errors with their status.
    annotations: (more: Schema.Annotations.Schema<Schema.Schema.Type<Members[number]>>) =>
      union().annotations({ identifier, ...more })
  })
}

/** A map that defaults to an empty map. */
export const mapOf = <A, I>(value: Schema.Schema<A, I>) =>
  Schema.Record({ key: Schema.String, value }).pipe(
    Schema.propertySignature,
    Schema.withConstructorDefault((): Readonly<Record<string, A>> => ({}))
  )

const Labels = Schema.Record({ key: Schema.String, value: Schema.String })

export const labels = mapOf(Schema.String)
export const labelMaps = mapOf(Labels)
export const listMaps = listOf(Schema.Record({ key: Schema.String, value: Schema.Array(Schema.String) }))

const hidden = "<redacted>"

const SignedUrl = Schema.transformOrFail(Schema.Literal(hidden), Schema.RedactedFromSelf(Schema.String), {
  strict: true,
  decode: (_, __, ast, input) =>
    ParseResult.fail(new ParseResult.Forbidden(ast, input, "A signed URL is never stored: request a new one")),
  encode: () => ParseResult.succeed<typeof hidden>(hidden)
})

/** A duration, encoded as a number of seconds like the API's durations. */
export const Seconds = Schema.transform(Schema.Number, Schema.DurationFromSelf, {
  strict: true,
  decode: Duration.seconds,
  encode: Duration.toSeconds
})

/** A constant field: a literal in the type, and part of the encoded form. */
export const constant = <const L extends boolean>(value: L) =>
  Schema.Literal(value).pipe(
    Schema.propertySignature,
    Schema.withConstructorDefault(() => value)
  )

// Shared by all models and errors: creating schemas dominates the load time of the client.
export const maybeString = maybe(Schema.String)
export const maybeBoolean = maybe(Schema.Boolean)
export const maybeUrl = maybe(SignedUrl)
export const maybeNumber = maybe(Schema.Number)
export const maybeInstant = maybe(Schema.DateTimeUtc)
export const maybeSeconds = maybe(Seconds)
/** Any JSON, unchanged. */
export const maybeJson = maybe(Schema.Unknown)
