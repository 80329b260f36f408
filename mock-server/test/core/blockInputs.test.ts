import { assert, describe, it } from "@effect/vitest"
import { DataTypes } from "@effect-pixxel/client"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import { filled, recordOf, sent } from "../../../packages/client/test/inputs.js"
import { size } from "../../../vitest.size.js"
import { type Input, inputProblems } from "../../src/resources/blocks/check.js"

const block = {
  inputs: [
    { name: "image", format: "raster", type: "url" },
    { name: "shape", format: "vector", type: "url" },
    { name: "start", format: "date", type: "string" },
    { name: "level", format: "number", type: "number", validation: { min_value: 0, max_value: 9 }, default: "1" },
    { name: "season", format: "string", type: "string", validation: { allowed_values: ["kharif", "rabi"] } }
  ]
}
const assets = [
  { id: "asset-1", status: "success" },
  { id: "asset-2", status: "creating" }
]

const image = { name: "image", format: "raster", stac_url: "https://stac.test/a", asset_source: { id: "asset-1" } }
const right: Readonly<Record<string, Input>> = {
  image,
  shape: { name: "shape", format: "vector", properties: { geometry: { type: "Polygon", coordinates: [] } } },
  start: { name: "start", format: "date", value: "2024-01-01" },
  level: { name: "level", format: "number", value: "0.5" },
  season: { name: "season", format: "string", value: "rabi" }
}

const problemsOf = (inputs: ReadonlyArray<Input>) =>
  inputProblems(block, inputs, ["input"], assets).map(({ message, path }) => `${path.join(".")}: ${message}`)

describe("the inputs of a block", () => {
  it("are right with a value each, or with the default of the block", () => {
    assert.deepStrictEqual(problemsOf(Object.values(right)), [])
    const { level: _, ...others } = right
    assert.deepStrictEqual(problemsOf(Object.values(others)), [])
  })

  it("the client fills are right, and those with a missing or unknown name are refused by both", () => {
    const change = fc.constantFrom("none", "missing", "unknown")
    fc.assert(
      fc.property(filled, change, (inputs, change) => {
        const block = { inputs: inputs.map(({ format, name }) => ({ format, name, type: "any" })) }
        const right = recordOf(inputs.map(({ name, value }) => [name, value]))
        const complete = sent(right, DataTypes.decode(block.inputs))
        const [first, ...rest] = inputs
        const given =
          change === "unknown" ? { ...right, other: "x" } : recordOf(rest.map(({ name, value }) => [name, value]))
        const result = DataTypes.fill(DataTypes.decode(block.inputs), change === "none" ? right : given)
        const asked =
          change === "unknown"
            ? [...complete, { name: "other", format: "string", value: "x" }]
            : change === "missing"
              ? complete.filter(({ name }) => name !== first?.name)
              : complete
        const problems = inputProblems(block, asked, ["input"]).map(({ message }) => message)
        assert.deepStrictEqual([problems, Either.isRight(result)], change === "none" ? [[], true] : [problems, false])
        if (change !== "none") assert.lengthOf(problems, 1)
      }),
      { numRuns: size(80, 3_000) }
    )
  })

  it("have all of their problems reported at once", () => {
    const { image: _, start: __, ...others } = right
    const named = { name: "strat", format: "date", value: "2024-01-01" }
    assert.deepStrictEqual(problemsOf([...Object.values(others), named]), [
      'input: found no input "image", expected one of the format raster',
      'input: found no input "start", expected one of the format date',
      'input.3.name: found "strat", expected an input of the block: "start", "image", "shape", "level", "season" (did you mean "start"?)'
    ])
  })

  const wrong: ReadonlyArray<[Input, string]> = [
    [{ ...right["start"], name: "image" }, 'input.0.format: found "date", expected "raster"'],
    [{ ...image, value: "s3://a/b" }, "input.0: found a value and a stac_url, expected one of them"],
    [{ ...image, stac_url: "a" }, 'input.0.stac_url: found "a", expected the URL of an item'],
    [
      { ...image, asset_source: undefined },
      'input.0.asset_source: found nothing, expected an object with the "id" of an asset'
    ],
    [
      { ...image, asset_source: { id: "asset-3" } },
      'input.0.asset_source.id: found "asset-3", expected an asset of the AOI: "asset-1", "asset-2" (did you mean "asset-1"?)'
    ],
    [
      { ...image, asset_source: { id: "asset-2" } },
      "input.0.asset_source.id: found an asset that is creating, expected one that is ready"
    ],
    [{ name: "image", format: "raster" }, "input.0.value: found nothing, expected the URL of a file"],
    [
      { ...right["shape"], stac_url: "https://a" },
      "input.0.stac_url: found a stac_url, expected a value, which is the URL of a file"
    ],
    [{ ...right["shape"], properties: {} }, "input.0.value: found nothing, expected the URL of a file"],
    [
      { ...right["start"], value: "2024-02-30" },
      'input.0.value: found "2024-02-30", expected a day such as 2024-01-01'
    ],
    [{ ...right["level"], value: 5 }, "input.0.value: found 5, expected the text of a number, as a text"],
    [{ ...right["level"], value: "x" }, 'input.0.value: found "x", expected the text of a number'],
    [{ ...right["level"], value: "-1" }, 'input.0.value: found "-1", expected at least 0'],
    [{ ...right["level"], value: "10" }, 'input.0.value: found "10", expected at most 9'],
    [
      { ...right["season"], value: "rabbi" },
      'input.0.value: found "rabbi", expected an allowed value: "rabi", "kharif" (did you mean "rabi"?)'
    ],
    [{ ...right["season"], value: "" }, 'input.0.value: found "", expected a text']
  ]
  it.each(wrong)("are refused with %j", (input, expected) => {
    const others = Object.values(right).filter(({ name }) => name !== input["name"])
    assert.deepStrictEqual(problemsOf([input, ...others]), [expected])
  })

  it("are refused with two of one name", () => {
    assert.deepStrictEqual(problemsOf([...Object.values(right), image]), [
      'input.5.name: found "image" a second time, expected a name of its own'
    ])
  })
})
