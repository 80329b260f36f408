/** Shapes of the admin routes' bodies, for the check, the types and the OpenAPI description. */
import * as Type from "typebox/type"
import { fastest } from "../../clock/index.js"
import { type ConductRule, conductRules } from "../../core/Conduct.js"
import { planShape } from "../../core/faults/Plan.js"
import { beginning, queuedStory, scenarioShape } from "../../core/Scenario.js"
import {
  choice,
  count,
  duration,
  field,
  name,
  numberOf,
  object,
  optional,
  statusFrom,
  text,
  toggle
} from "../../core/Shape.js"
import { newWorld, snapshotShape } from "../../core/Snapshot.js"
import { refuseWrong } from "../bodies.js"

const saveName = Type.String({
  pattern: "^[A-Za-z0-9._-]{1,64}$",
  title: "a name of 1 to 64 of A-Z, a-z, 0-9, dot, _ and -"
})

const rule = (asks: string) => toggle(true, `Whether the rule is judged: ${asks}.`)

const number = (what: string, otherwise: string) => field(optional(count), `${what} Default: ${otherwise}.`, [1])

const faults = Type.Union([name, planShape], { title: "the name of a fault plan, or a fault plan" })

export const bodies = {
  createWorld: object(
    {
      name: field(
        optional(Type.String({ pattern: "^[a-z0-9-]{1,64}$", title: "a name of 1 to 64 of a-z, 0-9 and -" })),
        "Name of the world, as in `mock_<world>_owner`. Default: `world-1`, `world-2` and so on.",
        ["my-test"]
      ),
      scenario: field(
        optional(Type.Union([name, scenarioShape], { title: "the name of a scenario, or a scenario" })),
        "Beginning of the world: a scenario, or the name of one. The other fields win over it. Default: the " +
          "server's scenario.",
        ["zero-values", { stories: ["instant"] }]
      ),
      seed: beginning.seed,
      clock: choice(
        ["real", "manual"],
        "Clock of the world. `real`: time passes by itself. `manual`: only `POST /worlds/{world}/clock` lets it pass."
      ),
      speed: field(
        optional(Type.Integer({ minimum: 1, maximum: fastest, title: `a whole number from 1 to ${fastest}` }), 1),
        "Factor by which a `real` clock is faster than real time.",
        [60]
      ),
      maxJobs: field(
        optional(numberOf("jobs", 0)),
        "Number of jobs that the world may have beside those of the fixtures. Default: the server's `--max-jobs`.",
        [100]
      ),
      tokens: beginning.tokens,
      quirks: beginning.quirks,
      faults: field(
        optional(faults),
        "Fault plan from the beginning: a plan, or the name of one. Default: the plan of the " +
          "snapshot, else of the scenario, else of the server.",
        ["flaky", { rules: [] }]
      ),
      snapshot: field(
        optional(snapshotShape),
        "A world that `GET /worlds/{world}/export` has given, to go on from. Its seed must be the world's. " +
          "Default: none.",
        [newWorld]
      )
    },
    { title: "a world", description: "A world to create." }
  ),
  queueStory: object(
    { story: queuedStory.properties.story, workflow: queuedStory.properties.workflow },
    {
      title: "a story to queue",
      description: "A story for the next job of a workflow; the queue is first in, first out."
    }
  ),
  signal: object(
    {
      job: field(name, "Id of the job.", ["job-crop-running"]),
      signal: field(name, "Name of the signal, as in an `until` of the job's story.", ["start"])
    },
    { title: "a signal", description: "A signal to a job." }
  ),
  setFaults: faults,
  save: object(
    { name: field(saveName, "Name of the save; it replaces an older save of that name.", ["before"]) },
    { title: "a save", description: "A save of the world." }
  ),
  restore: object(
    {
      save: field(optional(saveName), "Name of a save of this world. Default: none; `snapshot` is needed.", ["before"]),
      snapshot: field(optional(snapshotShape), "An exported world of the same seed. Default: none; `save` is needed.", [
        newWorld
      ])
    },
    {
      title: 'an object of "save" or "snapshot"',
      description: "A state that the world goes back to: one of the two fields."
    }
  ),
  advance: object(
    { advance: field(duration, "Time that passes, up to the year 9999.", ["10m"]) },
    { title: "a step of the clock", description: "A step of the world's clock." }
  ),
  conduct: object(
    {
      retryAfter: rule(conductRules.retryAfter),
      pollFloor: field(
        optional(Type.Union([Type.Boolean(), duration], { title: 'true, false, or a duration such as "5s"' }), true),
        `Whether the rule is judged, or another floor: ${conductRules.pollFloor}.`,
        [false, "5s"]
      ),
      pollAfterEnd: rule(conductRules.pollAfterEnd),
      secondCreate: rule(conductRules.secondCreate),
      resume: rule(conductRules.resume),
      tokenToStorage: rule(conductRules.tokenToStorage),
      unreadBody: rule(conductRules.unreadBody)
    } satisfies Record<ConductRule, Type.TSchema>,
    { title: "an object of rules, each true or false", description: "The rules of conduct to judge." }
  ),
  verify: object(
    {
      operation: field(name, "Operation that the world was asked for.", ["createJob"]),
      subject: field(optional(text), "Id that the requests were about: the last id of the path. Default: any.", [
        "wf-crop-classification"
      ]),
      status: field(optional(statusFrom(100)), "HTTP status of the answers. Default: any.", [200]),
      times: number("Exact number of such requests.", "`atLeast` and `atMost` say it"),
      atLeast: number("Smallest number of such requests.", "1, or 0 with `atMost`"),
      atMost: number("Largest number of such requests.", "any")
    },
    { title: "an expectation", description: "An expectation of the world's journal." }
  )
}

export type BodyName = keyof typeof bodies

export type Body<Name extends BodyName> = Type.Static<(typeof bodies)[Name]>

/** Throws the 400 for a body of another shape, with all its problems. */
export const checkBody = (name: BodyName, body: unknown): void =>
  // a journal may contain any name; its names are never merged into another object
  refuseWrong(bodies[name], body, { ...Object(body), snapshot: undefined })
