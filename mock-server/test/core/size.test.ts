import { assert, describe, it } from "vitest"
import { parseSize } from "../../src/core/Package.js"
import { shapeProblems } from "../../src/core/ShapeCheck.js"
import { shapes } from "../shapes.js"

const problemsOf = (size: unknown) =>
  shapeProblems(shapes.jobs, { kind: "job", source: "made up", workflow: "w", tasks: [], download: { size } }).map(
    ({ message }) => message
  )

describe("the size of a package", () => {
  it.each([
    ["0B", 0],
    ["4294967295B", 4_294_967_295],
    ["500kB", 500_000],
    ["12.5MB", 12_500_000],
    ["2GB", 2_000_000_000],
    ["1KiB", 1_024],
    ["0.001KiB", 1],
    ["1.5MiB", 1_572_864],
    ["999999.999GiB", 1_073_741_822_926_258]
  ])("%s is %d bytes", (text, bytes) => {
    assert.deepStrictEqual(problemsOf(text), [])
    assert.strictEqual(parseSize(text), bytes)
  })

  it.each(["", "2", "2 GB", "2gb", "2TB", "GB", "-1B", "1.5B", ".5GB", "1e9B", "1234567GB"])("%j is none", (text) => {
    const [message, ...none] = problemsOf(text)
    assert.isEmpty(none)
    assert.include(message, 'expected a size such as "500kB", "2GB", "1.5GiB" or "4294967295B"')
  })

  it("is not a number, which has no unit", () => assert.lengthOf(problemsOf(2_000), 1))
})
