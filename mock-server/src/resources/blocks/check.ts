/**
 * Checks the inputs of an insight against its block, all problems at once. What the API checks, and when, is not
 * documented: the mock refuses what a block would refuse after the payment.
 */
import {
  expectedOf,
  type Path,
  type Problem,
  printValue,
  problem,
  reference,
  repeated,
  unless
} from "../../core/Problem.js"
import { isDate } from "../../core/Timestamp.js"
import type { BlockFixture, DataType } from "./fixture.js"

/** An input as a request has it. */
export type Input = Readonly<Record<string, unknown>>

/** An asset that an input may name. */
interface Asset {
  readonly id: string
  readonly status: string
}

const isNumber = (text: string): boolean => text.trim() !== "" && Number.isFinite(Number(text))

const isUrl = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(text)

const files = ["raster", "vector", "tabular"]

/** The test of a value by format, and the expectation. Other formats take any text. */
const kindOf = (format: string): readonly [(text: string) => boolean, string] =>
  files.includes(format)
    ? [isUrl, "the URL of a file"]
    : format === "date"
      ? [isDate, "a day such as 2024-01-01"]
      : format === "number"
        ? [isNumber, "the text of a number"]
        : [(text) => text !== "", "a text"]

const ruleProblems = (path: Path, { validation = {} }: DataType, text: string): ReadonlyArray<Problem> => {
  const { allowed_values: allowed, max_value: max, min_value: min } = validation
  const isLess = typeof min === "number" && Number(text) < min
  const isMore = typeof max === "number" && Number(text) > max
  const words = Array.isArray(allowed) ? allowed.filter((it) => typeof it !== "object").map(String) : undefined
  return [
    ...unless(!isLess, path, printValue(text), `at least ${min}`),
    ...unless(!isMore, path, printValue(text), `at most ${max}`),
    ...(words === undefined ? [] : reference(path, text, "an allowed value", words))
  ]
}

const sourceProblems = (path: Path, source: unknown, assets: ReadonlyArray<Asset> | undefined) => {
  const id: unknown = Object(source)["id"]
  if (typeof id !== "string") return [problem(path, printValue(source), 'an object with the "id" of an asset')]
  if (assets === undefined) return []
  const { status = "success" } = assets.find((it) => it.id === id) ?? {}
  const ids = assets.map((it) => it.id)
  return [
    ...reference([...path, "id"], id, "an asset of the AOI", ids),
    ...unless(status === "success", [...path, "id"], `an asset that is ${status}`, "one that is ready")
  ]
}

const valueProblems = (
  path: Path,
  template: DataType,
  input: Input,
  assets: ReadonlyArray<Asset> | undefined
): ReadonlyArray<Problem> => {
  const { asset_source, format, properties, stac_url, value } = input
  const [isRight, expected] = kindOf(template.format)
  if (format !== template.format)
    return [problem([...path, "format"], printValue(format), JSON.stringify(template.format))]
  if (value !== undefined && stac_url !== undefined) {
    return [problem(path, "a value and a stac_url", "one of them")]
  }
  if (stac_url !== undefined) {
    if (format !== "raster") return [problem([...path, "stac_url"], "a stac_url", `a value, which is ${expected}`)]
    return [
      ...(typeof stac_url === "string" && isUrl(stac_url)
        ? []
        : [problem([...path, "stac_url"], printValue(stac_url), "the URL of an item")]),
      ...sourceProblems([...path, "asset_source"], asset_source, assets)
    ]
  }
  if (value === undefined) {
    const hasGeometry = format === "vector" && Object(properties)["geometry"] !== undefined
    return unless(hasGeometry || template.default !== undefined, [...path, "value"], "nothing", expected)
  }
  if (typeof value !== "string" || !isRight(value)) {
    return [
      problem([...path, "value"], printValue(value), typeof value === "string" ? expected : `${expected}, as a text`)
    ]
  }
  return ruleProblems([...path, "value"], template, value)
}

/**
 * Returns the problems of inputs, which are the value at `path` of a request. With the assets of its AOI, an image from
 * another place is one too.
 */
export const inputProblems = (
  { inputs: templates }: Pick<BlockFixture, "inputs">,
  inputs: ReadonlyArray<Input>,
  path: Path,
  assets?: ReadonlyArray<Asset>
): ReadonlyArray<Problem> => {
  const names = templates.map(({ name }) => name)
  return [
    ...templates.flatMap((template) =>
      template.default !== undefined || inputs.some(({ name }) => name === template.name)
        ? []
        : [problem(path, `no input ${JSON.stringify(template.name)}`, `one of the format ${template.format}`)]
    ),
    ...repeated(
      path,
      "name",
      inputs.map(({ name }) => ({ name }))
    ),
    ...inputs.flatMap((input, index) => {
      const template = templates.find(({ name }) => name === input["name"])
      return template === undefined
        ? [
            problem(
              [...path, index, "name"],
              printValue(input["name"]),
              () => expectedOf("an input of the block", names, input["name"]),
              input["name"],
              names
            )
          ]
        : valueProblems([...path, index], template, input, assets)
    })
  ]
}
