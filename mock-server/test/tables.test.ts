import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "vitest"
import { tables, withTables } from "./tables.js"

describe("the catalog of the mock; if not: npm run readme", () => {
  const catalog = readFileSync(fileURLToPath(new URL("../../docs/mock-catalog.md", import.meta.url)), "utf8")

  it("has every table", () => {
    for (const name of Object.keys(tables)) assert.include(catalog, `<!-- table: ${name} -->\n| `)
  })

  it("has the rows that the tests run", () => {
    assert.strictEqual(catalog, withTables(catalog))
  })
})
