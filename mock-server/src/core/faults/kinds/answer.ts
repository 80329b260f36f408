/** Answers in place of the API. */
import { parseDuration, spanProblems } from "../../Duration.js"
import { keyProblem, type Path, type Problem, printValue, problem } from "../../Problem.js"
import { duration, field, json, object, optional, statusFrom, texts } from "../../Shape.js"
import type { FaultEffect } from "../Plan.js"
import { asDate, faultKind, retryAfter, retryAfterAs } from "./parts.js"

export const whole = object(
  {
    status: field(statusFrom(200), "HTTP status of the answer.", [503]),
    headers: field(
      optional(texts, {}),
      "Headers of the answer. `content-length`, `transfer-encoding`, `connection` and `trailer` are not possible.",
      [{ "content-type": "text/html" }]
    ),
    body: field(
      optional(json),
      "Body of the answer: a text is sent as it is, anything else as JSON. Default: no body.",
      [{ error: { code: "unavailable", message: "try later" } }, "<html></html>"]
    ),
    retryAfter: field(
      optional(duration),
      "Time that `Retry-After` asks the client to wait. Default: no `Retry-After`.",
      ["7s"]
    ),
    retryAfterAs
  },
  { description: "An answer in place of the API's." }
)

/** Headers that an answer cannot have, with the reason. */
const ofTheWire: ReadonlyMap<string, string> = new Map([
  ["content-length", "the fault contentLengthOff is for this one"],
  ["transfer-encoding", "the fault badChunk is for this one"],
  ["connection", "the fault cut is for this one"],
  ["trailer", "no answer has trailers"]
])

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const fieldValue = /^[\t -~]*$/

const headerProblems = (headers: Readonly<Record<string, string>>, path: Path): ReadonlyArray<Problem> =>
  Object.entries(headers).flatMap(([name, value]) => {
    const reason = ofTheWire.get(name.toLowerCase())
    if (reason !== undefined) return [keyProblem([...path, name], `another header: ${reason}`)]
    if (!token.test(name) || name === "__proto__") return [keyProblem([...path, name], "the name of a header")]
    return fieldValue.test(value) ? [] : [problem([...path, name], printValue(value), "a text of one line, in ASCII")]
  })

/** Statuses of a gateway and of the API, from general to specific. */
const statuses = { values: [500, 503, 429, 502, 504, 404, 403, 401, 400, 408, 409, 200, 204] }

const page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"

/** Bodies of a server, of a gateway, and implausible ones. */
const bodies = {
  values: [{ error: { code: "unavailable", message: "The service is unavailable." } }, {}, [], null, "no JSON", page]
}

const description = "This answer; the request is not handled."

export const kind = faultKind(whole, description, [{ status: 503, retryAfter: "7s" }], {
  weight: 4,
  draw: {
    fields: {
      status: {
        any: [
          [6, statuses],
          [1, { whole: [200, 599] }]
        ]
      },
      headers: { values: [{ "content-type": "text/html" }] },
      body: bodies,
      retryAfter: "time",
      retryAfterAs: asDate
    },
    needs: ["status"]
  },
  problems: ({ headers = {}, retryAfter }, path) => [
    ...spanProblems([...path, "retryAfter"], retryAfter),
    ...headerProblems(headers, [...path, "headers"])
  ],
  before: ({ body, headers, retryAfter: wait, retryAfterAs, status }, { now }) => ({
    status,
    body,
    headers: {
      ...headers,
      ...(wait === undefined ? {} : { "retry-after": retryAfter(now, parseDuration(wait), retryAfterAs) })
    }
  })
})

/**
 * Sends this answer. A text in `body` is sent unchanged, any other value as JSON. `retryAfterAs: "date"` is a date on
 * the world's clock.
 *
 * @since 0.1.0
 * @category effects
 */
export const answer = (status: number, rest: Omit<NonNullable<FaultEffect["answer"]>, "status"> = {}): FaultEffect => ({
  answer: { status, ...rest }
})

/**
 * Sends a 502 with the page of a gateway instead of JSON.
 *
 * @since 0.1.0
 * @category effects
 */
export const gatewayPage: FaultEffect = answer(502, { headers: { "content-type": "text/html" }, body: page })
