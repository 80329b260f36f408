/** The query parameters of an operation: wire name, type of the argument, and encoding. */
import * as DateTime from "effect/DateTime"
import type * as argument from "./argument.js"

export interface Param<A, Required extends boolean = false> extends argument.Argument<A, Required> {
  readonly encode: (value: A) => string | ReadonlyArray<string>
}

/** Parameters by the names of their arguments. */
export type Query = Readonly<Record<string, Param<never, boolean>>>

const param =
  <A>(kind: argument.Kind, encode: Param<A>["encode"]) =>
  (name: string): Param<A> => ({ name, kind, required: false, encode })

export const text = param<string>("text", (value) => value)
export const id = <Id extends string>(name: string): Param<Id> => text(name)
export const number = param<number>("number", String)
export const flag = param<boolean>("boolean", String)
/** A list as one text with commas. An empty list is an empty text. */
export const commas = <Id extends string>(name: string): Param<ReadonlyArray<Id>> =>
  param<ReadonlyArray<string>>("text", (values) => values.join(","))(name)
/** A list as one parameter per value. */
export const repeated = param<ReadonlyArray<string>>("texts", (values) => values)
/** A time as documented: UTC, without a zero fraction of a second. */
export const time = param<DateTime.DateTime>("text", (value) => DateTime.formatIso(value).replace(".000Z", "Z"))
/** A calendar day in the time zone of the argument: `2026-03-01`. */
export const day = param<DateTime.DateTime>("text", DateTime.formatIsoDate)

/** Like `self`, for a parameter that a call must have. */
export const required = <A>(self: Param<A>): Param<A, true> => ({ ...self, required: true })

/** The part of a list to answer. */
export const page = { offset: number("offset"), limit: number("limit") }

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
