import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "vitest"
import { tables, withTables } from "./tables.js"

describe("the README; if not: npm run readme", () => {
  const readme = readFileSync(fileURLToPath(new URL("../README.md", import.meta.url)), "utf8")

  it("has every table", () => {
    for (const name of Object.keys(tables)) assert.include(readme, `<!-- table: ${name} -->\n| `)
  })

  it("has the rows that the tests run", () => {
    assert.strictEqual(readme, withTables(readme))
  })
})
