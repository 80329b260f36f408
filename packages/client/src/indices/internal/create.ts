/** Creates an index, whose name is unique. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Difference } from "../../InputError.js"
import { callAll } from "../../internal/call.js"
import type { Connection } from "../../internal/connection.js"
import { badIf, checkInput, differ, emptyOnes } from "../../internal/invalid.js"
import * as unique from "../../internal/unique.js"
import type { Index } from "../Index.js"
import type { IndicesApi } from "../IndicesApi.js"
import * as endpoints from "./endpoints.js"

/** The first parenthesis without its other one. */
const aloneIn = (expression: string): string | undefined => {
  const open: Array<number> = []
  for (let at = 0; at < expression.length; at++) {
    if (expression[at] === "(") open.push(at)
    if (expression[at] === ")" && open.pop() === undefined) return `a ) at character ${at + 1} without its (`
  }
  const [first] = open
  return first === undefined ? undefined : `a ( at character ${first + 1} without its )`
}

const differences = (input: IndicesApi.CreateInput): ReadonlyArray<Difference> => {
  const { colormap, description, expression, expressionType, name, rescale, satelliteId } = input
  const alone = aloneIn(expression)
  const [first, second] = rescale
  const isRange = rescale.length === 2 && Number.isFinite(first) && Number.isFinite(second) && first < second
  return [
    ...emptyOnes({ name, description, satelliteId, expression, expressionType, colormap }),
    ...(alone === undefined ? [] : [differ("expression", alone, "a pair of parentheses")]),
    ...badIf(!isRange, "rescale", `[${rescale.join(", ")}]`, "two numbers, of which the first is less,")
  ]
}

/** The formula, whose spaces have no meaning. */
const formula = (expression: string) => expression.replace(/\s+/g, "")

const equals =
  ({ colormap, description, expression, expressionType, rescale, satelliteId }: IndicesApi.CreateInput) =>
  (index: Index): boolean =>
    Option.contains(index.description, description) &&
    Option.contains(index.satelliteId, satelliteId) &&
    Option.exists(index.expression, (it) => formula(it) === formula(expression)) &&
    Option.contains(index.expressionType, expressionType) &&
    Option.contains(index.colormap, colormap) &&
    index.rescale.join() === rescale.join()

export const create = (http: Connection) => (input: IndicesApi.CreateInput) =>
  Effect.zipRight(
    checkInput(endpoints.createIndex, differences(input)),
    unique.createBy(http, endpoints.createIndex, input, {
      target: { _tag: "Index", name: input.name },
      // The list has no filter by name.
      find: unique.named(callAll(http, endpoints.listIndices, { type: "custom" }), input.name),
      equals: equals(input)
    })
  )
