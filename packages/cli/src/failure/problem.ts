/** The messages of errors in the words of the command line. */
import type { PixxelInvalidInput } from "@effect-pixxel/client"
import { adviceOf } from "@effect-pixxel/client/internal/advice"
import type { ConfigError } from "effect/ConfigError"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { syntax } from "../commands/command.js"
import type { PixxelError } from "../ExitCode.js"
import { has, type Origin } from "../Invocation.js"

/** The problems of the settings, without their values. */
export const problems = (error: ConfigError): ReadonlyArray<string> => {
  switch (error._op) {
    case "And":
      return [...problems(error.left), ...problems(error.right)]
    case "Or":
      return problems(error.left)
    case "MissingData":
      return [`${error.path.join("_")} is not set.`]
    default:
      return [`${error.path.join("_")}: ${error.message}.`]
  }
}

/** Matches the names of the client's methods in messages. */
const operation = /\b(?:[A-Z]\w*Api|Pixxel)\.\w+/g

/** Matches advice that the report repeats as a command. */
const repeated = / (List the .* before creating another|The [\w ]+ continues\. Wait again with the same ids)\.$/s

/** The message of an invalid input, with the options of the command in place of the client's inputs. */
const withOptions = ({ found, message, others, path }: PixxelInvalidInput, origin: Origin) => {
  const { optionOf } = Option.getOrElse(syntax(origin.command), () => ({ optionOf: new Map<string, string>() }))
  return [{ found, path }, ...others].reduce((text, { found, path }) => {
    // without a file, the options give one item of an order
    const input = has(origin, "file") ? path : path.replace(/^items\[0\]\.(cloudDelivery\.)?/, "")
    const option = optionOf.get(input)
    return option === undefined ? text : text.replace(`${path} is ${found}`, () => `--${option} is ${found}`)
  }, message)
}

/** The message without the next step, with the command in place of the client's method. */
export const problemOf = (error: PixxelError, origin: Origin): string => {
  const { command } = origin
  const message = error._tag === "PixxelInvalidInput" ? withOptions(error, origin) : error.message
  const problem = message.replace(` ${adviceOf(error)}`, "").replace(repeated, "")
  return command === "" ? problem : problem.replace(operation, () => `pixxel ${command}`)
}

/** Finds the proxy failure behind an error in its facts. */
export const tunnelOf = (facts: unknown): string | undefined => {
  if (!Predicate.isRecord(facts)) return undefined
  const { causes, failure } = facts
  const cause = Array.isArray(causes)
    ? causes.find((it) => Predicate.isRecord(it) && it["name"] === "TunnelError")
    : undefined
  return cause === undefined ? tunnelOf(failure) : String(cause.message)
}
