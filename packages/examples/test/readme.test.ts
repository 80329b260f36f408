/** What the READMEs and the tutorial show is what is compiled and run. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Errors from "@effect-pixxel/client/PixxelError"
import type * as Schema from "effect/Schema"
import { endpoints } from "../../client/src/internal/endpoints.js"

/** The only value of a field. */
const literalOf = ({ ast }: Schema.PropertySignature.All) => {
  const { type } = ast._tag === "PropertySignatureDeclaration" ? ast : ast.to
  return type._tag === "Literal" ? type.literal : undefined
}

const root = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const readme = readFileSync(root("README.md"), "utf8")

describe.each(["README.md", "mock-server/README.md", "mock-server/TUTORIAL.md"])(
  "%s; if not: npm run readme",
  (document) => {
    const text = readFileSync(root(document), "utf8")
    for (const [, path, shown] of text.matchAll(/<!-- (packages\/\S+) -->\n```\w+\n([\s\S]*?)```/g)) {
      it(`shows ${path} as it is`, () => {
        assert.strictEqual(shown, readFileSync(root(path!), "utf8"))
      })
    }
  }
)

describe("the README", () => {
  it("lists every operation of the table of endpoints", () => {
    const rows = endpoints.map(
      ({ billable, method, name, path, repeatable }) =>
        `| \`${name}\` | \`${method} ${path}\` | ${repeatable ? "yes" : "no"} | ${billable ? "**yes**" : "no"} |`
    )
    const [, shown = ""] = /<!-- operations -->\n([\s\S]*?)\n\n/.exec(readme) ?? []
    assert.deepStrictEqual(shown.split("\n").slice(2), rows)
  })

  it("says of every error whether it can be repeated, and what to do", () => {
    const rows = [...readme.matchAll(/^\| `(\w+)` \| .+ \| `(true|false)` \| .+ \|$/gm)].map(([, tag, retry]) => [
      tag,
      retry
    ])
    const errors = Object.entries(Errors).flatMap(([name, it]) =>
      "fields" in it && "isRetryable" in it.fields ? [[name, String(literalOf(it.fields.isRetryable))]] : []
    )
    assert.isAbove(errors.length, 15)
    assert.sameDeepMembers(rows, errors)
  })
})
