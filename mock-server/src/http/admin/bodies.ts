/**
 * What the admin routes take: shapes, of which the check, the types and the OpenAPI description are made.
 */
import * as Type from "typebox/type"
import { fastest } from "../../clock/RealClock.js"
import { duration, worldQuirks } from "../../core/Fixture.js"
import { printPath } from "../../core/Problem.js"
import { shapeProblems } from "../../core/ShapeCheck.js"
import { ApiError } from "../envelope.js"

const optional = Type.Optional
const name = Type.String({ minLength: 1, title: "a text that is not empty" })
const count = Type.Integer({ minimum: 0, title: "a whole number from 0" })
const object = <P extends Type.TProperties>(properties: P, options: Type.TObjectOptions = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options })
const oneOf = <Words extends Array<string>>(...words: Words): Type.TEnum<Words> => Type.Enum<Words>(words)

const grant = Type.Union([oneOf("expired", "revoked"), Type.Record(Type.String(), oneOf("owner", "viewer"))], {
  title: 'an object of "owner" or "viewer" by project, or "expired" or "revoked"'
})

export const bodies = {
  createWorld: object(
    {
      name: optional(Type.String({ pattern: "^[a-z0-9-]{1,64}$", title: "a name of 1 to 64 of a-z, 0-9 and -" })),
      seed: optional(name),
      /** Default: `real`. */
      clock: optional(oneOf("real", "manual")),
      /** How many times faster than real; for `real`. */
      speed: optional(Type.Integer({ minimum: 1, maximum: fastest, title: `a whole number from 1 to ${fastest}` })),
      tokens: optional(Type.Record(Type.String(), grant, { title: "an object of tokens by name" })),
      quirks: optional(worldQuirks)
    },
    { title: "a world" }
  ),
  queueStory: object({ story: name, workflow: optional(name) }, { title: "a story to queue" }),
  signal: object({ job: name, signal: name }, { title: "a signal" }),
  advance: object({ advance: duration }, { title: "how far time goes on" }),
  verify: object(
    {
      operation: name,
      subject: optional(Type.String({ title: "a text" })),
      status: optional(Type.Integer({ minimum: 100, maximum: 599, title: "a status from 100 to 599" })),
      times: optional(count),
      atLeast: optional(count),
      atMost: optional(count)
    },
    { title: "what should have been asked" }
  )
}

export type Body<K extends keyof typeof bodies> = Type.Static<(typeof bodies)[K]>

/** Reads a body of this shape; all that is wrong with another is said. */
export const readBody = <K extends keyof typeof bodies>(kind: K, body: unknown): Body<K> => {
  const problems = shapeProblems(bodies[kind], body).map(({ message, path }) => ({ path: printPath(path), message }))
  if (problems.length === 0) return body as Body<K> // it has the shape
  const [first] = problems
  throw new ApiError(400, "invalid_body", `${first?.path}: ${first?.message}`, { problems })
}
