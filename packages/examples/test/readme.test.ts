/** The tables of operations and errors have a row for each; if not: npm run readme, or write the row. */
import { assert, describe, it } from "@effect/vitest"
import * as Errors from "@effect-pixxel/client/PixxelError"
import type * as Schema from "effect/Schema"
import { endpoints } from "../../client/src/internal/endpoints.js"
import { read } from "./markdown.js"

/** The only value of a field. */
const literalOf = ({ ast }: Schema.PropertySignature.All) => {
  const { type } = ast._tag === "PropertySignatureDeclaration" ? ast : ast.to
  return type._tag === "Literal" ? type.literal : undefined
}

describe("the README", () => {
  it("lists every operation of the table of endpoints", () => {
    const rows = endpoints.map(
      ({ billable, method, name, path, repeatable }) =>
        `| \`${name}\` | \`${method} ${path}\` | ${repeatable ? "yes" : "no"} | ${billable ? "**yes**" : "no"} |`
    )
    const [, shown = ""] = /<!-- operations -->\n([\s\S]*?)\n\n/.exec(read("README.md")) ?? []
    assert.deepStrictEqual(shown.split("\n").slice(2), rows)
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
