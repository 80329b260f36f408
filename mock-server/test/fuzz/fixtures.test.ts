/**
 * Fixtures with random mistakes: they are refused with the place of each mistake, or fully usable.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as fc from "effect/FastCheck"
import { afterAll, assert, describe, it } from "vitest"
import type { FixtureSet } from "../../src/core/Fixture.js"
import { faultableOperations } from "../../src/core/Operations.js"
import { slice } from "../../src/core/zip/Content.js"
import { FixtureError, loadFixtures } from "../../src/fixtures/load.js"
import { jobPackage, taskPackage } from "../../src/resources/jobs/packages.js"
import { estimateBody, workflowBody, workflowListItem } from "../../src/resources/workflows/routes.js"
import { Worlds } from "../../src/Worlds.js"
import { HandClock } from "../http/harness.js"
import { bodyOf, createJob, itemOf } from "../jobs.js"
import { changedTexts, changedValues } from "./json.js"
import { breathe, long, runs } from "./runs.js"

const folder = mkdtempSync(join(tmpdir(), "fixtures-"))
cpSync(fileURLToPath(new URL("../../../fixtures", import.meta.url)), folder, { recursive: true })
const kinds = readdirSync(folder).filter((kind) => kind !== "schema" && !kind.includes("."))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const shipped = kinds.flatMap((kind) =>
  readdirSync(join(folder, kind)).map((name) => {
    const file = `${kind}/${name}`
    return { file, text: readFileSync(join(folder, file), "utf8") }
  })
)

/** Loads the fixtures with this text in this file; returns them or their problems. */
const load = (file: string, text: string): FixtureSet | FixtureError => {
  const before = shipped.find((one) => one.file === file)?.text ?? ""
  writeFileSync(join(folder, file), text)
  try {
    return loadFixtures(folder)
  } catch (error) {
    if (error instanceof FixtureError) return error
    throw error
  } finally {
    writeFileSync(join(folder, file), before)
  }
}

const checkProblems = (changed: string, text: string, { problems }: FixtureError): void => {
  assert.isNotEmpty(problems)
  for (const { column, file, line, message, path } of problems) {
    const lines = (file === changed ? text : (shipped.find((one) => one.file === file)?.text ?? "")).split("\n")
    assert.include(kinds, file.split("/")[0])
    assert.isAtLeast(line, 1)
    assert.isAtMost(line, lines.length)
    assert.isAtLeast(column, 1)
    assert.isAtMost(column, (lines[line - 1]?.length ?? 0) + 1)
    assert.isNotEmpty(path)
    assert.match(message, /^found .*, expected ./s)
  }
}

/** Uses the fixtures in all ways in which requests to a world can. */
const use = (fixtures: FixtureSet, moments: ReadonlyArray<number>): void => {
  const clock = new HandClock()
  const worlds = new Worlds({ fixtures, seed: "s" })
  for (const scenario of fixtures.scenarios.keys()) {
    const world = worlds.create(`w${worlds.all.length}`, { clock, scenario })
    for (const workflow of fixtures.workflows.keys()) {
      const job = createJob(world, workflow)
      if (job !== undefined) assert.isString(JSON.stringify([bodyOf(world, job), itemOf(world, job)]))
    }
  }
  const world = worlds.create("w", { clock })
  for (const [name, { workflow }] of fixtures.jobs) {
    world.enqueue(name)
    assert.isDefined(createJob(world, workflow))
  }
  for (const workflow of fixtures.workflows.values()) {
    JSON.stringify([workflowBody(workflow), workflowListItem(workflow), estimateBody(workflow)])
  }
  for (const { body } of fixtures.errors.values()) JSON.stringify(body)
  const start = clock.now
  for (const moment of [...moments].sort((a, b) => a - b)) {
    clock.now = start + moment
    for (const workflow of fixtures.workflows.keys()) {
      for (const job of world.drawers.jobs.of(workflow)) {
        const { id } = job.identity
        assert.isString(JSON.stringify([bodyOf(world, job), itemOf(world, job)]))
        for (const signal of job.plan.signals) world.signal(id, signal)
        world.drawers.jobs.delivered(id, world.clock.now)
        world.drawers.jobs.askForPackage(id, undefined, world.clock.now)
      }
    }
  }
  for (const job of [...fixtures.workflows.keys()].flatMap((workflow) => world.drawers.jobs.of(workflow))) {
    const { content } = jobPackage(world, job, 0)
    assert.isAbove(slice(content, 0, Math.min(content.size, 4_096)).length, 0)
    const { tasks } = bodyOf(world, job)
    for (const { id } of Array.isArray(tasks) ? tasks : []) if (typeof id === "string") taskPackage(world, job, id, 0)
  }
  for (const plan of fixtures.faults.values()) {
    world.faults.use(plan, clock.now)
    for (const operation of faultableOperations) {
      for (const age of [undefined, 0, 1e9]) world.faults.decide({ operation, subject: "x", age }, clock.now)
    }
  }
}

const moments = fc.array(fc.oneof(fc.nat(600_000), fc.nat(100 * 3_600_000)), { minLength: 1, maxLength: 3 })

describe("a fixture that is changed", () => {
  for (const [where, changes] of [
    ["in its values", (text: string) => changedValues(JSON.parse(text))],
    ["in its text", changedTexts]
  ] as const) {
    const cases = fc
      .constantFrom(...shipped)
      .chain(({ file, text }) => fc.record({ file: fc.constant(file), text: changes(text), moments }))

    it(`${where} is refused with the place of the mistake, or can be used`, long, async () => {
      let used = 0
      await fc.assert(
        fc
          .asyncProperty(cases, async ({ file, moments, text }) => {
            const loaded = load(file, text)
            if (loaded instanceof FixtureError) return checkProblems(file, text, loaded)
            used++
            use(loaded, moments)
          })
          .beforeEach(breathe),
        runs("FUZZ_FIXTURES", 150, 5_000)
      )
      assert.isAbove(used, 0)
    })
  }
})
