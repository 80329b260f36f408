/**
 * The JSON body of an operation: wire name, type of the argument, and encoding. A field is required unless it is
 * `optional`. `Redacted` values are revealed only while a request is encoded.
 */
import type * as Redacted from "effect/Redacted"
import type * as argument from "./argument.js"

export interface Part<A, Required extends boolean = true> extends argument.Argument<A, Required> {
  /** The object in the body that holds the field; undefined for the body itself. */
  readonly group: string | undefined
}

/** Fields by the names of their arguments. */
export type Payload = Readonly<Record<string, Part<never, boolean>>>

const part =
  <A>(kind: argument.Kind) =>
  (name: string): Part<A> => ({ name, kind, required: true, group: undefined, encode: (value) => value })

export const text = part<string>("text")
export const number = part<number>("number")
export const numbers = part<ReadonlyArray<number>>("numbers")
export const flag = part<boolean>("boolean")
export const texts = part<ReadonlyArray<string>>("texts")
/** A text that only the request reveals. */
export const secret = part<Redacted.Redacted>("text")
/** A map of texts, some of which may be secret. */
export const labels = part<Readonly<Record<string, string | Redacted.Redacted>>>("labels")
/** Any JSON. */
export const json = <A>(name: string): Part<A> => part<A>("json")(name)

/** Like `self`, for a field that a call may leave out. */
export const optional = <A>(self: Part<A>): Part<A, false> => ({ ...self, required: false })

/** Encodes an argument of another type. */
export const from = <A, B>(self: Part<B>, encode: (value: A) => B): Part<A> => ({
  ...self,
  encode: (value) => self.encode(encode(value))
})

/** Puts fields into an object of the body. */
export const within = <const P extends Payload>(group: string, parts: P): P =>
  // The entries keep their keys and types.
  Object.fromEntries(Object.entries(parts).map(([key, it]) => [key, { ...it, group }])) as unknown as P

/** The body of the arguments, without missing ones. */
export const encode = (payload: Payload, input: Readonly<Record<string, unknown>>): unknown => {
  const body: Record<string, unknown> = {}
  for (const [key, { encode, group, name }] of Object.entries(payload)) {
    const target: Record<string, unknown> = group === undefined ? body : Object(body[group] ?? {})
    if (group !== undefined) body[group] = target
    const value = input[key]
    // The types of the rows make each argument one of its field.
    if (value !== undefined) target[name] = encode(value as never)
  }
  return body
}
