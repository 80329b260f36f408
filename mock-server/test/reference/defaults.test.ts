/**
 * The defaults of the reference are what the mock does: a field with its default changes nothing that a client sees, and
 * an example of it does.
 */
import { assert, describe, it } from "vitest"
import { sample } from "../../../vitest.size.js"
import type { FixtureSet } from "../../src/core/Fixture.js"
import { type Scenario, scenarioShape } from "../../src/core/Scenario.js"
import { tokenOf } from "../../src/core/Token.js"
import { shippedFixtures } from "../../src/fixtures/load.js"
import type { JobFixture, RecordingFixture } from "../../src/resources/jobs/fixture.js"
import { storyOf } from "../../src/resources/jobs/Recording.js"
import type { WorkflowFixture } from "../../src/resources/workflows/fixture.js"
import { buildServer } from "../../src/server.js"
import { HandClock } from "../http/harness.js"
import { shapes } from "../shapes.js"
import type { Schema } from "./shape.js"

const source = "made up for a test"

/** Documents in which every object is there, and no field that has a default. */
const bases = {
  jobs: {
    kind: "job",
    source,
    workflow: "wf-crop",
    tasks: [
      {
        name: "classify-crops",
        takes: "20s",
        result: [{ format: "tabular", name: "areas" }],
        info_logs: { lines: ["3 tiles read"] }
      },
      { name: "ingest-aoi", takes: "10s" },
      { name: "fail", takes: "40s", outcome: "failed", depends_on: [], disclaimer: [] }
    ],
    download: {},
    quirks: { taskStatus: {} }
  },
  recordings: {
    kind: "recording",
    source,
    workflow: "wf-crop",
    frames: [{ at: "0s", body: { id: "j", status: "completed", tasks: [{ id: "t", status: "completed" }] } }]
  },
  workflows: { kind: "workflow", source, id: "wf-crop", project_id: "project-monsoon-2024", story: "crop" },
  scenarios: {
    quirks: { everyStory: {} },
    faults: {
      rules: [
        { on: "ping", optional: true, do: { answer: { status: 503, retryAfter: "7s", body: {} } } },
        { on: "getWorkflowsById", optional: true, do: { redirect: { to: "loop" } } },
        { on: "getWorkflowCostEstimate", optional: true, do: { limit: { tokens: 1, per: "7s" } } }
      ]
    }
  }
} as const

type Kind = keyof typeof bases
type Key = string | number

interface Case {
  readonly kind: Kind
  readonly path: ReadonlyArray<Key>
  readonly schema: Schema
}

/** The branch of a shape that a value of a document has. */
const branchOf = (schema: Schema, value: unknown): Schema | undefined =>
  schema.anyOf === undefined
    ? schema
    : schema.anyOf.find(({ type }) => type === (Array.isArray(value) ? "array" : typeof value))

/** The fields with a default value, where a document has the object that they are in. */
const casesOf = (kind: Kind, schema: Schema, value: unknown, path: ReadonlyArray<Key> = []): ReadonlyArray<Case> => {
  const branch = branchOf(schema, value)
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => casesOf(kind, branch?.items ?? {}, item, [...path, index]))
  }
  return typeof value !== "object" || value === null
    ? []
    : Object.entries(branch?.properties ?? {}).flatMap(([key, field]) => [
        ...("default" in field ? [{ kind, path: [...path, key], schema: field }] : []),
        ...casesOf(kind, field, Reflect.get(value, key), [...path, key])
      ])
}

/** A copy of a document with this value at a path; `undefined`: without it. */
const withValue = (document: unknown, [key, ...rest]: ReadonlyArray<Key>, value: unknown): unknown => {
  if (key === undefined) return value
  const changed = withValue(Reflect.get(Object(document), key), rest, value)
  if (Array.isArray(document)) return document.map((item, index) => (index === key ? changed : item))
  const { [key]: _, ...others } = Object(document)
  return changed === undefined ? others : { ...others, [key]: changed }
}

const {
  aois = new Map(),
  bandsets = new Map(),
  collections = new Map(),
  orders = new Map(),
  satellites = new Map(),
  scenes = new Map()
} = shippedFixtures()

/** A search that finds more than its limit. */
const search = {
  start_date: "2025-01-01",
  end_date: "2026-01-01",
  satellites: [{ satellite_id: "sat-firefly-1", collection_id: "pixxel-ff-l2a" }],
  geometry: {
    type: "Polygon",
    coordinates: [
      [
        [79, 21],
        [79.1, 21],
        [79.1, 21.1],
        [79, 21]
      ]
    ]
  },
  limit: 1
}

/** An insight to estimate, and to create. */
const insight = { block: { name: "crops", version: "1.0.0" }, input: [], metadata: { season: "2025" } }

/** An order of an image of half a square; `size` is in degrees. That of 5 costs more than the wallet has. */
const orderOf = (size: number) => {
  const ring = [
    [0, 0],
    [size, 0],
    [size, size],
    [0, 0]
  ]
  const features = [{ type: "Feature", geometry: { type: "Polygon", coordinates: [ring] } }]
  const item = {
    usecase: "agriculture",
    geometry: { type: "FeatureCollection", features },
    item_ids: ["FF01_000321_20250614_L2A_20250616_00501135"]
  }
  return { order_items: [{ project_id: "project-monsoon-2024", ...item }] }
}

/** All that clients see of a world with these documents. */
const observe = async (documents: Readonly<Record<Kind, unknown>>): Promise<string> => {
  const fixtures: FixtureSet = {
    // each has its shape
    jobs: new Map([
      ["crop", documents.jobs as JobFixture],
      ["crop-classification", documents.jobs as JobFixture],
      ["instant", { kind: "job", source, workflow: "wf-crop", phases: [{ status: "completed" }], tasks: [] }],
      ["recorded", storyOf(documents.recordings as RecordingFixture)]
    ]),
    workflows: new Map([
      ["wf-crop", documents.workflows as WorkflowFixture],
      ["wf-crop-classification", { kind: "workflow", source, id: "wf-crop-classification", story: "recorded" }],
      ["wf-recorded", { kind: "workflow", source, id: "wf-recorded", story: "recorded" }],
      ["wf-instant", { kind: "workflow", source, id: "wf-instant", story: "instant" }]
    ]),
    aois,
    bandsets,
    collections,
    orders,
    satellites,
    scenes,
    projects: new Map(
      ["p", "project-monsoon-2024"].map((id) => [id, { kind: "project" as const, source, id, name: id }])
    ),
    errors: new Map(),
    faults: new Map([["throttled", { rules: [{ on: "listWorkflows", do: { answer: { status: 503 } } }] }]]),
    scenarios: new Map()
  }
  const app = buildServer({ creation: "explicit", fixtures, storageUrl: "http://storage.test" })
  const clock = new HandClock()
  app.mock.worlds.create("w", { clock, scenario: documents.scenarios as Scenario })
  const seen: Array<unknown> = []
  const ask = async (url: string, method: "GET" | "POST" | "PUT" = "GET", token = "owner", payload?: object) => {
    const { body, headers, statusCode } = await app.inject({
      url,
      method,
      headers: { authorization: tokenOf("w", token) },
      ...(payload && { payload })
    })
    seen.push([clock.now, statusCode, headers, body])
    return body
  }
  const fetched = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await app.mock.storage.inject({ url: url.replace("http://storage.test", ""), headers })
    seen.push([clock.now, answer.statusCode, answer.headers, answer.rawPayload.toString("base64").slice(0, 400)])
  }

  for (const path of ["", "/wf-crop", "/wf-crop/estimate", "/wf-crop/estimate", "/wf-crop/jobs", "/none"]) {
    await ask(`/v0/workflows${path}`)
  }
  await ask("/v0/projects?page_num=1")
  await ask("/v0/blocks/insights")
  await ask("/v0/search", "POST", "owner", search)
  const insights = "/v0/aoi/aoi-north-field/insights"
  await ask(insights, "POST", "owner", { ...insight, estimate: true })
  await ask(insights, "POST", "owner", insight)
  await ask(insights)
  for (const order of [orderOf(1), { ...orderOf(1), dry_run: true }, orderOf(5)]) {
    await ask("/v0/orders", "POST", "owner", order)
  }
  await ask("/v0/order-items")
  await ask("/v0/catalogs/deliveries")
  await ask("/v0/archives/search", "POST", "owner", {})
  await ask("/v0/workflows/wf-instant/jobs", "GET", "field-team")
  await ask("/v0/workflows/none/jobs")
  for (let attempt = 0; attempt < 10; attempt++) await ask("/ping")
  for (const workflow of ["wf-crop", "wf-crop-classification", "wf-recorded"]) {
    const jobs = `/v0/workflows/${workflow}/jobs`
    const { id } = JSON.parse(await ask(`${jobs}?project_id=project-monsoon-2024`, "POST"))
    for (const seconds of [0, 6, 5, 10, 20, 60]) {
      clock.now += seconds * 1_000
      await ask(`${jobs}/${id}`)
    }
    await ask(jobs)
    const { tasks } = JSON.parse(await ask(`${jobs}/${id}`))
    const download = `${jobs}/${id}/tasks/${tasks?.[0]?.id}/download`
    await ask(download, "PUT")
    clock.now += 9_999
    await ask(download, "PUT")
    clock.now += 1
    const { signed_url: url } = JSON.parse(await ask(download, "PUT"))
    if (typeof url === "string" && url !== "") {
      await fetched(url)
      await fetched(url, { range: "bytes=5-" })
      clock.now += 15 * 60_000 - 1
      await fetched(url)
      clock.now += 2
      await fetched(url)
    }
  }
  await app.close()
  return JSON.stringify(seen)
}

const roots: Readonly<Record<Kind, Schema>> = {
  jobs: shapes.jobs,
  recordings: shapes.recordings,
  workflows: shapes.workflows,
  scenarios: scenarioShape
}

const cases = (Object.keys(bases) as ReadonlyArray<Kind>) // its keys
  .flatMap((kind) => casesOf(kind, roots[kind], bases[kind]))
  .map((found) => ({ ...found, name: `${found.kind}: ${found.path.join(".")}` }))

const known = new Map<string, Promise<string>>()

/** Most cases leave out a field that is not there. */
const observeOnce = (documents: Readonly<Record<Kind, unknown>>): Promise<string> => {
  const text = JSON.stringify(documents)
  const observed = known.get(text) ?? observe(documents)
  known.set(text, observed)
  return observed
}

describe("a field with its default", () => {
  it("is looked at in every shape", () => {
    assert.isAbove(cases.length, 50)
    for (const kind of Object.keys(bases)) assert.isTrue(cases.some((found) => found.kind === kind))
  })

  it.each(sample(cases, 3))(
    "changes nothing, and an example changes something: $name",
    async ({ kind, path, schema }) => {
      const observed = (value: unknown) => observeOnce({ ...bases, [kind]: withValue(bases[kind], path, value) })
      const usual = await observed(undefined)
      assert.isTrue((await observed(schema.default)) === usual, "the default is another")
      const [example] = schema.examples ?? []
      if (JSON.stringify(example) !== JSON.stringify(schema.default)) {
        assert.isTrue((await observed(example)) !== usual, "the example changes nothing")
      }
    }
  )
})
