/**
 * What the admin routes take: shapes, of which the check, the types and the OpenAPI description are made.
 */
import * as Type from "typebox/type"
import { fastest } from "../../clock/RealClock.js"
import type { ConductRule } from "../../core/Conduct.js"
import { count, duration, name, object, oneOf, optional, worldQuirks } from "../../core/Fixture.js"
import { planShape } from "../../core/faults/Plan.js"
import { scenarioProblems } from "../../core/MeaningCheck.js"
import { keyProblem, printProblems } from "../../core/Problem.js"
import { scenarioShape, tokenTable } from "../../core/Scenario.js"
import { prototypePath, shapeProblems } from "../../core/ShapeCheck.js"
import { snapshotShape } from "../../core/Snapshot.js"
import { ApiError } from "../envelope.js"

const faults = Type.Union([name, planShape], { title: "the name of a fault plan, or a fault plan" })
const saveName = Type.String({
  pattern: "^[A-Za-z0-9._-]{1,64}$",
  title: "a name of 1 to 64 of A-Z, a-z, 0-9, dot, _ and -"
})

const rule = optional(Type.Boolean({ title: "true or false" }))

export const bodies = {
  createWorld: object(
    {
      name: optional(Type.String({ pattern: "^[a-z0-9-]{1,64}$", title: "a name of 1 to 64 of a-z, 0-9 and -" })),
      /** What it begins with, or the name of that; what is said here beside it wins. Default: the server's. */
      scenario: optional(Type.Union([name, scenarioShape], { title: "the name of a scenario, or a scenario" })),
      seed: optional(name),
      /** Default: `real`. */
      clock: optional(oneOf("real", "manual")),
      /** How many times faster than real; for `real`. */
      speed: optional(Type.Integer({ minimum: 1, maximum: fastest, title: `a whole number from 1 to ${fastest}` })),
      /** How many jobs it may have beside those of the fixtures. Default: the server's. */
      maxJobs: optional(count),
      tokens: optional(tokenTable),
      quirks: optional(worldQuirks),
      /** What goes wrong from the beginning. Default: what does in the snapshot, else the scenario's or the server's. */
      faults: optional(faults),
      /** What the world begins with: one that was exported. */
      snapshot: optional(snapshotShape)
    },
    { title: "a world" }
  ),
  queueStory: object({ story: name, workflow: optional(name) }, { title: "a story to queue" }),
  signal: object({ job: name, signal: name }, { title: "a signal" }),
  setFaults: faults,
  save: object({ name: saveName }, { title: "a save" }),
  restore: object(
    {
      /** The name of a save of this world. */
      save: optional(saveName),
      /** What was exported from a world of the same seed. */
      snapshot: optional(snapshotShape)
    },
    { title: 'an object of "save" or "snapshot"' }
  ),
  advance: object({ advance: duration }, { title: "how far time goes on" }),
  conduct: object(
    {
      retryAfter: rule,
      pollFloor: optional(Type.Union([Type.Boolean(), duration], { title: 'true, false, or a duration such as "5s"' })),
      pollAfterEnd: rule,
      secondCreate: rule,
      resume: rule,
      tokenToStorage: rule,
      unreadBody: rule
    } satisfies Record<ConductRule, Type.TSchema>,
    { title: "an object of rules, each true or false" }
  ),
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

/** Throws what a body is answered that has problems, all of which are said. */
export const refuse = (problems: ReadonlyArray<{ readonly path: string; readonly message: string }>): void => {
  const [first] = problems
  if (first !== undefined) throw new ApiError(400, "invalid_body", `${first.path}: ${first.message}`, { problems })
}

/** Reads a body of this shape; all that is wrong with another is said. */
export const readBody = <K extends keyof typeof bodies>(kind: K, body: unknown): Body<K> => {
  if (body === undefined) refuse([{ path: "(root)", message: "found no body, expected one in JSON" }])
  refuse(printProblems(shapeProblems(bodies[kind], body)))
  // a journal may hold any name; nobody merges it into anything
  const prototype = prototypePath({ ...Object(body), snapshot: undefined })
  if (prototype !== undefined) refuse(printProblems([keyProblem(prototype, "any other")]))
  return body as Body<K> // it has the shape
}

/** Reads a world to create, whose tokens and quirks must make sense too. */
export const readWorld = (body: unknown): Body<"createWorld"> => {
  const world = readBody("createWorld", body)
  const { quirks = {}, tokens = {} } = world
  refuse(printProblems(scenarioProblems({ quirks, tokens })))
  return world
}
