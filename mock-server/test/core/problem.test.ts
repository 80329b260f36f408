import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { didYouMean, printPath, problem } from "../../src/core/Problem.js"

/** Letters to add, remove, change or swap with their neighbour, by trying each. */
const distance = (a: string, b: string): number => {
  if (a === "" || b === "") return a.length + b.length
  const [restA, restB] = [a.slice(1), b.slice(1)]
  if (a[0] === b[0]) return distance(restA, restB)
  const isSwapped = a[0] === b[1] && a[1] === b[0]
  return (
    1 +
    Math.min(
      distance(restA, b),
      distance(a, restB),
      distance(restA, restB),
      isSwapped ? distance(a.slice(2), b.slice(2)) : Number.POSITIVE_INFINITY
    )
  )
}

/** Whether a candidate begins or ends with three letters or more that are the word. */
const isPart = (word: string, other: string) =>
  plain(word).length >= 3 && (plain(other).startsWith(plain(word)) || plain(other).endsWith(plain(word)))

const plain = (text: string) => text.toLowerCase().replaceAll(/[_-]/g, "")

describe("the word that was probably meant", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "B", "_", "-"), maxLength: 6 })

  it("is the one that the word is a part of, or the nearest of which a third of the letters may differ", () => {
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 4 }), (word, words) => {
        const near = words
          .map((other) => ({ other, off: distance(plain(word), plain(other)) }))
          .filter(({ off, other }) => isPart(word, other) || off <= Math.max(1, other.length / 3))
          .sort(
            (a, b) =>
              Number(isPart(word, b.other)) - Number(isPart(word, a.other)) ||
              a.off - b.off ||
              distance(word, a.other) - distance(word, b.other)
          )
        const expected = near[0] === undefined ? "" : ` (did you mean ${JSON.stringify(near[0].other)}?)`
        assert.strictEqual(didYouMean(word, words), expected)
      })
    )
  })

  it("is not looked for until the message is read", () => {
    const words = ["getJobById"]
    let reads = 0
    const counting = new Proxy(words, {
      get: (target, key, receiver) => {
        reads++
        return Reflect.get(target, key, receiver)
      }
    })
    const found = problem([], '"getJobyId"', "an operation", "getJobyId", counting)
    assert.strictEqual(reads, 0)
    assert.strictEqual(found.message, 'found "getJobyId", expected an operation (did you mean "getJobById"?)')
    assert.isAbove(reads, 0)
  })
})

describe("the path of a problem", () => {
  it.each([
    [[], "(root)"],
    [["phases", 1, "status"], "phases[1].status"],
    [["a b", 0], '["a b"][0]'],
    [["k".repeat(1_000), "x"], `${"k".repeat(59)}….x`],
    [["é".repeat(1_000)], `["${"é".repeat(58)}…]`]
  ])("is short: %#", (path, text) => {
    assert.strictEqual(printPath(path), text)
  })
})
