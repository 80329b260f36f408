/** The shape of `workflows/`: a saved workflow, the story of its jobs, and its jobs from the beginning; and its checks. */
import { spanProblems } from "../../core/Duration.js"
import { keyProblem, type Problem } from "../../core/Problem.js"
import {
  credits,
  duration,
  field,
  fixture,
  json,
  list,
  name,
  object,
  optional,
  type Shaped,
  sent,
  sentText,
  text
} from "../../core/Shape.js"
import { valError } from "../jobs/fixture.js"

const notSent = "Default: not sent."

export const readyMade = object(
  {
    id: field(name, "Id of the job; no other job of the fixtures has it.", ["job-crop-done"]),
    story: field(name, "Name of the story that the job follows: a file of `jobs/` or `recordings/`.", [
      "crop-classification"
    ]),
    age: field(duration, "Time before the beginning of the world at which the job was created.", ["1h"])
  },
  { description: "A job that every world begins with." }
)

export const workflowShape = fixture(
  "workflow",
  "A file of `workflows/`: a workflow, the story of its jobs, and the jobs that it has from the beginning.",
  {
    id: field(name, "Id of the workflow, as paths have it.", ["wf-crop-classification"]),
    project_id: field(
      optional(text),
      "Id of the project. A token needs a role in it. Default: not sent, and every token may see the workflow.",
      ["project-monsoon-2024"]
    ),
    legacy_project_id: sentText("Id of the project in older systems; only in lists.", "1234567890"),
    name: sentText("Name of the workflow.", "Crop classification"),
    description: sentText("Description of the workflow.", "Which crop grows on which parcel."),
    created_by: sentText("Id of the user who created the workflow.", "user-4f1c2a"),
    created_at: sentText("Time of creation, sent as it is.", "2024-05-27T06:50:20.056549Z"),
    updated_at: sentText("Time of the last change, sent as it is.", "2024-06-03T09:12:44.120031Z"),
    estimated_cost: field(
      optional(credits),
      `Estimate of the cost of a job, also in \`getWorkflowCostEstimate\`. The API says credits, and tokens. ${notSent}`,
      [42]
    ),
    spec: field(optional(json), `Specification of the workflow, any JSON. ${notSent}`, [
      { nodes: [{ name: "ingest-aoi" }] }
    ]),
    val_errors: field(optional(list(valError)), `Errors of validation. ${notSent}`, [
      [{ from: "ingest", to: "classify", err: "missing_input" }]
    ]),
    quirks: field(
      optional(
        object(
          {
            set: field(sent, "Values to send as they are, by field. Undocumented fields are possible; `id` is not.", [
              { estimated_cost: "42" }
            ])
          },
          { description: "Oddities of a workflow." }
        )
      ),
      "Oddities of the workflow. Default: none.",
      [{ set: { estimated_cost: "42" } }]
    ),
    story: field(
      optional(name),
      "Name of the story that new jobs follow, unless a test or a scenario has queued another. Default: none, " +
        "and a create without a queued story is answered 400.",
      ["crop-classification"]
    ),
    jobs: field(optional(list(readyMade), []), "Jobs that every world begins with.", [
      [{ id: "job-crop-done", story: "crop-classification", age: "1h" }]
    ])
  },
  ["project_id", "name", "estimated_cost", "story", "jobs"]
)

/**
 * A saved workflow, the story of its jobs, and its jobs from the beginning.
 *
 * @since 0.1.0
 * @category models
 */
export type WorkflowFixture = Shaped<typeof workflowShape>

/** Checks the meaning of a fixture, beyond its shape. */
export const workflowProblems = ({ jobs = [], quirks }: WorkflowFixture): ReadonlyArray<Problem> => [
  ...(Object.hasOwn(quirks?.set ?? {}, "id")
    ? [keyProblem(["quirks", "set", "id"], "any other, since operations find the workflow by its id")]
    : []),
  ...jobs.flatMap(({ age }, index) => spanProblems(["jobs", index, "age"], age))
]
