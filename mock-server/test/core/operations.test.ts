/** The rows of the operations. */
import { assert, describe, it } from "vitest"
import { operations } from "../../src/core/Operations.js"
import type { Operation } from "../../src/resources/Resource.js"

const ofOne = Object.values<Operation>(operations).filter(({ role }) => role === "look" || role === "delete")

describe("an operation on one thing", () => {
  it.each(ofOne.map(({ id, key, route }) => [id, key, route] as const))("names its id: %s", (_, key, route) => {
    assert.include(route, `{${key}}`)
  })
})
