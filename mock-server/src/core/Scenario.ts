/**
 * The initial state of a world, in one screen of JSON: the stories of its first jobs, its faults, quirks, tokens and
 * seed. A file of `scenarios/`, or a value of a test or a request.
 */
import * as Type from "typebox/type"
import { quirkProblems } from "../resources/jobs/check.js"
import type { Reference } from "../resources/Resource.js"
import { worldQuirks } from "./Fixture.js"
import { planProblems } from "./faults/Check.js"
import { planShape } from "./faults/Plan.js"
import { keyProblem, type Problem, problemsError } from "./Problem.js"
import { field, name, object, oneOf, optional, type Shaped, schemaPath, text } from "./Shape.js"
import { isWorldName } from "./Token.js"

/** Additional tokens of a world, by the last part of `mock_<world>_<name>`. */
export const tokenTable = Type.Record(
  Type.String(),
  Type.Union([oneOf("expired", "revoked"), Type.Record(Type.String(), oneOf("owner", "viewer"))], {
    title: 'an object of "owner" or "viewer" by project, or "expired" or "revoked"'
  }),
  { title: "an object of tokens by name" }
)

export const queuedStory = object(
  {
    story: field(name, "Name of the story: a file of `jobs/` or `recordings/`.", ["water-quality-failed"]),
    workflow: field(
      optional(name),
      "Id of the workflow whose next job follows the story. Default: the workflow that the story is written for.",
      ["wf-crop-classification"]
    )
  },
  { description: "A story for the next job of a workflow." }
)

const queued = Type.Union([name, queuedStory], { title: 'the name of a story, or an object of "story" and "workflow"' })

/** Fields of a scenario that are also options of a world. */
export const beginning = {
  faults: field(
    optional(Type.Union([name, planShape], { title: 'the name of a fault plan, or an object with its "rules"' }), {
      rules: []
    }),
    "Fault plan from the beginning: a plan, or the name of one.",
    ["throttled", { rules: [{ on: "*", do: { latency: "2s" } }] }]
  ),
  quirks: field(optional(worldQuirks, {}), "Oddities of the world.", [
    { unknownIds: 403, everyStory: { unset: "zero" } }
  ]),
  tokens: field(
    optional(tokenTable, {}),
    "Tokens beside `owner`, `viewer`, `expired` and `revoked`, by the last part of `mock_<world>_<name>`: a role " +
      'for each project, where `*` is every other project, or `"expired"` or `"revoked"`.',
    [{ "field-team": { "project-monsoon-2024": "viewer" }, "old-key": "revoked" }]
  ),
  seed: field(
    optional(name),
    "Text that ids, signatures and chance come from. Default: the server's seed, `pixxel` unless `--seed` names another.",
    ["slow-day"]
  )
}

export const scenarioShape = object(
  {
    $schema: schemaPath("scenario"),
    kind: field(optional(Type.Literal("scenario"), "scenario"), "Kind of the file.", ["scenario"]),
    about: field(optional(text), "Purpose of the scenario, for readers. Default: none.", [
      "The second job fails, on a slow day."
    ]),
    stories: field(
      optional(Type.Array(queued, { title: "a list of stories" }), []),
      "Stories of the first jobs. Each create takes the next one of its workflow, then the workflow's own " +
        "`story` again.",
      [["crop-classification", { story: "instant", workflow: "wf-crop-classification" }]]
    ),
    ...beginning
  },
  {
    title: "a scenario",
    description: "A file of `scenarios/`, or a value in its form: the beginning of a world.",
    examples: [
      {
        kind: "scenario",
        about: "The second job of the day fails, on a slow day.",
        stories: ["crop-classification", { story: "water-quality-failed", workflow: "wf-crop-classification" }],
        faults: { rules: [{ on: "*", do: { latency: "2s" } }] },
        quirks: { unknownIds: 403, everyStory: { unset: "zero" } },
        tokens: { "field-team": { "project-monsoon-2024": "viewer" } },
        seed: "slow-day"
      }
    ]
  }
)

/**
 * The initial state of a world.
 *
 * @since 0.1.0
 * @category models
 * @example
 * const scenario: Scenario = {
 *   stories: ["water-quality-failed", "crop-classification"],
 *   faults: "throttled",
 *   quirks: { unknownIds: 403, everyStory: { unset: "zero" } }
 * }
 */
export type Scenario = Shaped<typeof scenarioShape>

/**
 * The scenario is invalid. The message lists all problems, one per line, as `path: message`.
 *
 * @since 0.1.0
 * @category errors
 */
export class ScenarioError extends problemsError("ScenarioError", "the scenario") {}

/** Checks the meaning of a scenario, beyond its shape. */
export const scenarioProblems = ({ faults, quirks = {}, tokens = {} }: Scenario): ReadonlyArray<Problem> => [
  ...(typeof faults === "object" ? planProblems(faults, ["faults"]) : []),
  ...quirkProblems(quirks.everyStory ?? {}, ["quirks", "everyStory"]),
  ...Object.keys(tokens)
    .filter((token) => !isWorldName(token))
    .map((token) => keyProblem(["tokens", token], "a name of 1 to 64 of a-z, 0-9 and -"))
]

export const scenarioReferences: ReadonlyArray<Reference> = [
  ["stories", "jobs", "the name of a story"],
  ["stories.workflow", "workflows", "the id of a workflow"],
  ["stories.story", "jobs", "the name of a story"],
  ["faults", "faults", "the name of a fault plan"]
]
