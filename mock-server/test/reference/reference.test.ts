/**
 * The reference: every field of every shape is described, with an example that the shape accepts, and a page shows it.
 */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "vitest"
import { jsonSchemas } from "../../scripts/schemas.js"
import { checkPlan } from "../../src/core/faults/Check.js"
import { planShape } from "../../src/core/faults/Plan.js"
import { faultableOperations, operations } from "../../src/core/Operations.js"
import type { Scenario } from "../../src/core/Scenario.js"
import { scenarioProblems, scenarioShape } from "../../src/core/Scenario.js"
import { plainNumber } from "../../src/core/Shape.js"
import { shapeProblems } from "../../src/core/ShapeCheck.js"
import { bodies } from "../../src/http/admin/bodies.js"
import { jobProblems, recordingProblems } from "../../src/resources/jobs/check.js"
import type { JobFixture, RecordingFixture } from "../../src/resources/jobs/fixture.js"
import type { Operation } from "../../src/resources/Resource.js"
import type { WorkflowFixture } from "../../src/resources/workflows/fixture.js"
import { workflowProblems } from "../../src/resources/workflows/fixture.js"
import { anchorOf } from "../markdown.js"
import { shapes } from "../shapes.js"
import { pages, sections } from "./pages.js"
import { defaultOf, type Schema, unitsOf } from "./shape.js"

const roots: Readonly<Record<string, Schema>> = { ...shapes, faults: planShape, scenarios: scenarioShape, ...bodies }

interface Place {
  readonly path: string
  readonly schema: Schema
  readonly isRequired: boolean
}

/** Every field below a shape, wherever it is. */
const fieldsOf = (schema: Schema, path: string): ReadonlyArray<Place> => [
  ...Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const place = `${path}.${key}`
    const isRequired = schema.required?.includes(key) ?? false
    return [{ path: place, schema: field, isRequired }, ...fieldsOf(field, place)]
  }),
  ...(schema.items ? fieldsOf(schema.items, `${path}[]`) : []),
  ...(schema.anyOf ?? []).flatMap((branch) => fieldsOf(branch, path)),
  ...Object.values(schema.patternProperties ?? {}).flatMap((value) => fieldsOf(value, `${path}.*`))
]

/** Bodies of operations, whose fields are in no page. */
const requests: ReadonlyArray<readonly [string, Schema]> = Object.entries<Operation>(operations).flatMap(
  ([id, { body }]) => (body === undefined ? [] : [[id, body]])
)

const fields = [...Object.entries(roots), ...requests].flatMap(([kind, shape]) => fieldsOf(shape, kind))

const noUnit: Schema = plainNumber

/** Whether a field is a number, and does not say itself that it has no unit. */
const isNumber = ({ anyOf = [], const: only, items, title, type }: Schema): boolean =>
  (only === undefined && (type === "integer" || type === "number") && title !== noUnit.title) ||
  anyOf.some(isNumber) ||
  (items !== undefined && isNumber(items))

/** Numbers that count nothing. */
const dimensionless =
  /\.(status|members_count|chance|sigma|attempts?|tokens|speed|times|atLeast|atMost|seq|count|created|fired|rule|level|arrived|over)$/

describe("every field of a shape", () => {
  it("is looked at", () => {
    const paths = fields.map(({ path }) => path)
    assert.isAbove(paths.length, 300)
    for (const path of [
      "jobs.phases[].until.any[].polls",
      "jobs.tasks[].outcome",
      "jobs.download.pending",
      "workflows.jobs[].age",
      "scenarios.faults.rules[].do.latency.sigma",
      "createWorld.quirks.everyStory.taskStatus.completed"
    ]) {
      assert.include(paths, path)
    }
  })

  it.each(fields)("$path has a description and an example that the shape accepts", ({ isRequired, path, schema }) => {
    assert.match(schema.description ?? "", /^[A-Z`\d].*\.$/)
    assert.isAbove(schema.examples?.length ?? 0, 0)
    for (const example of schema.examples ?? []) assert.deepStrictEqual(shapeProblems(schema, example), [])
    const prose = /Default: /.test(schema.description ?? "")
    if (isRequired) assert.isFalse(prose || "default" in schema, "a required field has no default")
    else assert.isTrue(prose !== "default" in schema, "an optional field has a default, as a value or in words")
    if ("default" in schema) assert.deepStrictEqual(shapeProblems(schema, schema.default), [])
    assert.notStrictEqual(defaultOf({ name: path, schema, isRequired }), "")
  })

  it.each(fields.filter(({ schema }) => isNumber(schema)))(
    "$path has a unit, if it has a number",
    ({ path, schema }) => {
      if (!dimensionless.test(path)) assert.isAbove(unitsOf(schema).length, 0)
      else assert.deepStrictEqual(unitsOf(schema), [])
    }
  )

  it("is in the JSON Schemas, with all of that", () => {
    const written = [...jsonSchemas].flatMap(([file, schema]) => fieldsOf(schema, file))
    assert.isAbove(written.length, 150)
    for (const { path, schema } of written) {
      assert.isDefined(schema.description, path)
      assert.isDefined(schema.examples, path)
    }
    const ttl = written.find(({ path }) => path === "job.schema.json.download.ttl")
    assert.strictEqual(ttl?.schema.default, "15m")
  })
})

describe("the example of a whole", () => {
  const check: Readonly<Record<string, (example: unknown) => ReadonlyArray<unknown>>> = {
    // each has its shape
    jobs: (example) => jobProblems(example as JobFixture),
    recordings: (example) => recordingProblems(example as RecordingFixture),
    workflows: (example) => workflowProblems(example as WorkflowFixture),
    errors: () => [],
    faults: (example) => (checkPlan(example) === example ? [] : ["another plan"]),
    scenarios: (example) => scenarioProblems(example as Scenario)
  }

  it.each(Object.entries(check))("is one: %s", (kind, problemsOf) => {
    const { examples = [] } = roots[kind] ?? {}
    assert.isAbove(examples.length, 0)
    for (const example of examples) {
      assert.deepStrictEqual(shapeProblems(roots[kind] ?? {}, example), [])
      assert.deepStrictEqual(problemsOf(example), [])
    }
  })
})

describe("the pages; if not: npm run reference", () => {
  it.each(Object.entries(pages))("%s follows from the shapes", (file, text) =>
    assert.strictEqual(readFileSync(new URL(`../../../docs/reference/${file}`, import.meta.url), "utf8"), text)
  )

  it("have a row for every field, in a section of its shape", () => {
    const shown = (schema: Schema) => sections.some((section) => section.schema.properties === schema.properties)
    const look = (schema: Schema, path: string, isInPlace: boolean): void => {
      if (schema.properties !== undefined && !isInPlace) assert.isTrue(shown(schema), `${path} has no section`)
      for (const [key, field] of Object.entries(schema.properties ?? {})) look(field, `${path}.${key}`, true)
      if (schema.items) look(schema.items, `${path}[]`, false)
      for (const branch of schema.anyOf ?? []) look(branch, path, false)
      for (const value of Object.values(schema.patternProperties ?? {})) look(value, `${path}.*`, false)
    }
    for (const [kind, shape] of Object.entries(roots)) look(shape, kind, false)
    for (const { heading, page, schema } of sections) {
      const text = pages[page]?.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? ""
      for (const key of Object.keys(schema.properties ?? {})) assert.include(text, `\n| \`${key}\` | `, heading)
    }
  })

  it("list the operations of faults", () => {
    for (const operation of faultableOperations) assert.include(pages["faults.md"], `\n| \`${operation}\` | `)
  })

  it("lead where they say", () => {
    for (const [file, text] of Object.entries(pages)) {
      for (const [, page = "", anchor = ""] of text.matchAll(/\]\((\w+\.md)?#([\w-]+)\)/g)) {
        const headings = [...(pages[page || file] ?? "").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading)
        assert.include(headings.map(anchorOf), anchor, `${file} to ${page}#${anchor}`)
      }
    }
  })
})
