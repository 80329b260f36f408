/**
 * The shape of a fault plan: rules by which requests of a world fail. It is data, so that a test, a file and
 * a request can all bring one; `Fault` builds the same in TypeScript.
 */
import * as Type from "typebox/type"
import { faultableOperations } from "../Operations.js"
import {
  type DeepReadonly,
  duration,
  field,
  json,
  object,
  oneOf,
  optional,
  schemaPath,
  someOf,
  text
} from "../Shape.js"

const operation = oneOf(...faultableOperations, "*")
const positive = Type.Integer({ minimum: 1, title: "a whole number from 1" })
const bytes = Type.Integer({ minimum: 0, title: "a whole number of bytes from 0" })
const on = Type.Literal(true, { title: "true" })

const retryAfterAs = field(
  optional(oneOf("seconds", "date")),
  "Form of `Retry-After`: seconds from now, or a date. Both name a time on the world's clock.",
  { default: "seconds", examples: ["date"] }
)

const from = field(duration, "Shortest time.", { examples: ["100ms"] })
const to = field(duration, "Longest time; more than `from`.", { examples: ["2s"] })

export const uniform = object({ from, to }, { description: "A time between two, each equally likely." })
export const exponential = object(
  { mean: field(duration, "Mean of the times.", { examples: ["800ms"] }) },
  { description: "A time of an exponential distribution." }
)
export const lognormal = object(
  {
    median: field(duration, "Median of the times: half of the requests wait longer.", { examples: ["800ms"] }),
    sigma: field(
      Type.Number({ minimum: 0, maximum: 5, title: "a number from 0 to 5" }),
      "Spread: standard deviation of the logarithm of the times. At 0.6, one request in twenty waits for more " +
        "than 2.7 times the median.",
      { examples: [0.6] }
    )
  },
  { description: "A time of a lognormal distribution, as latencies of real servers have." }
)

const latency = Type.Union([duration, uniform, exponential, lognormal], {
  title: 'a duration such as "90ms", or an object of from and to, of mean, or of median and sigma (0 to 5)'
})

export const answer = object(
  {
    status: field(
      Type.Integer({ minimum: 200, maximum: 599, title: "a status from 200 to 599" }),
      "HTTP status of the answer.",
      { examples: [503] }
    ),
    headers: field(
      optional(Type.Record(Type.String(), text, { title: "an object of texts" })),
      "Headers of the answer. `content-length`, `transfer-encoding`, `connection` and `trailer` are not possible.",
      { default: {}, examples: [{ "content-type": "text/html" }] }
    ),
    body: field(
      optional(json),
      "Body of the answer: a text is sent as it is, anything else as JSON. Default: no body.",
      { examples: [{ error: { code: "unavailable", message: "try later" } }, "<html></html>"] }
    ),
    retryAfter: field(
      optional(duration),
      "Time that `Retry-After` asks the client to wait. Default: no `Retry-After`.",
      { examples: ["7s"] }
    ),
    retryAfterAs
  },
  { description: "An answer in place of the API's." }
)

export const limit = object(
  {
    tokens: field(positive, "Size of the bucket, which is full at first. Each request takes one token.", {
      examples: [5]
    }),
    per: field(duration, "Time in which the bucket gets one more token; more than 0s.", { examples: ["2s"] }),
    retryAfterAs
  },
  { description: "A rate limit. All requests that the rule applies to share one bucket." }
)

export const redirect = object(
  {
    to: field(
      Type.Union([Type.Literal("loop"), Type.String({ pattern: "^https?://[!-~]+$" })], {
        title: '"loop" or a URL of http or https'
      }),
      "Target. `loop`: the URL of the request itself.",
      { examples: ["loop", "http://elsewhere.test/"] }
    ),
    status: field(
      optional(
        Type.Union([Type.Literal(301), Type.Literal(302), Type.Literal(303), Type.Literal(307), Type.Literal(308)], {
          title: "one of 301, 302, 303, 307, 308"
        })
      ),
      "HTTP status of the answer.",
      { default: 302, examples: [307] }
    )
  },
  { description: "A redirect in place of the API's answer." }
)

export const cut = object(
  {
    at: field(
      Type.Union([Type.Enum(["request", "answer", "head"]), bytes], {
        title: 'one of "request", "answer", "head", or a number of bytes from 0'
      }),
      "Place of the end. `request`: before the request is handled. `answer`: after it was handled, before its " +
        "answer, so that a job is created without the client's knowledge. `head`: in the middle of the head. A " +
        "number: after that many bytes of the body; 0 is after the head.",
      { examples: ["answer", 500] }
    ),
    by: field(
      oneOf("reset", "close", "hang"),
      "Kind of the end. `reset`: a TCP reset. `close`: an orderly close. `hang`: the connection stays open, and " +
        "nothing more comes.",
      { examples: ["reset"] }
    )
  },
  { description: "An end of the connection." }
)

export const drip = object(
  {
    bytes: field(Type.Integer({ minimum: 1, title: "a whole number of bytes from 1" }), "Size of a piece.", {
      examples: [100]
    }),
    every: field(duration, "Time between two pieces.", { examples: ["1s"] })
  },
  { description: "A slow body." }
)

const none = "Default: none."

export const effect = object(
  {
    latency: field(
      optional(latency),
      `Time that the request waits before it is handled. It may stand beside another effect. Alone, the answer ` +
        `is right and late. ${none}`,
      { examples: ["5s", { median: "800ms", sigma: 0.6 }] }
    ),
    answer: field(optional(answer), `This answer; the request is not handled. ${none}`, {
      examples: [{ status: 503, retryAfter: "7s" }]
    }),
    limit: field(
      optional(limit),
      `A rate limit: a request that finds the bucket empty is answered 429 with \`Retry-After\`, and is not ` +
        `handled. ${none}`,
      { examples: [{ tokens: 5, per: "2s" }] }
    ),
    redirect: field(optional(redirect), `A redirect; the request is not handled. ${none}`, {
      examples: [{ to: "loop" }]
    }),
    cut: field(optional(cut), `The connection ends, or falls silent. ${none}`, {
      examples: [{ at: "answer", by: "reset" }]
    }),
    drip: field(optional(drip), `The body comes in pieces. ${none}`, { examples: [{ bytes: 100, every: "1s" }] }),
    body: field(
      optional(oneOf("empty", "malformed", "scrambled")),
      `Another body, in valid HTTP. \`empty\`: none. \`malformed\`: no JSON any more. \`scrambled\`: the same ` +
        `length, with other bytes. ${none}`,
      { examples: ["malformed"] }
    ),
    flip: field(
      optional(bytes),
      `Place of a byte of the body, from 0, that is sent inverted. Beyond the end nothing changes. ${none}`,
      {
        examples: [10]
      }
    ),
    truncate: field(optional(bytes), `Length of the body that is sent; the head says that this is all. ${none}`, {
      examples: [10]
    }),
    oversize: field(
      optional(Type.Integer({ minimum: 1, maximum: 67_108_864, title: "a number of bytes from 1 to 67108864" })),
      `Length that the body is brought to by white space before it. ${none}`,
      { examples: [5_000_000] }
    ),
    contentType: field(
      optional(Type.String({ pattern: "^[!-~][ -~]*$", title: "a content type" })),
      `Content type that is sent in place of the body's. ${none}`,
      { examples: ["text/html"] }
    ),
    contentLengthOff: field(
      optional(Type.Integer({ title: "a whole number of bytes other than 0" })),
      `Number of bytes that \`Content-Length\` promises beyond the body; below 0, that it leaves out. Then the ` +
        `connection ends. ${none}`,
      { examples: [7, -7] }
    ),
    badChunk: field(optional(on), `After half of the body, a chunk whose size is not a number. ${none}`, {
      examples: [true]
    }),
    corruptGzip: field(optional(on), `\`Content-Encoding: gzip\` on a body that is not compressed. ${none}`, {
      examples: [true]
    }),
    stale: field(optional(duration), `Time after a create in which its job is not found, and is in no list. ${none}`, {
      examples: ["5s"]
    }),
    expired: field(optional(on), `The signed URL has expired. ${none}`, { examples: [true] }),
    noRange: field(optional(on), `The store ignores \`Range\`: it sends the whole package. ${none}`, {
      examples: [true]
    })
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
      { examples: ["getJobById", ["listJobs", "getJobById"], "*"] }
    ),
    subject: field(optional(text), "Id that the request must be about: the last id of its path. Default: any.", {
      examples: ["job-crop-done"]
    }),
    attempts: field(
      optional(someOf(positive)),
      "Requests that the rule applies to, counted from 1 for each operation and id since the plan is in place. " +
        "Default: all.",
      { examples: [[1], [2, 3]] }
    ),
    between: field(
      optional(
        object({
          from: field(duration, "Beginning of the window.", { examples: ["30s"] }),
          to: field(duration, "End of the window; the rule does not apply at it.", { examples: ["1m30s"] })
        })
      ),
      "Window of time in which the rule applies, on the world's clock, since the plan is in place. Default: always.",
      { examples: [{ from: "30s", to: "1m30s" }] }
    ),
    chance: field(
      optional(Type.Number({ minimum: 0, maximum: 1, title: "a number from 0 to 1" })),
      "Probability that the rule takes effect, drawn from the world's seed for each operation, id and attempt.",
      { default: 1, examples: [0.2] }
    ),
    optional: field(
      optional(Type.Literal(true, { title: "true" })),
      "The rule may stay without effect. Default: a test that succeeds without its effect fails.",
      { examples: [true] }
    ),
    do: field(effect, "Effect on the request or its answer.", { examples: [{ cut: { at: "answer", by: "reset" } }] })
  },
  { title: "a rule", description: "A rule of a fault plan: an effect, and the requests that have it." }
)

/** A file of `faults/`, or a plan of a test. */
export const planShape = object(
  {
    $schema: schemaPath("faults"),
    kind: field(optional(Type.Literal("faults")), "Kind of the file.", { default: "faults", examples: ["faults"] }),
    about: field(optional(text), "Purpose of the plan, for readers. Default: none.", {
      examples: ["The first poll is refused."]
    }),
    rules: field(
      Type.Array(rule, { title: "a list of rules" }),
      "Rules, in order: of those that apply to a request the first one has its effect. Latencies of rules with " +
        "nothing else add up.",
      { examples: [[{ on: "getJobById", attempts: [1], do: { answer: { status: 503, retryAfter: "7s" } } }]] }
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
