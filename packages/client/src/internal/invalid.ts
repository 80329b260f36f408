/** Errors of settings and inputs, found before anything is sent. */
import * as ConfigError from "effect/ConfigError"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { isNotUndefined } from "effect/Predicate"
import * as Record from "effect/Record"
import { type Difference, PixxelInvalidInput } from "../InputError.js"
import { kindOf } from "./wire.js"

/** The error of a setting. The reason never shows the value, which may be a secret. */
export const setting = (name: string, reason: string): ConfigError.ConfigError =>
  ConfigError.InvalidData([name], reason)

export const differ = (path: string, found: string, expected: string): Difference => ({ path, found, expected })

/** The difference, if the value is bad. */
export const badIf = (isBad: boolean, path: string, found: string, expected: string): ReadonlyArray<Difference> =>
  isBad ? [{ path, found, expected }] : []

/** The values that are not left out. */
export const given = <A>(values: Readonly<Record<string, A | undefined>>): Readonly<Record<string, A>> =>
  Record.filter(values, isNotUndefined)

/** The difference of each empty text or list, by the path of the value. */
export const emptyOnes = (
  values: Readonly<Record<string, string | ReadonlyArray<unknown>>>
): ReadonlyArray<Difference> =>
  Object.entries(values).flatMap(([path, value]) =>
    typeof value === "string"
      ? badIf(value.trim() === "", path, "empty", "a text")
      : badIf(value.length === 0, path, "an empty list", "at least one value")
  )

/** The difference of a number that is not whole or out of its range. */
export const badWhole = (path: string, value: number | undefined, least: number, most = Infinity) =>
  badIf(
    !(Number.isInteger(value) && Number(value) >= least && Number(value) <= most),
    path,
    String(value),
    `a whole number from ${least}${most === Infinity ? "" : ` to ${most}`}`
  )

/** The difference of each list of ids that is empty, or has an id twice. */
export const badIds = (lists: Readonly<Record<string, ReadonlyArray<string>>>): ReadonlyArray<Difference> => [
  ...emptyOnes(lists),
  ...Object.entries(lists).flatMap(([path, ids]) =>
    badIf(new Set(ids).size < ids.length, path, "a list with an id twice", "each id once")
  )
]

/** The difference of each time that is none: JavaScript has no types that refuse a `Date`. */
export const badTimes = (values: Readonly<Record<string, unknown>>): ReadonlyArray<Difference> =>
  Object.entries(values).flatMap(([path, value]) =>
    badIf(
      value !== undefined && !DateTime.isDateTime(value),
      path,
      value instanceof Date ? "a Date" : kindOf(value),
      "a DateTime"
    )
  )

/** An operation, as an error names it. */
export interface Named {
  readonly name: string
  readonly operation: string
}

const sentence = ({ expected, found, path }: Difference) => `${path} is ${found} where ${expected} is needed`

export const invalidInput = ({ name, operation }: Named, first: Difference, others: ReadonlyArray<Difference> = []) => {
  const message = `${name} was not sent: ${[first, ...others].map(sentence).join("; ")}.`
  return new PixxelInvalidInput({ operation, ...first, others, message })
}

/** Fails with all differences, if any. */
export const checkInput = (
  row: Named,
  [first, ...others]: ReadonlyArray<Difference>
): Effect.Effect<void, PixxelInvalidInput> =>
  first === undefined ? Effect.void : Effect.fail(invalidInput(row, first, others))
