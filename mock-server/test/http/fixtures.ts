/**
 * Minimal fixtures of the HTTP tests: one workflow whose job takes 30 s, and one without a story.
 */
import type { FixtureSet } from "../../src/core/Fixture.js"
import type { JobFixture } from "../../src/resources/jobs/fixture.js"

const source = "made up for a test"

const crop: JobFixture = {
  kind: "job",
  source,
  workflow: "wf-crop",
  created_by: "user-1",
  phases: [{ status: "running", until: { tasksDone: true } }, { status: "completed" }],
  tasks: [
    {
      name: "classify",
      takes: "10s",
      result: [
        {
          format: "vector",
          type: "url",
          name: "fields",
          properties: { geometry: { type: "Point", coordinates: [77, 13] } }
        },
        { format: "raster", type: "url", name: "classes", value: "s3://bucket/classes.tif" }
      ]
    },
    {
      name: "../report",
      takes: "20s",
      depends_on: ["classify"],
      result: [{ format: "tabular", name: "/areas", properties: { file_schema: { headers: ["crop", "hectares"] } } }]
    }
  ],
  download: { pending: "10s", ttl: "15m" }
}

const instant: JobFixture = { kind: "job", source, workflow: "wf-crop", phases: [{ status: "completed" }], tasks: [] }

const polled: JobFixture = {
  ...instant,
  phases: [
    { status: "running", until: { polls: 2 } },
    { status: "waiting", until: { signal: "go" } },
    { status: "done" }
  ]
}

export const fixtures: FixtureSet = {
  jobs: new Map([
    ["crop", crop],
    ["instant", instant],
    ["polled", polled]
  ]),
  workflows: new Map([
    [
      "wf-crop",
      {
        kind: "workflow",
        source,
        id: "wf-crop",
        project_id: "project-1",
        name: "Crop classes & areas",
        description: "Crops by field",
        created_by: "user-2",
        created_at: "2024-05-27T06:50:20.056549Z",
        updated_at: "2024-06-01T00:00:00Z",
        estimated_cost: 12,
        spec: { nodes: ["classify", "report"] },
        story: "crop",
        jobs: [{ id: "job-done", story: "crop", age: "1h" }]
      }
    ],
    ["wf-storyless", { kind: "workflow", source, id: "wf-storyless" }]
  ]),
  errors: new Map(),
  faults: new Map(),
  scenarios: new Map()
}
