/** Errors of settings and inputs, found before anything is sent. */
import * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import { PixxelInvalidInput } from "../InputError.js"

/** The error of a setting. The reason never shows the value, which may be a secret. */
export const setting = (name: string, reason: string): ConfigError.ConfigError =>
  ConfigError.InvalidData([name], reason)

/** A difference in an input. */
export interface Difference {
  readonly path: string
  readonly found: string
  readonly expected: string
}

/** The difference of each empty text or list, by the path of the value. */
export const emptyOnes = (
  values: Readonly<Record<string, string | ReadonlyArray<unknown>>>
): ReadonlyArray<Difference> =>
  Object.entries(values).flatMap(([path, value]) =>
    (typeof value === "string" ? value.trim() : value).length > 0
      ? []
      : [
          typeof value === "string"
            ? { path, found: "empty", expected: "a text" }
            : { path, found: "an empty list", expected: "at least one value" }
        ]
  )

/** An operation, as an error names it. */
export interface Named {
  readonly name: string
  readonly operation: string
}

export const invalidInput = ({ name, operation }: Named, difference: Difference): PixxelInvalidInput => {
  const { expected, found, path } = difference
  const message = `${name} was not sent: ${path} is ${found} where ${expected} is needed.`
  return new PixxelInvalidInput({ operation, ...difference, message })
}

/** Fails with the first difference, if any. */
export const checkInput = (row: Named, [first]: ReadonlyArray<Difference>): Effect.Effect<void, PixxelInvalidInput> =>
  first === undefined ? Effect.void : Effect.fail(invalidInput(row, first))
