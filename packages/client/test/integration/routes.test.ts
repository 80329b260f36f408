/** Compares the client's table of endpoints with the independent routes of the mock. */
import { assert, describe, it } from "@effect/vitest"
import { operations } from "@effect-pixxel/mock-server"
import { endpoints } from "../endpoints.js"

const sorted = (rows: ReadonlyArray<{ id: string; method: string; route: string }>) =>
  [...rows].sort((a, b) => a.id.localeCompare(b.id))

describe("every operation of the client", () => {
  it("is a route of the mock", () => {
    const ids = new Set<string>(endpoints.map(({ operation }) => operation))
    assert.deepStrictEqual(
      sorted(endpoints.map(({ method, operation, path }) => ({ id: operation, method, route: path }))),
      sorted(
        Object.values(operations)
          .filter(({ id }) => ids.has(id))
          .map(({ id, method, route }) => ({ id, method, route }))
      )
    )
  })
})
