/**
 * A name that nothing has: the error lists the names that there are, the nearest first, wherever the name was given.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { checkPlan } from "../src/core/faults/Check.js"
import { planShape } from "../src/core/faults/Plan.js"
import { faultableOperations } from "../src/core/Operations.js"
import { printWords } from "../src/core/Problem.js"
import { scenarioShape } from "../src/core/Scenario.js"
import { shapeProblems } from "../src/core/ShapeCheck.js"
import * as Fault from "../src/Fault.js"
import { faultPlan } from "../src/FaultArbitrary.js"
import { loadFixtures } from "../src/fixtures/load.js"
import { bodies } from "../src/http/admin/bodies.js"
import { buildServer } from "../src/server.js"
import { fixtures } from "./http/fixtures.js"
import { HandClock } from "./http/harness.js"
import { createJob } from "./jobs.js"
import { shapes } from "./shapes.js"

const folder = mkdtempSync(join(tmpdir(), "names-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The message of the thrown error. */
const messageOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  throw new Error("nothing was thrown")
}

interface Schema {
  /** No field of the types of shapes is common to all of them but this. */
  readonly "~kind"?: string
  readonly title?: string
  readonly enum?: ReadonlyArray<string>
  readonly anyOf?: ReadonlyArray<Schema>
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
}

/** Every part of a shape, by its path. */
const partsOf = (schema: Schema, path: string): ReadonlyArray<readonly [path: string, schema: Schema]> => [
  [path, schema],
  ...(schema.anyOf ?? []).flatMap((branch, index) => partsOf(branch, `${path}(${index})`)),
  ...(schema.items ? partsOf(schema.items, `${path}[]`) : []),
  ...Object.entries({ ...schema.properties, ...schema.patternProperties }).flatMap(([key, field]) =>
    partsOf(field, `${path}.${key}`)
  )
]

const wordsOf = ({ anyOf = [], enum: words }: Schema): ReadonlyArray<string> => words ?? anyOf.flatMap(wordsOf)

describe("a word that is not one of those", () => {
  const all = { ...shapes, faults: planShape, scenarios: scenarioShape, ...bodies }
  const choices = Object.entries(all)
    .flatMap(([kind, shape]) => partsOf(shape, kind))
    .filter(([, schema]) => wordsOf(schema).length > 0)

  it("is looked for in all shapes", () => assert.isAbove(choices.length, 40))

  it.each(choices)("%s: shows all words, the nearest first", (_, schema) => {
    const words = wordsOf(schema)
    for (const word of words.filter((word) => word.length > 2)) {
      const slip = `${word}x`
      const [problem] = shapeProblems(schema, slip)
      assert.include(problem?.message, `(did you mean ${JSON.stringify(word)}?)`)
      const listed = problem?.message.slice(problem.message.indexOf("expected")) ?? ""
      const named = words.filter((other) => schema.title?.includes(JSON.stringify(other)))
      const others = words.filter((other) => !named.includes(other))
      for (const other of [...named, ...(others.length > 12 ? [] : others)]) {
        assert.include(listed, JSON.stringify(other))
      }
      if (others.includes(word)) assert.match(listed, new RegExp(`(: |one of )"${word.replace(".", "\\.")}"`))
    }
  })
})

describe("an operation that does not exist", () => {
  const known = printWords(faultableOperations, "getJob")
  const expected = `found "getJob", expected an operation, a list of them, or "*": ${known} (did you mean "getJobById"?)`
  const plan = { rules: [{ on: "getJob", do: { answer: { status: 500 } } }] }
  const server = () => buildServer({ fixtures, admin: { token: "secret" } })
  const ask = async (method: "PUT" | "POST", url: string, payload: object) => {
    const app = server()
    app.mock.worlds.create("w", { clock: new HandClock() })
    const headers = { authorization: "Bearer secret", host: "localhost" }
    const answer = await app.inject({ method, url: `/__mock/v1${url}`, headers, payload })
    await app.close()
    return answer.json<{ readonly error: { readonly message: string } }>().error.message
  }
  const file = (path: string, value: object) => {
    const directory = mkdtempSync(join(folder, "set-"))
    mkdirSync(join(directory, path, ".."), { recursive: true })
    writeFileSync(join(directory, path), JSON.stringify(value))
    return messageOf(() => loadFixtures(directory))
  }
  // a program in plain JavaScript has no types
  const untyped = JSON.parse('"getJob"')

  const places: ReadonlyArray<readonly [place: string, message: () => string | Promise<string>]> = [
    ["a file of faults/", () => file("faults/x.json", plan)],
    ["a file of scenarios/", () => file("scenarios/x.json", { faults: plan })],
    ["Fault.on", () => messageOf(() => checkPlan(Fault.plan(Fault.on(untyped, Fault.answer(500)))))],
    ["Fault.on with several", () => messageOf(() => checkPlan(Fault.plan(Fault.on([untyped], Fault.answer(500)))))],
    ["buildServer({ faults })", () => messageOf(() => buildServer({ faults: JSON.parse(JSON.stringify(plan)) }))],
    ["PUT /worlds/w/faults", () => ask("PUT", "/worlds/w/faults", plan)],
    ["POST /worlds with faults", () => ask("POST", "/worlds", { faults: plan })],
    ["POST /worlds with a scenario", () => ask("POST", "/worlds", { scenario: { faults: plan } })]
  ]

  it.each(places)("is answered with the list of operations: %s", async (place, message) => {
    // a list of operations has operations, and no list, inside
    const inList = expected
      .replace(' an operation, a list of them, or "*": ', " one of ")
      .replace(/and (\d+) more/, (_, count) => `and ${Number(count) + 1} more`)
    assert.include(await message(), place.endsWith("several") ? inList : expected)
  })

  it("is in no expectation, not even 0 times", () => {
    const world = server().mock.worlds.create("w", { clock: new HandClock() })
    const verdict = world.verify({ operation: "getJob", times: 0 })
    assert.isFalse(verdict.ok)
    assert.include(verdict.message, `there is no operation of that name; operations: ${known}`)
  })

  it("is in no arbitrary of fault plans", () => {
    assert.strictEqual(
      messageOf(() => faultPlan({ operations: ["ping", untyped] })),
      `operations[1]: found "getJob", expected one of the operations: ${known} (did you mean "getJobById"?)`
    )
    assert.include(
      messageOf(() => faultPlan({ effects: ["cut", JSON.parse('"drop"')] })),
      'effects[1]: found "drop", expected one of the effects: "drip", '
    )
  })
})

describe("a name of a world", () => {
  const worldOf = () => buildServer({ fixtures }).mock.worlds.create("w", { clock: new HandClock() })

  it.each<readonly [what: string, run: (world: ReturnType<typeof worldOf>) => unknown, message: string]>([
    ["a story", (world) => world.enqueue("corp"), 'stories: "crop", "instant", "polled" (did you mean "crop"?)'],
    [
      "a workflow",
      (world) => world.enqueue("crop", "wf-corp"),
      'workflows: "wf-crop", "wf-storyless" (did you mean "wf-crop"?)'
    ],
    [
      "a job",
      (world) => {
        createJob(world, "wf-crop")
        world.signal("job-redy", "go")
      },
      "there is no job job-redy; jobs: "
    ]
  ])("that %s does not have lists those that there are", (_, run, message) =>
    assert.include(
      messageOf(() => run(worldOf())),
      message
    )
  )

  it("lists worlds and saves to the owner of the admin token", async () => {
    const app = buildServer({ fixtures, admin: { token: "secret" } })
    app.mock.worlds.create("mine", { clock: new HandClock() })
    const headers = { authorization: "Bearer secret", host: "localhost" }
    const ask = async (method: "GET" | "POST" | "DELETE", path: string, payload: object = {}) =>
      (await app.inject({ method, url: `/__mock/v1/worlds/${path}`, headers, payload })).body
    assert.include(await ask("GET", "mien"), String.raw`There is no world \"mien\"; worlds: \"mine\" (did you mean`)
    await ask("POST", "mine/saves", { name: "before" })
    assert.include(await ask("DELETE", "mine/saves/befor"), String.raw`saves: \"before\" (did you mean \"before\"?)`)
    assert.include(await ask("POST", "mine/signals", { job: "j", signal: "s" }), String.raw`There is no job \"j\"; `)
    await app.close()
  })
})

describe("a name as long as a book", () => {
  it("is compared with no other", () => {
    const [problem] = shapeProblems(planShape, { rules: [{ on: "x".repeat(3_000_000), do: { badChunk: true } }] })
    assert.include(problem?.message, '"*": "ping", "listWorkflows"')
    assert.notInclude(problem?.message, "did you mean")
  })
})
