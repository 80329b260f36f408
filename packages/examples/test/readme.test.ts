/** Compares the operations, versions and errors in the documents with the sources. */
import { assert, describe, it } from "@effect/vitest"
import { advice } from "@effect-pixxel/client/internal/advice"
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
  it.each(["operations", "versions"] as const)("has the part about %s", (name) => {
    assert.include(read("README.md"), `<!-- ${name} -->\n${tables[name]}\n`)
  })
})

describe("the page about errors", () => {
  it("lists for every error whether it is retryable, and the remedy", () => {
    const rows = [...read("docs/errors.md").matchAll(/^\| `(\w+)` \| .+ \| `(true|false)` \| (.+) \|$/gm)].map(
      ([, ...row]) => row
    )
    const errors = Object.entries(Errors).flatMap(([name, it]) =>
      "fields" in it && "isRetryable" in it.fields
        ? [[name, String(literalOf(it.fields.isRetryable)), Reflect.get(advice, name)]]
        : []
    )
    assert.isAbove(errors.length, 15)
    assert.sameDeepMembers(rows, errors)
  })
})
