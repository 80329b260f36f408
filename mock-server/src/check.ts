/** `pixxel-mock check`: checks a folder of fixtures and counts its contents. */
import type { FixtureSet } from "./core/Fixture.js"
import { several } from "./core/Shelf.js"
import { kinds } from "./fixtures/kinds.js"
import { loadFixtures, shippedFixtures } from "./fixtures/load.js"

/**
 * Returns the contents of a folder in one line; without a folder, of the shipped fixtures. Throws a `FixtureError` with
 * all problems.
 */
export const check = (directory: string | undefined): string => {
  const fixtures = directory === undefined ? shippedFixtures() : loadFixtures(directory)
  const contents = Object.entries(kinds).flatMap(([kind, { shape }]) => {
    // none of a kind that becomes another one
    const count = fixtures[kind as keyof FixtureSet]?.size ?? 0
    const thing = `${shape.title}`.replace(/^an? /, "")
    return count === 0 ? [] : [`${count} ${count === 1 ? thing : several(thing)}`]
  })
  return `${directory ?? "the shipped fixtures"}: ${contents.join(", ") || "no fixtures"}; nothing is wrong`
}
