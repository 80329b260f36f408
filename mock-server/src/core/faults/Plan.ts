/**
 * The shape of a fault plan: the answers of a world that go wrong, when, and how. A plan is data, so that a test, a
 * file or a request can supply one; `Fault` builds plans in TypeScript.
 */
import * as Type from "typebox/type"
import { count, type DeepReadonly, duration, json, object, oneOf, optional, someOf, text } from "../Fixture.js"

/** Operations of both origins; `getPackage` is a download by a signed URL. */
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

/** Form of `Retry-After`, in the world's time. Default: `seconds`. */
const retryAfterAs = optional(oneOf("seconds", "date"))

/** A fixed time, a random time between two, or one of a distribution with a mean, or with a median and a spread. */
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
  /** A text is sent unchanged, any other value as JSON. Default: no body. */
  body: optional(json),
  retryAfter: optional(duration),
  retryAfterAs
})

const effect = object(
  {
    /** Delays the request before it is handled. Without another effect, the answer is late but correct. */
    latency: optional(latency),
    /** Sends this answer; the request is not handled. */
    answer: optional(answer),
    /**
     * A bucket of `tokens`, refilled by one every `per`. Each request takes one, and gets a 429 when the bucket is
     * empty.
     */
    limit: optional(object({ tokens: positive, per: duration, retryAfterAs })),
    /** Redirects to the same URL (`loop`) or another one; the request is not handled. Default of `status`: 302. */
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
     * Ends the connection, or sends no more (`hang`). `request`: before the request is handled. `answer`: after it was
     * handled, so its effect stays but the client gets no answer. `head`: in the middle of the head. A number: after
     * that many bytes of the body; 0 is after the head.
     */
    cut: optional(
      object({
        at: Type.Union([Type.Enum(["request", "answer", "head"]), count], {
          title: 'one of "request", "answer", "head", or a number of bytes from 0'
        }),
        by: oneOf("reset", "close", "hang")
      })
    ),
    /** Sends the body in chunks of `bytes`, one every `every`. */
    drip: optional(object({ bytes: positive, every: duration })),
    /** Replaces the body, in an answer that is valid HTTP. */
    body: optional(oneOf("empty", "malformed", "scrambled")),
    /** Changes the byte at this offset of the body, from 0; no effect beyond its end. The answer is valid HTTP. */
    flip: optional(count),
    /** Sends only this many bytes of the body, in an answer that is valid HTTP. */
    truncate: optional(count),
    /** Pads the body with leading white space to this many bytes. */
    oversize: optional(
      Type.Integer({ minimum: 1, maximum: 67_108_864, title: "a number of bytes from 1 to 67108864" })
    ),
    /** Replaces the content type; the body stays. */
    contentType: optional(Type.String({ pattern: "^[!-~][ -~]*$", title: "a content type" })),
    /** Adds this many bytes to `Content-Length` (subtracts when negative), then ends the connection. */
    contentLengthOff: optional(Type.Integer({ title: "a whole number other than 0" })),
    /** Sends a chunk whose size is not a number, after a valid one. */
    badChunk: optional(on),
    /** Sends `content-encoding: gzip` with a body that is not gzip. */
    corruptGzip: optional(on),
    /** Hides a job from `getJobById` and lists for this long after its creation. */
    stale: optional(duration),
    /** Treats the signed URL as expired. */
    expired: optional(on),
    /** Ignores `Range`: sends the whole package. */
    noRange: optional(on)
  },
  { title: "an object with what goes wrong" }
)

const rule = object(
  {
    on: Type.Union([operation, someOf(operation)], { title: `an operation, a list of them, or "*"` }),
    /** Limits the rule to this id, the last one of the path. Default: any. */
    subject: optional(text),
    /** Attempts of the same operation and subject, from 1, counted since the plan was set. Default: all. */
    attempts: optional(someOf(positive)),
    /** Window of time, from `from` to before `to`, since the plan was set, on the world's clock. Default: always. */
    between: optional(object({ from: duration, to: duration })),
    /** Probability, drawn from the world's seed. Default: 1. */
    chance: optional(Type.Number({ minimum: 0, maximum: 1, title: "a number from 0 to 1" })),
    /** Whether the rule may never take effect; otherwise a successful test then fails. */
    optional: optional(Type.Literal(true, { title: "true" })),
    do: effect
  },
  { title: "a rule" }
)

/** A file of `faults/`, or a plan of a test. */
export const planShape = object(
  {
    $schema: optional(Type.String({ title: "the path of a JSON Schema" })),
    kind: optional(Type.Literal("faults")),
    /** Purpose of the plan. */
    about: optional(text),
    rules: Type.Array(rule, { title: "a list of rules" })
  },
  { title: "a fault plan" }
)

/**
 * The faults of a world. Of the rules that apply to a request, the first one takes effect; delays of rules with only a
 * `latency` add up.
 *
 * @since 0.1.0
 * @category models
 */
export type FaultPlan = DeepReadonly<Type.Static<typeof planShape>>

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

/** Delay of a request. */
export type Latency = NonNullable<FaultEffect["latency"]>
