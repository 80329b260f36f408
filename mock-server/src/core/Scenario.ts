/**
 * What a world begins with, in one screen of JSON: the stories of its first jobs, what goes wrong with its answers, the
 * oddities that it has, its tokens and its seed. A file of `scenarios/`, or what a test or a request says.
 */
import * as Type from "typebox/type"
import { type DeepReadonly, name, object, oneOf, optional, text, worldQuirks } from "./Fixture.js"
import { planShape } from "./faults/Plan.js"
import { type Problem, printProblems } from "./Problem.js"

/** Tokens beside those that every world has, by the last part of `mock_<world>_<name>`. */
export const tokenTable = Type.Record(
  Type.String(),
  Type.Union([oneOf("expired", "revoked"), Type.Record(Type.String(), oneOf("owner", "viewer"))], {
    title: 'an object of "owner" or "viewer" by project, or "expired" or "revoked"'
  }),
  { title: "an object of tokens by name" }
)

/** A story for the workflow that it was written for, or for another one. */
const queued = Type.Union([name, object({ story: name, workflow: optional(name) })], {
  title: 'the name of a story, or an object of "story" and "workflow"'
})

export const scenarioShape = object(
  {
    $schema: optional(Type.String({ title: "the path of a JSON Schema" })),
    kind: optional(Type.Literal("scenario")),
    /** What it is for. */
    about: optional(text),
    /** What the first jobs do: each create takes the next one for its workflow, then the workflow's own. */
    stories: optional(Type.Array(queued, { title: "a list of stories" })),
    /** What goes wrong from the beginning. Default: nothing. */
    faults: optional(
      Type.Union([name, planShape], { title: 'the name of a fault plan, or an object with its "rules"' })
    ),
    /** Default: none. */
    quirks: optional(worldQuirks),
    /** Tokens beside those that every world has. */
    tokens: optional(tokenTable),
    /** Where ids, signatures and chance come from. Default: the server's. */
    seed: optional(name)
  },
  { title: "a scenario" }
)

/**
 * What a world begins with.
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
export type Scenario = DeepReadonly<Type.Static<typeof scenarioShape>>

/**
 * A scenario that no world can begin with. The message lists all that is wrong with it, one a line, as
 * `path: message`.
 *
 * @since 0.1.0
 * @category errors
 */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError"
  readonly problems: ReadonlyArray<{ readonly path: string; readonly message: string }>

  constructor(problems: ReadonlyArray<Problem>) {
    const printed = printProblems(problems)
    super(["the scenario cannot be used", ...printed.map(({ message, path }) => `${path}: ${message}`)].join("\n"))
    this.problems = printed
  }
}
