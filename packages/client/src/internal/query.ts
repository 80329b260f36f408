/** The query parameters of an operation: wire name, type of the argument, and encoding. */
import * as DateTime from "effect/DateTime"

export interface Param<A, Required extends boolean = false> {
  /** The name on the wire. */
  readonly name: string
  readonly required: Required
  readonly encode: (value: A) => string | ReadonlyArray<string>
}

/** Parameters by the names of their arguments. */
export type Query = Readonly<Record<string, Param<never, boolean>>>

type Argument<P> = P extends Param<infer A, boolean> ? A : never
type Required<Q extends Query> = { [K in keyof Q]: Q[K]["required"] extends true ? K : never }[keyof Q]

/** The arguments of a query. */
export type Arguments<Q extends Query> = { readonly [K in Required<Q>]: Argument<Q[K]> } & {
  readonly [K in Exclude<keyof Q, Required<Q>>]?: Argument<Q[K]> | undefined
}

const param =
  <A>(encode: Param<A>["encode"]) =>
  (name: string): Param<A> => ({ name, required: false, encode })

export const text = param<string>((value) => value)
export const number = param<number>(String)
export const flag = param<boolean>(String)
/** A list as one text with commas. An empty list is an empty text. */
export const commas = param<ReadonlyArray<string>>((values) => values.join(","))
/** A list as one parameter per value. */
export const repeated = param<ReadonlyArray<string>>((values) => values)
/** A time as documented: UTC, without a zero fraction of a second. */
export const time = param<DateTime.DateTime>((value) => DateTime.formatIso(value).replace(".000Z", "Z"))
/** A calendar day in the time zone of the argument: `2026-03-01`. */
export const day = param<DateTime.DateTime>(DateTime.formatIsoDate)

/** Like `self`, for a parameter that a call must have. */
export const required = <A>(self: Param<A>): Param<A, true> => ({ ...self, required: true })

/** Encodes the arguments; undefined if there are none. */
export const encode = (
  query: Query,
  input: Readonly<Record<string, unknown>>
): Readonly<Record<string, string | ReadonlyArray<string>>> | undefined => {
  let out: Record<string, string | ReadonlyArray<string>> | undefined
  for (const argument in query) {
    const value = input[argument]
    const it = query[argument]
    if (value === undefined || it === undefined) continue
    out ??= {}
    // The types of the rows make each argument one of its parameter.
    out[it.name] = it.encode(value as never)
  }
  return out
}
