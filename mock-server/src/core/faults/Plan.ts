/**
 * The shape of a fault plan: which answers of a world go wrong, when, and how. It is data, so that a test, a file and
 * a request can all bring one; `Fault` builds the same in TypeScript.
 */
import * as Type from "typebox/type"
import { count, type DeepReadonly, duration, json, object, oneOf, optional, someOf, text } from "../Fixture.js"

/** The operations of both origins; `getPackage` is a download behind a signed URL. */
export const faultableOperations = [
  "ping",
  "listWorkflows",
  "getWorkflowsById",
  "getWorkflowCostEstimate",
  "listJobs",
  "createJob",
  "getJobById",
  "downloadJob",
  "downloadTask",
  "getPackage"
] as const

/**
 * An operation whose answers can go wrong.
 *
 * @since 0.1.0
 * @category models
 */
export type FaultableOperation = (typeof faultableOperations)[number]

const operation = oneOf(...faultableOperations, "*")
const positive = Type.Integer({ minimum: 1, title: "a whole number from 1" })
const on = Type.Literal(true, { title: "true" })

/** How `Retry-After` says when, which is a moment of the world's time. Default: `seconds`. */
const retryAfterAs = optional(oneOf("seconds", "date"))

/** A fixed time, one between two, or one of a distribution with this mean, or this median and spread. */
const latency = Type.Union(
  [
    duration,
    object({ from: duration, to: duration }),
    object({ mean: duration }),
    object({ median: duration, sigma: Type.Number({ minimum: 0, maximum: 5 }) })
  ],
  { title: 'a duration such as "90ms", or an object of from and to, of mean, or of median and sigma (0 to 5)' }
)

const answer = object({
  status: Type.Integer({ minimum: 200, maximum: 599, title: "a status from 200 to 599" }),
  headers: optional(Type.Record(Type.String(), text, { title: "an object of texts" })),
  /** A text is sent as it is, anything else as JSON. Default: none. */
  body: optional(json),
  retryAfter: optional(duration),
  retryAfterAs
})

const effect = object(
  {
    /** The request waits before it is handled. Alone it faults nothing: the answer is late, and right. */
    latency: optional(latency),
    /** This answer, and no other; the request is not handled. */
    answer: optional(answer),
    /** A bucket of `tokens`, one more every `per`; each request takes one, and is 429 when there is none. */
    limit: optional(object({ tokens: positive, per: duration, retryAfterAs })),
    /** To itself, for ever, or to another URL; the request is not handled. Default of `status`: 302. */
    redirect: optional(
      object({
        to: Type.Union([Type.Literal("loop"), Type.String({ pattern: "^https?://[!-~]+$" })], {
          title: '"loop" or a URL of http or https'
        }),
        status: optional(
          Type.Union([Type.Literal(301), Type.Literal(302), Type.Literal(303), Type.Literal(307), Type.Literal(308)], {
            title: "one of 301, 302, 303, 307, 308"
          })
        )
      })
    ),
    /**
     * The connection ends, or nothing comes any more. `request`: before the request is handled. `answer`: after it
     * was handled, so what it did is done, and nobody hears of it. `head`: in the middle of the head. A number: after
     * so many bytes of the body; 0 is after the head.
     */
    cut: optional(
      object({
        at: Type.Union([Type.Enum(["request", "answer", "head"]), count], {
          title: 'one of "request", "answer", "head", or a number of bytes from 0'
        }),
        by: oneOf("reset", "close", "hang")
      })
    ),
    /** The body in pieces of `bytes`, one every `every`. */
    drip: optional(object({ bytes: positive, every: duration })),
    /** A body of another kind, in an answer that HTTP finds right. */
    body: optional(oneOf("empty", "malformed", "scrambled")),
    /** The byte at this place of the body is another, from 0; beyond its end nothing is. HTTP finds the answer right. */
    flip: optional(count),
    /** The first bytes of the body, in an answer that HTTP finds right. */
    truncate: optional(count),
    /** White space before the body, up to so many bytes. */
    oversize: optional(
      Type.Integer({ minimum: 1, maximum: 67_108_864, title: "a number of bytes from 1 to 67108864" })
    ),
    /** Another content type than the body's. */
    contentType: optional(Type.String({ pattern: "^[!-~][ -~]*$", title: "a content type" })),
    /** How many bytes more (or less, below 0) than there are the head promises; then the connection ends. */
    contentLengthOff: optional(Type.Integer({ title: "a whole number other than 0" })),
    /** A chunk whose size is no number, after a good one. */
    badChunk: optional(on),
    /** `content-encoding: gzip` on what is no gzip. */
    corruptGzip: optional(on),
    /** For this long after a create, its job is not found, and in no list. */
    stale: optional(duration),
    /** The signed URL has expired. */
    expired: optional(on),
    /** The store knows no `Range`: it sends all, from the beginning. */
    noRange: optional(on)
  },
  { title: "an object with what goes wrong" }
)

const rule = object(
  {
    on: Type.Union([operation, someOf(operation)], { title: `an operation, a list of them, or "*"` }),
    /** Only what is about this id, the last one of the path. Default: any. */
    subject: optional(text),
    /** Which requests of the same operation and subject, from 1, since the plan is in place. Default: all. */
    attempts: optional(someOf(positive)),
    /** From when until before when, since the plan is in place, on the world's clock. Default: always. */
    between: optional(object({ from: duration, to: duration })),
    /** How likely it is, drawn from the world's seed. Default: 1. */
    chance: optional(Type.Number({ minimum: 0, maximum: 1, title: "a number from 0 to 1" })),
    /** Whether it may never happen; else a test fails that succeeded without it. */
    optional: optional(Type.Literal(true, { title: "true" })),
    do: effect
  },
  { title: "a rule" }
)

/** A file of `faults/`, or what a test says. */
export const planShape = object(
  {
    $schema: optional(Type.String({ title: "the path of a JSON Schema" })),
    kind: optional(Type.Literal("faults")),
    /** What it is for. */
    about: optional(text),
    rules: Type.Array(rule, { title: "a list of rules" })
  },
  { title: "a fault plan" }
)

/**
 * What goes wrong in a world. Of the rules that apply to a request, the first one has its effect; those that only
 * delay add up.
 *
 * @since 0.1.0
 * @category models
 */
export type FaultPlan = DeepReadonly<Type.Static<typeof planShape>>

/**
 * One thing that goes wrong, and when.
 *
 * @since 0.1.0
 * @category models
 */
export type FaultRule = FaultPlan["rules"][number]

/**
 * How something goes wrong: one of these, and `latency` beside it or alone.
 *
 * @since 0.1.0
 * @category models
 */
export type FaultEffect = FaultRule["do"]

/** How long a request waits. */
export type Latency = NonNullable<FaultEffect["latency"]>
