/**
 * The shape of a fault plan: rules by which requests of a world fail. It is data, so that a test, a file and
 * a request can all bring one; `Fault` builds the same in TypeScript.
 */
import * as Type from "typebox/type"
import { faultableOperations } from "../Operations.js"
import {
  duration,
  field,
  object,
  oneOf,
  optional,
  ordinal,
  type Shaped,
  schemaPath,
  someOf,
  text,
  yes
} from "../Shape.js"
import type { Schema } from "../ShapeCheck.js"
import { type KindName, kindNames, kinds, type ValueOf } from "./kinds/index.js"

const operation = oneOf(...faultableOperations, "*")
export const effect = object(
  // of each kind its own shape
  Object.fromEntries(kindNames.map((name) => [name, kinds[name].shape])) as unknown as {
    readonly [Name in KindName]: Type.TOptional<Type.TUnsafe<ValueOf<Name>> & Schema>
  },
  {
    title: "an object with an effect",
    description: "An effect on a request or its answer: one of these fields, and `latency` beside it or alone."
  }
)

export const rule = object(
  {
    on: field(
      Type.Union([operation, someOf(operation)], { title: `an operation, a list of them, or "*"` }),
      'Operation whose answers go wrong, a list of operations, or `"*"` for all. `getPackage` is the download ' +
        "behind a signed URL.",
      ["getJobById", ["listJobs", "getJobById"], "*"]
    ),
    subject: field(optional(text), "Id that the request must be about: the last id of its path. Default: any.", [
      "job-crop-done"
    ]),
    attempts: field(
      optional(someOf(ordinal)),
      "Requests that the rule applies to, counted from 1 for each operation and id since the plan is in place. " +
        "Default: all.",
      [[1], [2, 3]]
    ),
    between: field(
      optional(
        object({
          from: field(duration, "Beginning of the window.", ["30s"]),
          to: field(duration, "End of the window; the rule does not apply at it.", ["1m30s"])
        })
      ),
      "Window of time in which the rule applies, on the world's clock, since the plan is in place. Default: always.",
      [{ from: "30s", to: "1m30s" }]
    ),
    chance: field(
      optional(Type.Number({ minimum: 0, maximum: 1, title: "a number from 0 to 1" }), 1),
      "Probability that the rule takes effect, drawn from the world's seed for each operation, id and attempt.",
      [0.2]
    ),
    optional: field(
      optional(yes),
      "The rule may stay without effect. Default: a test that succeeds without its effect fails.",
      [true]
    ),
    do: field(effect, "Effect on the request or its answer.", [{ cut: { at: "answer", by: "reset" } }])
  },
  { title: "a rule", description: "A rule of a fault plan: an effect, and the requests that have it." }
)

/** A file of `faults/`, or a plan of a test. */
export const planShape = object(
  {
    $schema: schemaPath("faults"),
    kind: field(optional(Type.Literal("faults"), "faults"), "Kind of the file.", ["faults"]),
    about: field(optional(text), "Purpose of the plan, for readers. Default: none.", ["The first poll is refused."]),
    rules: field(
      Type.Array(rule, { title: "a list of rules" }),
      "Rules, in order: of those that apply to a request the first one has its effect. Latencies of rules with " +
        "nothing else add up.",
      [[{ on: "getJobById", attempts: [1], do: { answer: { status: 503, retryAfter: "7s" } } }]]
    )
  },
  {
    title: "a fault plan",
    description: "A file of `faults/`, or a value in its form: rules by which requests of a world fail.",
    examples: [
      {
        $schema: "../schema/faults.schema.json",
        kind: "faults",
        about: "The answer of the first create is lost, and all polls are slow.",
        rules: [
          { on: "createJob", attempts: [1], do: { cut: { at: "answer", by: "reset" } } },
          { on: "getJobById", do: { latency: { median: "800ms", sigma: 0.6 } } }
        ]
      }
    ]
  }
)

/**
 * The faults of a world. Of the rules that apply to a request, the first one takes effect; delays of rules with only a
 * `latency` add up.
 *
 * @since 0.1.0
 * @category models
 */
export type FaultPlan = Shaped<typeof planShape>

/**
 * One fault, and when it happens.
 *
 * @since 0.1.0
 * @category models
 */
export type FaultRule = FaultPlan["rules"][number]

/**
 * The effect of a rule: one kind, and `latency` beside it or alone.
 *
 * @since 0.1.0
 * @category models
 */
export type FaultEffect = FaultRule["do"]
