/**
 * Values of the mock's shapes, as a correct client sends them.
 */
import * as fc from "effect/FastCheck"
import { character } from "../../../vitest.texts.js"
import type { Schema } from "../../src/core/ShapeCheck.js"

const durations = fc.constantFrom("0s", "1ms", "1s", "90s", "1h", "999999999h")

/** Texts for patterns that fast-check cannot generate: of a duration, a size or a header. */
const textOf = ({ minLength = 0, pattern, title = "" }: Schema): fc.Arbitrary<string> => {
  if (title.startsWith("a duration")) return durations
  if (pattern === undefined) return fc.string({ unit: character, minLength, maxLength: minLength + 8 })
  return fc.stringMatching(new RegExp(pattern), { size: "-1" })
}

/** Generates values of a shape; `texts` are words for texts without a pattern. */
export const valuesOf = (schema: Schema, texts: fc.Arbitrary<string>): fc.Arbitrary<unknown> => {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((branch) => valuesOf(branch, texts)))
  switch (schema.type) {
    case "string":
      return schema.pattern === undefined && schema.title?.startsWith("a duration") !== true
        ? fc.oneof(texts, textOf(schema))
        : textOf(schema)
    case "integer":
      return fc.oneof(
        fc.integer({ min: schema.minimum ?? -1_000, max: schema.maximum ?? 1_000 }),
        fc.constantFrom(schema.minimum ?? -1e300, schema.maximum ?? 1e300)
      )
    case "number":
      return fc.double({ min: schema.minimum ?? -1e300, max: schema.maximum ?? 1e300, noNaN: true })
    case "boolean":
      return fc.boolean()
    case "array":
      return fc.array(valuesOf(schema.items ?? {}, texts), { minLength: schema.minItems ?? 0, maxLength: 3 })
    case "object": {
      const [free] = Object.values(schema.patternProperties ?? {})
      if (free !== undefined) return fc.dictionary(texts, valuesOf(free, texts), { maxKeys: 3 })
      const fields = Object.entries(schema.properties ?? {}).map(
        ([key, field]) => [key, valuesOf(field, texts)] as const
      )
      return fc.record(Object.fromEntries(fields), { requiredKeys: [...(schema.required ?? [])] })
    }
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}
