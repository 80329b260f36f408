/**
 * The pages of `docs/reference`, made of the shapes and of the rows that the tests run: npm run reference
 */

import { schemaFile } from "../../scripts/schemas.js"
import { conductRules } from "../../src/core/Conduct.js"
import { errorShape, kinds, worldQuirks } from "../../src/core/Fixture.js"
import { operationsOf } from "../../src/core/faults/Check.js"
import { whole as answer } from "../../src/core/faults/kinds/answer.js"
import { place as cut } from "../../src/core/faults/kinds/cut.js"
import { pace as drip } from "../../src/core/faults/kinds/drip.js"
import { exponential, lognormal, uniform } from "../../src/core/faults/kinds/latency.js"
import { bucket as limit } from "../../src/core/faults/kinds/limit.js"
import { target as redirect } from "../../src/core/faults/kinds/redirect.js"
import { effect, type FaultEffect, planShape, rule } from "../../src/core/faults/Plan.js"
import { type FaultableOperation, faultableOperations, operations } from "../../src/core/Operations.js"
import { queuedStory, scenarioShape } from "../../src/core/Scenario.js"
import {
  arrival,
  attemptCount,
  bucket,
  ending,
  enqueueAction,
  faultsAction,
  journalEntry,
  savedDrawers,
  savedFaults,
  savedJournal,
  signalAction,
  snapshotShape,
  testAction
} from "../../src/core/Snapshot.js"
import { bodies } from "../../src/http/admin/bodies.js"
import { openapi } from "../../src/http/admin/openapi.js"
import {
  condition,
  download,
  frame,
  jobFields,
  jobShape,
  leafShape,
  phase,
  quirks,
  recordingShape,
  task,
  taskFields,
  valError
} from "../../src/resources/jobs/fixture.js"
import { asked, event, savedJob, savedJobs, savedWorkflow } from "../../src/resources/jobs/saved.js"
import type { FixtureKind } from "../../src/resources/Resource.js"
import { readyMade, workflowShape } from "../../src/resources/workflows/fixture.js"
import { type FaultRow, faultRows, planOf } from "../http/faultRows.js"
import { anchorOf, cell, code, table } from "../markdown.js"
import { presets } from "../presets.js"
import { quirkRows } from "../quirkRows.js"
import { shapes } from "../shapes.js"
import { jsonCode, Reference, type Schema, type Section } from "./shape.js"

const on = (page: string, schemas: Readonly<Record<string, Schema>>): ReadonlyArray<Section> =>
  Object.entries(schemas).map(([heading, schema]) => ({ page, heading, schema }))

/** The sections of each page that show a shape, in their order. */
const named: ReadonlyArray<Section> = [
  ...on("fixtures.md", {
    Job: jobShape,
    Phase: phase,
    Condition: condition,
    "Part of a condition": leafShape,
    Task: task,
    Download: download,
    "Quirks of a story": quirks,
    "Validation error": valError,
    Recording: recordingShape,
    Frame: frame,
    Workflow: workflowShape,
    "Job from the beginning": readyMade,
    "Error body": errorShape
  }),
  ...on("worlds.md", { Scenario: scenarioShape, "Queued story": queuedStory, "Quirks of a world": worldQuirks }),
  ...on("faults.md", {
    "Fault plan": planShape,
    Rule: rule,
    Effect: effect,
    "Uniform latency": uniform,
    "Exponential latency": exponential,
    "Lognormal latency": lognormal,
    Answer: answer,
    Limit: limit,
    Redirect: redirect,
    Cut: cut,
    Drip: drip
  }),
  ...on("admin.md", {
    "World to create": bodies.createWorld,
    "Story to queue": bodies.queueStory,
    Signal: bodies.signal,
    Save: bodies.save,
    Restore: bodies.restore,
    "Step of the clock": bodies.advance,
    Conduct: bodies.conduct,
    Expectation: bodies.verify,
    Snapshot: snapshotShape,
    "State of resources": savedDrawers,
    "Saved jobs": savedJobs,
    "Saved job": savedJob,
    "Event of a job": event,
    "Package that was asked for": asked,
    "Next jobs of a workflow": savedWorkflow,
    "State of the faults": savedFaults,
    "Count of attempts": attemptCount,
    Bucket: bucket,
    Journal: savedJournal,
    "Journal entry": journalEntry,
    "Arrival of a request": arrival,
    "End of a request": ending,
    "Action of the test": testAction,
    "Queued by the test": enqueueAction,
    "Signalled by the test": signalAction,
    "Faults of the test": faultsAction
  })
]

/** Sections of the objects in a shape that no other section shows, under their titles without the article. */
const sectionsOf = (page: string, schema: Schema): ReadonlyArray<Section> => {
  const inside = [schema.items ?? [], schema.anyOf ?? [], Object.values(schema.properties ?? {})].flat()
  const isNamed = named.some((section) => section.schema.properties === schema.properties)
  const title = (schema.title ?? "").replace(/^an? /, "")
  const heading = title.charAt(0).toUpperCase() + title.slice(1)
  return [
    ...(schema.properties === undefined || isNamed ? [] : [{ page, heading, schema }]),
    ...inside.flatMap((part) => sectionsOf(page, part))
  ]
}

const unnamed = [
  ...Object.values<Schema>(shapes).flatMap((shape) => sectionsOf("fixtures.md", shape)),
  ...Object.values<Schema>(savedDrawers.properties).flatMap((shape) => sectionsOf("admin.md", shape))
]

/** Two fields may have one shape. */
export const sections: ReadonlyArray<Section> = [
  ...named,
  ...unnamed.filter(({ heading }, index) => unnamed.findIndex((other) => other.heading === heading) === index)
]

const reference = new Reference(sections, [
  { page: "faults.md", heading: "Operations", label: "operation", words: [...faultableOperations, "*"] },
  { page: "fixtures.md", heading: "Fields of a job", label: "field of a job", words: [...jobFields, ...taskFields] }
])

/** JSON in one line, with spaces as the formatter has them. */
const inline = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${inline(item)}`)
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`
}

/** JSON in lines: a value that fits into one stays in it. */
const lines = (value: unknown, indent = ""): string => {
  const line = inline(value)
  if (typeof value !== "object" || value === null || indent.length + line.length < 80) return line
  const inside = `${indent}  `
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"]
  const items = Array.isArray(value)
    ? value.map((item) => lines(item, inside))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${lines(item, inside)}`)
  return `${open}\n${items.map((item) => inside + item).join(",\n")}\n${indent}${close}`
}

const json = (value: unknown): string => `\`\`\`json\n${lines(value)}\n\`\`\`\n`

/** The sections of the shapes of a page; `more` stands behind a section. */
const shapesOf = (page: string, more: Readonly<Record<string, string>> = {}): string =>
  sections
    .filter((section) => section.page === page)
    .map(({ heading, schema }) =>
      [
        `## ${heading}`,
        schema.description ?? "",
        ...(schema.examples ?? []).map(json).map((text) => text.trimEnd()),
        reference.table(schema, page).trimEnd(),
        ...(more[heading] === undefined ? [] : [more[heading]])
      ].join("\n\n")
    )
    .join("\n\n")

const generated = "<!-- Written by npm run reference: change the shapes in mock-server/src, not this page. -->"

const page = (...parts: ReadonlyArray<string>): string => `${[generated, ...parts].join("\n\n").trimEnd()}\n`

// --- fixtures ---

const fixtures = page(
  "# Fixtures",
  "Plain JSON files: the workflows of the mock server, and the stories of their jobs. The server checks them when it starts; " +
    "`npx @effect-pixxel/mock-server check DIR` checks them without a server. In an editor, `$schema` names the JSON Schema of " +
    "a file: the package has them in `fixtures/schema`.",
  table(
    ["folder", "a file is", "JSON Schema"],
    [
      ["`jobs/`", "a [job](#job): the story that a job follows", "`job.schema.json`"],
      ["`recordings/`", "a [recording](#recording): a story of answers that were seen", "`recording.schema.json`"],
      ["`workflows/`", "a [workflow](#workflow) and the story of its jobs", "`workflow.schema.json`"],
      ...Object.entries<FixtureKind>(kinds)
        .filter(([, { shape }]) => unnamed.some(({ schema }) => schema === shape))
        .map(([folder, kind]) => [
          code(`${folder}/`),
          `${kind.shape.title?.replace(/ (.*)/, (_, word) => ` [${word}](#${anchorOf(word)})`)}`,
          code(schemaFile(kind))
        ]),
      ["`errors/`", "an [error body](#error-body)", "`error.schema.json`"],
      ["`faults/`", "a [fault plan](faults.md#fault-plan)", "`faults.schema.json`"],
      ["`scenarios/`", "a [scenario](worlds.md#scenario)", "`scenario.schema.json`"]
    ]
  ).trimEnd(),
  "A story, an error body, a fault plan and a scenario have the name of their file, without `.json`; a workflow has its `id`. " +
    "No other fields than those below are possible. Names in camelCase are the mock's own; names in snake_case are fields of the " +
    "API, with the values that it would send.",
  "## Durations",
  'A text of numbers with the units `h`, `m`, `s` and `ms`, in this order: `"500ms"`, `"20s"`, `"1m30s"`, `"1h"`, ' +
    '`"1.5s"`. All durations are on the clock of the world.',
  "## Sizes",
  'A text of a number and a unit: `B`, `kB`, `MB`, `GB` (powers of 1000) or `KiB`, `MiB`, `GiB` (powers of 1024): `"500kB"`, ' +
    '`"1.5GiB"`, `"4294967295B"`.',
  shapesOf("fixtures.md"),
  "## Fields of a job",
  "The fields that `quirks.omit` can leave out:",
  table(
    ["of", "fields"],
    [
      ["the job", jobFields.map(code).join(", ")],
      ["its tasks", taskFields.map(code).join(", ")]
    ]
  )
)

// --- worlds ---

const worlds = page(
  "# Worlds",
  "A world has its own jobs, clock, ids, faults, tokens and journal. A scenario describes its beginning; without one, it has " +
    "the jobs of the fixtures, and no faults.",
  shapesOf("worlds.md", {
    Scenario: [
      "A scenario, or the name of one, is given where a world is made:",
      table(
        ["where", "notation"],
        [
          ["a test", code('MockServer.layer({ scenario: "zero-values" })')],
          ["a server in a program", code('buildServer({ scenario: "zero-values" })')],
          ["every world of a server", code("npx @effect-pixxel/mock-server --scenario zero-values")],
          [
            "every world of a server, as JSON",
            code(`npx @effect-pixxel/mock-server --scenario '{"stories":["instant"]}'`)
          ],
          ["one world over HTTP", code('POST /__mock/v1/worlds {"scenario": "zero-values"}')]
        ]
      ).trimEnd(),
      "Other options win over it: `faults` and `seed` replace those of the scenario; `quirks` and `tokens` are merged with " +
        "them, entry by entry."
    ].join("\n\n"),
    "Quirks of a world": [
      "`set` of a [workflow](fixtures.md#workflow) and the [quirks of a story](fixtures.md#quirks-of-a-story) change one " +
        "workflow or story. The same quirk in a scenario, over HTTP and in a test is the value of `quirks`:",
      table(
        ["quirk", "sends", "evidence", "`quirks`"],
        quirkRows.map(({ quirk, quirks, sends, source }) => [code(quirk), sends, source, jsonCode(quirks)])
      ).trimEnd()
    ].join("\n\n")
  }),
  "## Shipped scenarios",
  table(
    ["name", "world"],
    presets.map(({ about, name }) => [code(name), about])
  ).trimEnd(),
  "## Tokens",
  "A token is `mock_<world>_<name>`, bare or behind `Bearer`. Every world has these:",
  table(
    ["name", "rights"],
    [
      ["`owner`", "everything, in every project"],
      ["`viewer`", "everything but creating jobs, in every project"],
      ["`expired`", "none: 403"],
      ["`revoked`", "none: 403"]
    ]
  ).trimEnd(),
  "`tokens` of a scenario adds others. An unknown name, or another form of token, is answered 401.",
  "## Conduct",
  "Rules for clients. A test that otherwise succeeds fails when its program breaks one.",
  table(
    ["rule", "demand"],
    Object.entries(conductRules).map(([name, asks]) => [code(name), asks])
  ).trimEnd(),
  table(
    ["where", "notation"],
    [
      ["a test, without a rule", code("MockServer.layer({ conduct: { pollAfterEnd: false } })")],
      ["a test, with another floor", code('MockServer.layer({ conduct: { pollFloor: "5s" } })')],
      ["the command line, all rules", code("npx @effect-pixxel/mock-server --conduct all")],
      ["the command line, one rule", code("npx @effect-pixxel/mock-server --conduct pollFloor=5s")],
      ["HTTP", code('POST /__mock/v1/worlds/my-test/conduct {"pollFloor": "5s"}')]
    ]
  ).trimEnd()
)

// --- faults ---

const pathOf = (operation: FaultableOperation): string => {
  if (operation === "getPackage") return "a signed URL"
  const { method, route } = operations[operation]
  return `\`${method} ${route}\``
}

const effects = Object.keys(effect.properties) as ReadonlyArray<keyof FaultEffect> // its keys

const isLimited = (name: keyof FaultEffect) => operationsOf(name).length < faultableOperations.length

const everywhere = effects.filter((name) => !isLimited(name))

const effectsOf = (operation: FaultableOperation) =>
  effects.filter((name) => isLimited(name) && operationsOf(name).includes(operation))

/** The effect that a row shows. */
const kindOf = (row: FaultRow): string => Object.keys(planOf(row).rules[0]?.do ?? {})[0] ?? ""

const faultsOf = (kind: string): string => {
  const rows = faultRows.filter((row) => kindOf(row) === kind)
  return [
    `### ${kind}`,
    ...(rows.length === 0 ? ["No example."] : []),
    table(
      ["fault", "`fetch` sees", "`request` sees"],
      rows.map((row) => [row.what, cell(row.fetch), cell(row.request)])
    ).trimEnd(),
    table(
      ["fault", "notation", "rule"],
      rows.flatMap((row) => [
        [row.what, "JSON", jsonCode(planOf(row).rules[0])],
        [row.what, "TypeScript", code(`Fault.on("${row.on ?? "getJobById"}", ${row.code})`)]
      ])
    ).trimEnd()
  ].join("\n\n")
}

const examplePlan = { rules: [{ on: "getJobById", attempts: [1], do: { cut: { at: "answer", by: "reset" } } }] }

const faults = page(
  "# Faults",
  "A fault plan makes requests of a world fail. It is data: a file of `faults/`, an argument, the body of a request, or a " +
    "value of `Fault` in TypeScript. A plan of another shape is refused with a list of its mistakes; for an unknown operation or field, the " +
    "message lists those that exist.",
  "## Where a plan goes",
  table(
    ["where", "notation"],
    [
      ["a file `faults/lost-answer.json`", jsonCode(examplePlan)],
      ["a test, by name", code('mock.faults.use("lost-answer")')],
      [
        "a test, in TypeScript",
        code('mock.faults.use(Fault.plan(Fault.on("getJobById", Fault.loseAnswer("reset"), { attempts: [1] })))')
      ],
      ["the command line, by name", code("npx @effect-pixxel/mock-server --faults lost-answer")],
      ["the command line, as JSON", code(`npx @effect-pixxel/mock-server --faults '${JSON.stringify(examplePlan)}'`)],
      ["HTTP, by name", code('PUT /__mock/v1/worlds/my-test/faults "lost-answer"')],
      ["HTTP, as JSON", code(`PUT /__mock/v1/worlds/my-test/faults ${JSON.stringify(examplePlan)}`)],
      ["a scenario", code('{"faults": "lost-answer"}')]
    ]
  ).trimEnd(),
  "The JSON is the same in all of them. Names are looked up in the fixtures first, then among the shipped plans.",
  "## Operations",
  `\`on\` names an operation, a list of them, or \`"*"\`. Every operation can have ${everywhere.map(code).join(", ")}.`,
  table(
    ["operation", "request", "can also have"],
    faultableOperations.map((operation) => [
      code(operation),
      pathOf(operation),
      effectsOf(operation).map(code).join(", ") || "–"
    ])
  ).trimEnd(),
  "The `subject` of a rule is the last id of the path: of the workflow, the job or the task.",
  shapesOf("faults.md"),
  "## Examples",
  "Each row is a test. `fetch` is the one of undici on virtual time, and sees the same over TCP and in process; `request` is " +
    "the one of undici, in real time over TCP. The completed job has 1,981 bytes. The JSON is a rule: on the command line it is " +
    `\`--faults '{"rules":[…]}'\`, over HTTP the body \`{"rules":[…]}\`. The TypeScript is a rule too: \`Fault.plan(…)\`.`,
  ...effects.filter((kind) => faultRows.some((row) => kindOf(row) === kind)).map(faultsOf)
)

// --- admin ---

interface Call {
  readonly summary: string
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: { readonly $ref?: string } }>> }
}

const bodyOf = ({ requestBody }: Call): string => {
  const kind = requestBody?.content["application/json"]?.schema.$ref?.split("/").at(-1)
  if (kind === undefined) return "–"
  if (kind === "setFaults") return "a [fault plan](faults.md#fault-plan), or the name of one"
  const schema: Schema = bodies[kind as keyof typeof bodies] // the name of a component
  const section = sections.find((section) => section.schema === schema)
  return section === undefined ? "–" : `[${section.heading.toLowerCase()}](#${anchorOf(section.heading)})`
}

const calls: ReadonlyArray<readonly [path: string, calls: Readonly<Record<string, Call>>]> = Object.entries(
  openapi.paths
)

const admin = page(
  "# Admin routes",
  "With `--admin` (`buildServer({ admin: { token } })`) the server has routes under `/__mock/v1`, for tests in any language. " +
    "Each request needs `Authorization: Bearer <token>`; the token comes from `PIXXEL_MOCK_ADMIN_TOKEN`, or is printed on stderr. " +
    "`GET /__mock/v1/openapi.json` describes them to programs.",
  table(
    ["request", "effect", "body"],
    calls.flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, call]) => [
        code(`${method.toUpperCase()} ${path}`),
        cell(call.summary),
        bodyOf(call)
      ])
    )
  ).trimEnd(),
  shapesOf("admin.md")
)

/** By the names of their files in `docs/reference`. */
export const pages: Readonly<Record<string, string>> = {
  "fixtures.md": fixtures,
  "worlds.md": worlds,
  "faults.md": faults,
  "admin.md": admin
}
