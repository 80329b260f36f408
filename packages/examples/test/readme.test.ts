/** The tables of operations, versions and errors are those of the sources. */
import { assert, describe, it } from "@effect/vitest"
import * as Errors from "@effect-pixxel/client/PixxelError"
import type * as Schema from "effect/Schema"
import { read } from "./markdown.js"
import { tables } from "./tables.js"

/** The only value of a field. */
const literalOf = ({ ast }: Schema.PropertySignature.All) => {
  const { type } = ast._tag === "PropertySignatureDeclaration" ? ast : ast.to
  return type._tag === "Literal" ? type.literal : undefined
}

describe("the README; if not: npm run readme", () => {
  it.each(["operations", "versions"] as const)("has the table of %s", (name) => {
    assert.include(read("README.md"), `<!-- ${name} -->\n${tables[name]}\n`)
  })
})

describe("the page about errors", () => {
  it("says of every error whether it can be repeated, and what to do", () => {
    const rows = [...read("docs/errors.md").matchAll(/^\| `(\w+)` \| .+ \| `(true|false)` \| .+ \|$/gm)].map(
      ([, tag, retry]) => [tag, retry]
    )
    const errors = Object.entries(Errors).flatMap(([name, it]) =>
      "fields" in it && "isRetryable" in it.fields ? [[name, String(literalOf(it.fields.isRetryable))]] : []
    )
    assert.isAbove(errors.length, 15)
    assert.sameDeepMembers(rows, errors)
  })
})
